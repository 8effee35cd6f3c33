"""Reads of programmes and delegations. Each raises a `DoesNotExist` for what the person may not see."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.people.enums import MembershipStatus
from peerhub.people.models import ActorCategory, Delegation, Membership, Network, User
from peerhub.people.prepared import ForPerson
from peerhub.ui.times import day as day_words
from sessions.enums import MilestoneKind
from sessions.models import TEXTS, Delegate, Enrolment, Milestone, PeerDay, PeerSession, Programme

Person = User | AnonymousUser
ICONS = {
    MilestoneKind.DEADLINE: "clock",
    MilestoneKind.FIELD: "map-pin",
    MilestoneKind.THEMATIC: "sparkles",
    MilestoneKind.OTHER: "calendar",
}


def animators_of(network: Network) -> list[int]:
    """User ids, ascending."""
    rows = Membership.objects.animating().filter(network=network)
    return sorted(rows.values_list("user_id", flat=True))


def programme_for(user: Person, pk: int) -> Programme:
    return Programme.objects.visible_to(user).select_related("network", "circle", "created_by").get(pk=pk)


def programmes_of(user: Person, network: Network) -> list[Programme]:
    """Those that the person may see, the ones under way and to come first; with `delegation_count`: one query."""
    is_over = Case(When(ends_on__lt=timezone.localdate(), then=1), default=0)
    rows = Programme.objects.visible_to(user).filter(network=network).annotate(delegation_count=Count("enrolments"))
    return list(rows.defer("description", "description_html").order_by(is_over, "starts_on", "pk"))


CURRENT = 2
_current = ForPerson(
    lambda marks, user: (
        Programme.objects.visible_to(user)
        .filter(network=marks.integer("network"))
        .order_by("-ends_on", "-pk")
        .values_list("pk", "title")[:CURRENT]
    )
)


def current_programmes(user: Person, network: Network) -> list[tuple[int, str]]:
    """The key and the title of the last programmes that the person may see, CURRENT at most: the way to them from the
    agenda of the network; one query."""
    return [(pk, title) for pk, title in _current.rows(user, network=network.pk)]


def milestone_for(user: Person, pk: int) -> Milestone:
    return (
        Milestone.objects.filter(programme__in=Programme.objects.visible_to(user))
        .select_related("programme__network", "programme__circle")
        .get(pk=pk)
    )


# --- The course ---------------------------------------------------------------------------------------------------


@dataclass
class Moment:
    """One date of a course: a peer day with those of its sessions that the person sees, a session, or a milestone."""

    on: date
    title: str
    kind: str
    icon: str
    url: str = ""
    note: str = ""
    category: str = ""
    session: PeerSession | None = None
    milestone: Milestone | None = None
    peer_day: PeerDay | None = None
    sessions: list[PeerSession] = field(default_factory=list)

    @property
    def words(self) -> str:
        return day_words(self.on)

    @property
    def is_draft(self) -> bool:
        if self.session is not None:
            return self.session.is_draft
        return self.peer_day is not None and self.peer_day.invited_at is None


@dataclass(frozen=True)
class Course:
    """The whole of a programme on one line of time, with where one is in it."""

    past: list[Moment]
    coming: list[Moment]
    today: date

    @property
    def next(self) -> Moment | None:
        """The next step: the first that is no draft, if any."""
        return next((one for one in self.coming if not one.is_draft), None)

    @property
    def count(self) -> int:
        return len(self.past) + len(self.coming)


def course_of(user: Person, programme: Programme, *, with_drafts: bool) -> Course:
    """What the person may see of a programme, in the order of time; peer days that nobody is invited to yet are for
    those who plan them. Three queries."""
    moments = [_of_milestone(one) for one in _milestones(programme)]
    days = {
        one.pk: Moment(one.on, one.title, _("Journée entre pairs"), "users-round", peer_day=one)
        for one in PeerDay.objects.filter(programme=programme).order_by("on", "pk")
        if with_drafts or one.invited_at is not None
    }
    moments += days.values()
    sessions = PeerSession.objects.visible_to(user).scheduled().filter(programme=programme)
    for session in sessions.for_cards().select_related("opens_to__category").with_mine(user).defer(*TEXTS):
        if session.peer_day_id in days:
            days[session.peer_day_id].sessions.append(session)
        else:
            moments.append(_of_session(session))
    for moment in days.values():
        moment.sessions.sort(key=lambda one: (one.starts_at, one.pk))
    moments.sort(key=lambda one: (one.on, one.session is None, one.title))
    today = timezone.localdate()
    return Course(
        [one for one in moments if _ends_on(one) < today], [one for one in moments if _ends_on(one) >= today], today
    )


def _milestones(programme: Programme) -> QuerySet[Milestone]:
    return Milestone.objects.filter(programme=programme).select_related("delegation").order_by("on", "pk")


def _of_milestone(one: Milestone) -> Moment:
    kind = str(one.get_kind_display())
    title = f"{one.title} · {one.delegation.name}" if one.delegation else one.title
    return Moment(one.on, title, kind, ICONS[MilestoneKind(one.kind)], note=one.note, milestone=one)


def _of_session(session: PeerSession) -> Moment:
    return Moment(
        timezone.localtime(session.starts_at).date(),
        session.title,
        str(session.get_format_display()),
        "calendar",
        url=session.get_absolute_url(),
        category=session.category_slug,
        session=session,
    )


def _ends_on(moment: Moment) -> date:
    """The last day of it: a day of successive sessions is not over after the first."""
    sessions = moment.sessions or ([moment.session] if moment.session else [])
    return max([moment.on, *(timezone.localtime(one.ends_at).date() for one in sessions)])


# --- Delegations --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CategoryCount:
    category: ActorCategory
    count: int

    @property
    def words(self) -> str:
        """« 2 élu·es », « 1 agent »."""
        name = self.category.label if self.count == 1 else self.category.plural
        return f"{self.count} {name[:1].lower()}{name[1:]}"


@dataclass(frozen=True)
class DelegationLine:
    """A delegation in a programme, and how many people of each category are in it."""

    enrolment: Enrolment
    counts: list[CategoryCount]

    @property
    def people(self) -> int:
        return sum(one.count for one in self.counts)


def delegation_lines(programme: Programme) -> list[DelegationLine]:
    """By name: three queries for any number of them."""
    enrolments = Enrolment.objects.filter(programme=programme).select_related("delegation", "lead")
    lines = list(enrolments.order_by("delegation__name"))
    counted = (
        Membership.objects.active()
        .filter(delegation__in=[one.delegation_id for one in lines])
        .order_by()
        .values_list("delegation", "affiliation__category")
        .annotate(n=Count("pk"))
    )
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for delegation, category, number in counted:
        counts[delegation][category] = number
    categories = list(ActorCategory.objects.order_by("position", "slug"))
    return [
        DelegationLine(
            one,
            [CategoryCount(c, counts[one.delegation_id][c.pk]) for c in categories if counts[one.delegation_id][c.pk]],
        )
        for one in lines
    ]


def enrolment_for(user: Person, programme_pk: int, delegation_pk: int) -> Enrolment:
    """A delegation in a programme that the person may see."""
    return (
        Enrolment.objects.filter(programme__in=Programme.objects.visible_to(user))
        .select_related("programme__network", "programme__circle", "delegation__territory", "lead")
        .get(programme=programme_pk, delegation=delegation_pk)
    )


@dataclass(frozen=True)
class DelegationPerson:
    membership: Membership
    delegates: list[Delegate]


@dataclass(frozen=True)
class DelegationGroup:
    """The people of one category in a delegation."""

    category: ActorCategory
    people: list[DelegationPerson]


def delegation_groups(enrolment: Enrolment) -> list[DelegationGroup]:
    """Who is in a delegation, by category, with who answers for whom: two queries."""
    memberships = list(
        Membership.objects.active()
        .with_hat()
        .filter(delegation=enrolment.delegation_id)
        .order_by("affiliation__category__position", "affiliation__category__slug", "user__family_name", "pk")
    )
    answering: dict[int, list[Delegate]] = defaultdict(list)
    delegates = Delegate.objects.active().filter(
        network=enrolment.programme.network_id, principal__in=[one.user_id for one in memberships]
    )
    for delegate in delegates.select_related("user").order_by("pk"):
        answering[delegate.principal_id].append(delegate)
    groups: dict[int, DelegationGroup] = {}
    for one in memberships:
        category = one.affiliation.category
        group = groups.setdefault(category.pk, DelegationGroup(category, []))
        group.people.append(DelegationPerson(one, answering[one.user_id]))
    return list(groups.values())


def delegate_for(user: Person, network: Network, pk: int) -> Delegate:
    """One that holds, of a network that the person is a member of."""
    own = Network.objects.filter(memberships__in=Membership.objects.active().filter(user_id=user.pk or 0))
    rows = Delegate.objects.active().filter(network__in=own, network=network)
    return rows.select_related("network", "user", "principal").get(pk=pk)


def free_members(network: Network) -> QuerySet[Membership]:
    """Members in no delegation, by name."""
    rows = Membership.objects.active().with_hat().filter(network=network, delegation=None)
    return rows.order_by("user__family_name", "user__given_name", "pk")


def members_of(network: Network) -> QuerySet[Membership]:
    rows = Membership.objects.active().with_hat().filter(network=network)
    return rows.order_by("user__family_name", "user__given_name", "pk")


def people_of(delegations: Iterable[int]) -> QuerySet[Membership]:
    rows = Membership.objects.active().with_hat().filter(delegation__in=list(delegations))
    return rows.order_by("user__family_name", "user__given_name", "pk")


def categories_by_people(programme: Programme) -> list[CategoryCount]:
    """Every category, with how many people of the programme's delegations wear it: one query."""
    memberships = "affiliations__memberships"
    inside = Q(
        **{
            f"{memberships}__delegation__in": programme.circle.delegations,
            f"{memberships}__status": MembershipStatus.ACTIVE,
        }
    )
    rows = ActorCategory.objects.annotate(n=Count(memberships, filter=inside, distinct=True))
    return [CategoryCount(one, one.n) for one in rows.order_by("position", "slug")]


def delegations_of(network: Network) -> QuerySet[Delegation]:
    return Delegation.objects.filter(network=network).order_by("name")
