"""The programme of the demo: its course, a peer day that took place, and one that is still proposed."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from peerhub.demo.cast import PROGRAMME, Cast
from peerhub.demo.dates import PARIS
from peerhub.demo.settling import PROGRAMME_DAYS, Settled
from peerhub.people.models import CircleMember, Delegation, Membership, User
from sessions.enums import DayPattern, Format, MilestoneKind, RegistrationState
from sessions.models import Enrolment, PeerDay, PeerSession, Programme, Registration
from sessions.services.delegations import set_enrolment
from sessions.services.peer_days import create_peer_day, usual_title
from sessions.services.programmes import About, add_milestone, create_programme

CATEGORIES = ("elected", "agent", "association")
PAST = {
    "elected": "Décider quand rien n’est sûr",
    "agent": "Tenir entre les élu·es et le terrain",
    "association": "Être partenaire sans être prestataire",
}
COMING = {
    "elected": "Porter la transition sans s’épuiser",
    "agent": "Ce que coopérer change dans nos services",
    "association": "Dire ce qui fâche à sa collectivité",
}
DESCRIPTION = (
    "Dix territoires avancent **ensemble** pendant un an : chaque catégorie se retrouve entre pairs, en confidence, "
    "puis une agora réunit tout le monde.\n\n"
    "Chaque délégation choisit un projet, et accueille une journée de terrain."
)


def write_programme(cast: Cast, settled: Settled, now: datetime) -> Programme:
    """Rows of the past are written without telling anybody; nobody is invited yet to what is ahead."""
    network = settled.networks[PROGRAMME]
    animator = User.objects.get(pk=cast.accounts["animator"].user_id)
    today = now.astimezone(PARIS).date()
    programme = create_programme(
        author=animator,
        network=network,
        about=About(
            title="Territoires en chemin",
            starts_on=today - timedelta(days=PROGRAMME_DAYS),
            ends_on=today + timedelta(days=240),
            description=DESCRIPTION,
        ),
        delegations=Delegation.objects.filter(network=network).values_list("pk", flat=True),
    )
    PeerSession.objects.filter(network=network).update(programme=programme)
    _lead(programme, animator)
    _mark(programme, animator, today)
    # Planned as any day is, then put where it belongs in time.
    planned = max(today, timezone.localdate()) + timedelta(days=400)
    accounts = {person.user_id for person in cast.accounts.values()}
    _held(_day(programme, animator, planned, PAST, settled), today - timedelta(days=33), accounts)
    _day(programme, animator, _thursday(max(today, timezone.localdate()) + timedelta(days=16)), COMING, settled)
    return programme


def _lead(programme: Programme, animator: User) -> None:
    """Each delegation has seats and, to lead it, an agent where there is one."""
    for enrolment in Enrolment.objects.filter(programme=programme).select_related("programme", "delegation"):
        people = Membership.objects.active().filter(delegation=enrolment.delegation)
        agent = people.filter(affiliation__category__slug="agent").order_by("pk").first()
        seats = max(12, people.count())
        set_enrolment(actor=animator, enrolment=enrolment, seats=seats, lead=agent.user_id if agent else None)


def _mark(programme: Programme, animator: User, today: date) -> None:
    host = Delegation.objects.filter(network=programme.network).order_by("name")[0].pk
    for kind, title, days, note, delegation in (
        (MilestoneKind.FIELD, "Journée de terrain", -61, "Un tiers-lieu dans une ancienne gare.", host),
        (MilestoneKind.DEADLINE, "Choix du projet", 9, "Une page par délégation, à remettre à l’animation.", None),
        (MilestoneKind.THEMATIC, "Coopérer sans se diluer", 52, "", None),
        (MilestoneKind.OTHER, "Fête de clôture", 233, "", None),
    ):
        on = today + timedelta(days=days)
        add_milestone(
            actor=animator, programme=programme, kind=kind, title=title, on=on, note=note, delegation=delegation
        )


def _day(programme: Programme, animator: User, on: date, titles: dict[str, str], settled: Settled) -> PeerDay:
    categories = [settled.categories[slug] for slug in CATEGORIES]
    day = create_peer_day(
        author=animator, programme=programme, on=on, pattern=DayPattern.PARALLEL, categories=categories
    )
    for session in day.sessions.filter(format=Format.PEER_GROUP).select_related("opens_to__category"):
        if session.opens_to and session.opens_to.category:
            PeerSession.objects.filter(pk=session.pk).update(title=titles[session.opens_to.category.slug])
    return day


def _held(day: PeerDay, on: date, accounts: set[int]) -> None:
    """It took place on that day: open to its circles, with the seats that were taken in it."""
    shift = timedelta(days=(day.on - on).days)
    for session in day.sessions.select_related("opens_to", "network"):
        session.starts_at, session.ends_at = _moved(session.starts_at, shift), _moved(session.ends_at, shift)
        session.created_at = session.updated_at = session.starts_at - timedelta(days=40)
        if session.opens_to:
            session.circle, session.opens_to = session.opens_to, None
        session.registered_count = _seat(session, accounts)
        session.save()
    PeerDay.objects.filter(pk=day.pk).update(
        on=on, title=usual_title(on), invited_at=datetime.combine(on, datetime.min.time(), PARIS) - timedelta(days=30)
    )


def _seat(session: PeerSession, accounts: set[int]) -> int:
    """Two people of each delegation at most, and of the capacity no more; the demo accounts first."""
    inside = CircleMember.objects.filter(circle=session.circle).exclude(user__in=session.circle.chosen)
    members = Membership.objects.active().filter(network=session.network, user__in=inside.values("user"))
    taken: dict[int | None, int] = {}
    rows: list[Registration] = []
    for one in sorted(members, key=lambda one: (one.user_id not in accounts, one.pk)):
        taken[one.delegation_id] = taken.get(one.delegation_id, 0) + 1
        if taken[one.delegation_id] > 2 or (session.capacity and len(rows) >= session.capacity):
            continue
        at = session.starts_at - timedelta(days=20, minutes=7 * len(rows))
        rows.append(
            Registration(
                session=session,
                user_id=one.user_id,
                affiliation_id=one.affiliation_id,
                delegation_id=one.delegation_id,
                state=RegistrationState.REGISTERED,
                invited_at=at - timedelta(days=3),
                registered_at=at,
            )
        )
    return len(Registration.objects.bulk_create(rows))


def _moved(moment: datetime, shift: timedelta) -> datetime:
    """By days, at the same hour on the clocks of Paris."""
    local = moment.astimezone(PARIS).replace(tzinfo=None) - shift
    return local.replace(tzinfo=PARIS).astimezone(timezone.get_default_timezone())


def _thursday(day: date) -> date:
    return day + timedelta(days=(3 - day.weekday()) % 7)
