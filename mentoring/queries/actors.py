"""Reads of resource actors. Each raises the model's `DoesNotExist` for what the person may not see."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from mentoring.enums import SupportKind
from mentoring.models import Competence, DirectoryEntry, Need, OrganisationKeeper, Support, SupportContact
from mentoring.models.actors import SupportQuerySet
from mentoring.policies.actors import Standing
from peerhub.people.folding import Fold, fold_name
from peerhub.people.models import Membership, Network, Organisation, Territory, User
from peerhub.people.queries import membership_for
from peerhub.ui.pagination import Page, page_of

PAGE_SIZE = 20
# Beside a need: past these, the list says more.
BESIDE = 6
# Of the people of one organisation, those that a form lists.
PEOPLE = 100


@dataclass(frozen=True)
class Asked:
    """A question to the list; every part may be left out."""

    words: str = ""
    kind: str = ""
    territory: Territory | None = None


@dataclass(frozen=True)
class SupportsPage:
    page: Page[Support]
    counts: Mapping[str, int]  # by kind, whatever kind was asked for

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def supports_page(user: User, network: Network, asked: Asked, number: int = 1) -> SupportsPage:
    """The supports that are offered now, by organisation: five queries; with a territory, one more."""
    found = Support.objects.visible_to(user).current().filter(network=network)
    for word in fold_name(asked.words).split():
        told = found.alias(told=Fold("summary"), name=Fold("organisation__name"))
        found = told.filter(Q(told__contains=word) | Q(name__contains=word))
    if asked.territory:
        found = found.filter(_at(asked.territory, with_inner=True))
    counts = dict(found.order_by().values_list("kind").annotate(n=Count("pk")))
    chosen = found.filter(kind=asked.kind) if asked.kind else found
    return SupportsPage(page_of(shown(chosen).order_by("organisation__name", "kind", "pk"), number, PAGE_SIZE), counts)


def supports_for(user: User, need: Need) -> list[Support]:
    """What resource actors offer, that this person may see, for a need of such a kind: where it is, and about it; first
    those who name its subject, then those who name its place. Four queries; none for a need of another kind."""
    if need.kind not in SupportKind.values:
        return []
    found = Support.objects.visible_to(user).current().filter(network=need.network_id, kind=need.kind)
    if need.territory:
        found = found.filter(_at(need.territory))
    subjects, places = (
        Competence.objects.filter(supports=OuterRef("pk")),
        Territory.objects.filter(supports=OuterRef("pk")),
    )
    about = Exists(subjects.filter(pk__in=need.competence.path if need.competence else []))
    if need.competence:
        found = found.filter(about | ~Exists(subjects))
    return list(shown(found).order_by(about.desc(), Exists(places).desc(), "organisation__name", "pk")[:BESIDE])


def seen_by(user: User) -> SupportQuerySet:
    """What the person may open: of their circles, what is offered now; what is over or withdrawn, where they keep it or
    animate. The twin of `policies.actors.can_see_support`."""
    own = Membership.objects.animating().filter(network=OuterRef("network"), user=user)
    keeps = _keepers().filter(network=OuterRef("network"), organisation=OuterRef("organisation"), user=user)
    visible = Support.objects.visible_to(user)
    current = Q(pk__in=Support.objects.current().values("pk"))
    return visible.filter(current | Exists(own) | Exists(keeps))


def support_for(user: User, pk: int) -> Support:
    """One support, with its contacts that can be reached."""
    return shown(seen_by(user)).prefetch_related(_contacts()).get(pk=pk)


def shown(supports: SupportQuerySet) -> SupportQuerySet:
    """With all that a card says: two queries more."""
    subjects = Competence.objects.order_by("position", "slug")
    return supports.select_related("network", "circle", "organisation__territory").prefetch_related(
        Prefetch("competences", queryset=subjects, to_attr="subjects"),
        Prefetch("territories", queryset=Territory.objects.order_by("name", "pk"), to_attr="places"),
    )


def _contacts() -> "Prefetch[str]":
    """Who left the organisation or the network, or does not show it, is no contact; what else the row says is."""
    there = DirectoryEntry.objects.filter(
        network=OuterRef("support__network"), user=OuterRef("user"), organisation=OuterRef("support__organisation")
    )
    rows = SupportContact.objects.annotate(is_there=Exists(there)).filter(
        Q(is_there=True) | Q(user__isnull=True) | ~Q(email="") | ~Q(phone="")
    )
    return Prefetch("contacts", queryset=rows.select_related("user"), to_attr="reached")


def standing_of(user: User, network: Network, organisation_id: int, membership: Membership | None = None) -> Standing:
    """Two queries; one with the membership at hand."""
    member = membership or membership_for(user, network)
    keepers = set(_keepers().filter(network=network, organisation=organisation_id).values_list("user", flat=True))
    return Standing(member, keeps=user.pk in keepers, is_kept=bool(keepers))


@dataclass(frozen=True)
class Actor:
    """An organisation as a resource actor of a network, as somebody sees it. Its keepers: those who show that they are
    of it; all of them to who names them."""

    organisation: Organisation
    standing: Standing
    supports: list[Support]
    keepers: list[OrganisationKeeper]


def actor_for(user: User, network: Network, membership: Membership, pk: int) -> Actor:
    """Raises `Organisation.DoesNotExist` for one that offers nothing to see, and that the person does not keep: who
    animates opens those of their people too."""
    organisation = Organisation.objects.select_related("territory").get(pk=pk)
    standing = standing_of(user, network, pk, membership)
    found = shown(seen_by(user).filter(network=network, organisation=pk))
    supports = sorted(found.order_by("kind", "-pk"), key=lambda one: not one.is_current)
    if not supports and not standing.keeps and not (standing.animates and people_of(network, pk)):
        raise Organisation.DoesNotExist
    keepers = _keepers().filter(network=network, organisation=pk)
    if not standing.follows:
        listed = DirectoryEntry.objects.filter(network=network, organisation=pk)
        keepers = keepers.filter(user__in=listed.values("user"))
    return Actor(organisation, standing, supports, list(keepers.select_related("user").order_by("since", "pk")))


def people_of(network: Network, organisation_id: int) -> list[DirectoryEntry]:
    """Whom a form may choose: who speaks for the organisation in this network, and shows it."""
    entries = DirectoryEntry.objects.filter(network=network, organisation=organisation_id)
    return list(entries.select_related("user").order_by("name_folded", "pk")[:PEOPLE])


def speaks_for(user_ids: Collection[int], network: Network, organisation_id: int) -> set[int]:
    """Those of these people who speak for the organisation in this network now."""
    members = _wearers(Membership.objects.active()).filter(network=network, affiliation__organisation=organisation_id)
    return set(members.filter(user__in=user_ids).values_list("user", flat=True))


def shown_of(user_id: int, network: Network, organisation_id: int) -> set[int]:
    """The person, where they show that they are of the organisation: naming somebody at random tells nothing."""
    entries = DirectoryEntry.objects.filter(network=network, organisation=organisation_id, user=user_id)
    return set(entries.values_list("user", flat=True))


def kept_by(user: User, network: Network) -> list[Organisation]:
    """The organisations that the person keeps in the network."""
    kept = _keepers().filter(network=network, user=user).values("organisation")
    return list(Organisation.objects.filter(pk__in=kept).order_by("name", "pk"))


def keepers_of(support: Support) -> list[int]:
    """Whom to ask about it (ids): who keeps it; without anybody, who animates the network."""
    keepers = _keepers().filter(network=support.network_id, organisation=support.organisation_id)
    animators = Membership.objects.animating().filter(network=support.network_id)
    return list(keepers.values_list("user", flat=True)) or list(animators.values_list("user", flat=True))


def supports_to_renew(user: User, pks: Iterable[int]) -> list[Support]:
    """Of these, those whose keepers were asked and have not answered, that are this person's to answer for."""
    kept = _keepers().filter(network=OuterRef("network"), organisation=OuterRef("organisation"))
    own = Membership.objects.animating().filter(network=OuterRef("network"), user=user)
    asked = Support.objects.visible_to(user).current().filter(pk__in=list(pks), renewal_asked_at__isnull=False)
    mine = asked.filter(Exists(kept.filter(user=user)) | Q(~Exists(kept)) & Exists(own))
    return list(mine.select_related("organisation"))


