"""Reads of people. Each raises the model's `DoesNotExist` for what the person may not see."""

import re
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, F, FilteredRelation, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils import timezone

from peerhub.people.enums import JoinPolicy, MembershipStatus, TerritoryKind
from peerhub.people.folding import Fold, fold, fold_name
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Membership,
    Network,
    Organisation,
    Territory,
    User,
)
from peerhub.people.prepared import InstancesForPerson, Prepared, PreparedInstances, Shape

SUGGESTION = re.compile(r"(?P<name>.+?)\s*\((?P<code>[0-9A-Za-z]{2,12})\)")


_network = InstancesForPerson(lambda marks, user: Network.objects.visible_to(user).filter(slug=marks.text("slug")))
_own_membership = PreparedInstances(
    lambda marks: (
        Membership.objects.active().with_hat().filter(user=marks.integer("user"), network=marks.integer("network"))
    )
)


def network_for(user: User | AnonymousUser, slug: str) -> Network:
    network: Network | None = _network.first(user, slug=slug)
    if network is None:
        raise Network.DoesNotExist
    return network


def own_network_for(user: User | AnonymousUser, slug: str) -> tuple[Network, Membership]:
    """A network that the person is an active member of, and the membership with its hat: one query."""
    if not user.is_authenticated:
        raise Network.DoesNotExist
    membership = (
        Membership.objects.active()
        .with_hat()
        .select_related("network")
        .filter(user_id=user.pk, network__slug=slug)
        .first()
    )
    if membership is None:
        raise Network.DoesNotExist
    return membership.network, membership


def membership_for(user: User | AnonymousUser, network: Network) -> Membership | None:
    """The person's active membership with its hat, or None."""
    if not user.is_authenticated:
        return None
    membership: Membership | None = _own_membership.first(user=user.pk, network=network.pk)
    return membership


def left_membership(pk: int) -> Membership | None:
    """The membership of who left a network, or is suspended from it; None once the person is back. For what reacts."""
    found = Membership.objects.select_related("user", "network").filter(pk=pk).first()
    return None if found is None or found.is_active else found


def any_membership_for(user: User, network: Network) -> Membership | None:
    """The person's membership whatever its status, or None."""
    return Membership.objects.with_hat().select_related("network").filter(user_id=user.pk, network=network).first()


def active_user(pk: int) -> User:
    """The person of a link that was signed for them; raises `User.DoesNotExist` once the account is closed."""
    return User.objects.get(pk=pk, is_active=True)


def viewer(user_id: int | None) -> User | AnonymousUser:
    """Who is behind a socket, for the querysets' `visible_to`."""
    return (User.objects.filter(pk=user_id).first() if user_id else None) or AnonymousUser()


def language_of_address(email: str) -> str | None:
    """The language of the account that has this address, or None."""
    return User.objects.filter(email=email.lower()).values_list("language", flat=True).first()


_MEMBERSHIP = Shape(
    [
        (
            "",
            Membership,
            (
                *("id", "network", "user", "affiliation", "delegation", "role", "status", "joined_at"),
                "silenced_until",
            ),
        ),
        ("network", Network, ("id", "slug", "name", "tagline", "is_public", "join_policy")),
        ("affiliation", Affiliation, ("id", "user", "category", "title")),
        ("affiliation__category", ActorCategory, ("id", "slug", "label_fr", "label_en", "plural_fr", "plural_en")),
    ]
)
_USER = Shape([("", User, tuple(field.name for field in User._meta.concrete_fields))])
_signed_in = Prepared(
    lambda marks: (
        User.objects.filter(pk=marks.integer("pk"), is_active=True)
        .annotate(mine=FilteredRelation("memberships", condition=Q(memberships__status=MembershipStatus.ACTIVE)))
        .order_by("mine__network__name")
        .values_list(*_USER.columns, *(f"mine__{name}" for name in _MEMBERSHIP.columns))
    )
)


def signed_in(pk: int) -> User | None:
    """Who this session is of, with the active memberships that every page shows: one query. None once the account is
    closed."""
    rows = _signed_in.rows(pk=pk)
    if not rows:
        return None
    person: User = _USER.build(rows[0])
    person.known_memberships = [
        membership for row in rows if (membership := _MEMBERSHIP.build(row[len(_USER.columns) :]))
    ]
    for membership in person.known_memberships:
        membership.user = person
    return person


def member_for(animator: Membership, pk: int) -> Membership:
    """An active membership, with its hat, of the network that the animator runs."""
    return Membership.objects.active().with_hat().get(pk=pk, network=animator.network_id)


def hats_to_confirm(animator: Membership, limit: int = 8) -> list[Membership]:
    """Members whose hat nobody has vouched for, the newest first; not the animator's own: one query."""
    waiting = Membership.objects.active().with_hat().filter(network=animator.network_id, hat_confirmed_at__isnull=True)
    return list(waiting.exclude(pk=animator.pk).order_by("-joined_at", "-pk")[:limit])