def supports_as_contact(user: User, pks: Iterable[int]) -> list[Support]:
    """Of these, those that are offered now and say to ask this person."""
    mine = SupportContact.objects.filter(support=OuterRef("pk"), user=user)
    found = Support.objects.visible_to(user).current().filter(Exists(mine), pk__in=list(pks))
    return list(found.select_related("organisation"))


def keeper_rows(user: User, pks: Iterable[int]) -> dict[int, OrganisationKeeper]:
    """The person's own rows that hold, by key."""
    rows = _keepers().filter(user=user).select_related("organisation", "network")
    return rows.in_bulk(list(pks))


@dataclass(frozen=True)
class Line:
    """An organisation in the list of who animates."""

    organisation: Organisation
    supports: int
    keepers: int


def organisations_page(network: Network, words: str, number: int = 1) -> Page[Line]:
    """The organisations that members speak for, those that offer something first: two queries."""
    speaking = _wearers(Membership.objects.active()).filter(network=network, affiliation__organisation=OuterRef("pk"))
    offered = Support.objects.current().filter(network=network)
    found = Organisation.objects.select_related("territory").filter(
        Exists(speaking) | Exists(offered.filter(organisation=OuterRef("pk")))
    )
    for word in fold_name(words).split():
        found = found.alias(folded=Fold("name")).filter(folded__contains=word)
    offers = Exists(offered.filter(organisation=OuterRef("pk")))
    page = page_of(found.order_by(offers.desc(), "name", "pk"), number, PAGE_SIZE)
    pks = [one.pk for one in page]
    supports = dict(offered.filter(organisation__in=pks).order_by().values_list("organisation").annotate(n=Count("pk")))
    kept = _keepers().filter(network=network, organisation__in=pks)
    keepers = dict(kept.order_by().values_list("organisation").annotate(n=Count("pk")))
    lines = [Line(one, supports.get(one.pk, 0), keepers.get(one.pk, 0)) for one in page]
    return Page(lines, page.number, page.page_count, page.total)


def _keepers() -> QuerySet[OrganisationKeeper]:
    """Those who are still of the organisation, and in the network."""
    own = Membership.objects.active().filter(
        network=OuterRef("network"), user=OuterRef("user"), affiliation__organisation=OuterRef("organisation")
    )
    return OrganisationKeeper.objects.filter(Exists(_wearers(own)))


def _wearers(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Whose hat is worn today."""
    today = timezone.localdate()
    return members.filter(
        Q(affiliation__starts_on__isnull=True) | Q(affiliation__starts_on__lte=today),
        Q(affiliation__ends_on__isnull=True) | Q(affiliation__ends_on__gte=today),
    )


def _at(territory: Territory, *, with_inner: bool = False) -> Q:
    """Supports that cover a territory: named itself, or what it lies in, or nothing named at all; with a part of it,
    when asked for. One query for what it lies in."""
    lies_in = Territory.objects.filter(pk=territory.pk).values_list(
        "pk", "grouping", "parent", "parent__grouping", "parent__parent", "parent__parent__parent"
    )
    named = Q(pk__in={pk for row in lies_in for pk in row if pk})
    if with_inner:
        for way in ("parent", "grouping", "parent__parent", "parent__parent__parent"):
            named |= Q(**{way: territory.pk})
    places = Territory.objects.filter(supports=OuterRef("pk"))
    return Q(Exists(places.filter(named))) | Q(~Exists(places))