def memberships_of(user: User | AnonymousUser) -> list[Membership]:
    """The person's active memberships with network and category, by name of network: read with whoever is signed in
    (`signed_in`), else one query."""
    if not user.is_authenticated:
        return []
    known: list[Membership] | None = user.known_memberships
    if known is None:
        person = signed_in(user.pk)
        known = (person and person.known_memberships) or []
    return known


def joinable_networks(user: User | AnonymousUser) -> QuerySet[Network]:
    """Public networks that the person is not in, the open ones first."""
    networks = Network.objects.filter(is_public=True)
    if user.is_authenticated:
        inside = Membership.objects.filter(user_id=user.pk, status=MembershipStatus.ACTIVE).values("network_id")
        networks = networks.exclude(pk__in=inside)
    return networks.order_by(Case(When(join_policy=JoinPolicy.OPEN, then=0), default=1), "name")


def affiliations_of(user: User) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(user=user).select_related("category", "territory", "organisation").order_by("pk")


def search_territories(words: str, *, kinds: tuple[TerritoryKind, ...] = (), limit: int = 10) -> list[Territory]:
    """Territories by the beginnings of words of their name, by official code, or by postcode.

    Exact names first, then the beginnings of names, then the most peopled. Accents, case and hyphens are free.
    """
    folded = fold_name(words)
    if len(folded) < 2:
        return []
    code = folded.replace(" ", "").upper()
    if code[0].isdigit():
        territories = Territory.objects.filter(Q(code=code) | Q(postcodes__contains=[code]))
    else:
        # Folded words are letters and digits alone, so that none is an operator of the query.
        prefixes = SearchQuery(" & ".join(f"{word}:*" for word in folded.split()), config="simple", search_type="raw")
        territories = Territory.objects.annotate(words=SearchVector("name_folded", config="simple")).filter(
            words=prefixes
        )
    if kinds:
        territories = territories.filter(kind__in=kinds)
    rank = Case(
        When(name_folded=folded, then=Value(0)),
        When(name_folded__startswith=folded, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(
        territories.annotate(rank=rank)
        .select_related("parent")
        .order_by("rank", F("population").desc(nulls_last=True), Length("name"), "pk")[:limit]
    )


class UnknownTerritory(LookupError):
    """No territory answers to these words."""


class AmbiguousTerritory(LookupError):
    """Several territories answer to these words; `candidates` holds the first of them."""

    def __init__(self, candidates: list[Territory]) -> None:
        super().__init__()
        self.candidates = candidates


def named_territory(words: str) -> Territory:
    """The one territory that was meant: a suggestion as it was chosen ("Saint-Denis (93066)"), a name, an official
    code or a postcode. Raises `UnknownTerritory` or `AmbiguousTerritory`."""
    chosen = SUGGESTION.fullmatch(words.strip())
    if chosen:
        name, code = fold_name(chosen["name"]), chosen["code"].upper()
        found = list(Territory.objects.select_related("parent__parent__parent").filter(code=code, name_folded=name)[:2])
        if len(found) == 1:
            return found[0]
    found = search_territories(words, limit=12)
    folded, code = fold_name(words), words.strip().upper()
    exact = [one for one in found if one.name_folded == folded or one.code == code or code in one.postcodes]
    candidates = exact or found
    if not candidates:
        raise UnknownTerritory
    if len(candidates) > 1:
        raise AmbiguousTerritory(candidates)
    return candidates[0]


def territory_of_address(address: str) -> Territory | None:
    """The territory that stands in an address as `<kind>-<code>` (`Territory.address`), with its parents; or None."""
    kind, _dash, code = address.partition("-")
    if kind not in TerritoryKind.values or not code:
        return None
    return Territory.objects.select_related("parent__parent__parent").filter(kind=kind, code=code).first()


def territories_by_id(pks: Iterable[int]) -> dict[int, Territory]:
    return Territory.objects.in_bulk(list(pks))


def own_affiliation_for(user: User, pk: int) -> Affiliation:
    """One of the person's own hats."""
    return affiliations_of(user).get(pk=pk)


def hats_of(user: User) -> list[Affiliation]:
    """The person's current hats, each with the networks where it is worn in `worn_in`."""
    today = timezone.localdate()
    worn = Prefetch(
        "memberships",
        queryset=Membership.objects.active().select_related("network").order_by("network__name"),
        to_attr="worn_in",
    )
    return [hat for hat in affiliations_of(user).prefetch_related(worn) if hat.is_current(today)]


def organisation_named(name: str, territory: Territory | None) -> Organisation | None:
    """The organisation of that name on that territory (or on none), whatever case and accents; the oldest of them."""
    same = Organisation.objects.filter(territory=territory).alias(folded=Fold("name")).filter(folded=fold(name))
    return same.order_by("pk").first()


def categories() -> QuerySet[ActorCategory]:
    return ActorCategory.objects.order_by("position", "slug")


def category_colours() -> list[tuple[str, str, str]]:
    """(slug, colour on light, colour on dark) of each category."""
    return list(ActorCategory.objects.values_list("slug", "color_light", "color_dark"))
