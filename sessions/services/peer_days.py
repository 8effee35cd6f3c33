"""Peer days: proposed as a whole, edited in place, and opened when their invitations leave.

Until then their sessions are drafts: the animators' circle sees them, and `opens_to` is whom they will open to.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from forums.services.topics import create_session_thread, move_thread
from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, require
from peerhub.people.models import ActorCategory, Circle, Membership, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import change_cohort, create_cohort
from peerhub.text.markdown import RENDER_VERSION
from peerhub.ui.times import day as day_words
from sessions.enums import DayPattern, Format, VideoProvider
from sessions.events import PeerDayInvited
from sessions.local_time import resolve
from sessions.models import PeerDay, PeerSession, Programme, SeatRule
from sessions.policies.programmes import can_run_programmes
from sessions.policies.sessions import can_change_session
from sessions.queries.invitations import future_circle, recipients_of, sendable
from sessions.queries.programmes import animators_of
from sessions.services.agenda_steps import apply_template
from sessions.services.clashes import require_free_facilitator, require_free_room
from sessions.services.closed_circles import keep_in_step
from sessions.services.programmes import clean_title, hold_programme
from sessions.services.scheduling import clean_provider, edit_session, move_session
from sessions.services.seats import RuleWish, chase_silent, invite_people, set_rules

MORNING = (time(9, 30), time(12, 30))
AFTERNOON = (time(14), time(17))
AGORA = (time(14), time(16))
PER_DELEGATION = 2


@dataclass(frozen=True)
class Slot:
    """A session of a day that is proposed: when, and for which category (None: the agora)."""

    starts_at: datetime
    ends_at: datetime
    category: ActorCategory | None


def proposed_slots(*, on: date, pattern: str, categories: Sequence[ActorCategory], time_zone: str) -> list[Slot]:
    """The sessions of a pattern, in order, on the clocks of the zone."""

    def slot(half_day: tuple[time, time], day: date, category: ActorCategory | None) -> Slot:
        begins, ends = (resolve(datetime.combine(day, hour), time_zone) for hour in half_day)
        return Slot(begins, ends, category)

    if pattern == DayPattern.AGORA:
        return [slot(AGORA, on, None)]
    if pattern == DayPattern.PARALLEL:
        return [*(slot(MORNING, on, one) for one in categories), slot(AGORA, on, None)]
    halves = [(on + timedelta(days=number // 2), (MORNING, AFTERNOON)[number % 2]) for number in range(len(categories))]
    slots = [slot(half, day, one) for (day, half), one in zip(halves, categories, strict=True)]
    return [*slots, slot(AGORA, on + timedelta(days=(len(categories)) // 2), None)]


@transaction.atomic
def create_peer_day(
    *,
    author: User,
    programme: Programme,
    on: date,
    pattern: str,
    categories: Sequence[ActorCategory],
    title: str = "",
    video_provider: str = VideoProvider.LINK,
) -> PeerDay:
    """Propose a whole day, as drafts: one confidential session for each category, two people of each delegation at
    most, then an agora for all; each with a room of its own where a provider makes them. Nobody is told. Raises
    `DomainError` with a sentence."""
    current = hold_programme(author, programme)
    if pattern != DayPattern.AGORA and not categories:
        raise DomainError(_("Choisissez au moins une catégorie."))
    if PeerDay.objects.filter(programme=current, on=on).exists():
        raise DomainError(_("Une journée est déjà prévue à cette date dans ce parcours."))
    slots = proposed_slots(on=on, pattern=pattern, categories=categories, time_zone=current.time_zone)
    if slots[0].starts_at <= timezone.now():
        raise DomainError(_("Une journée se prévoit à l’avance : choisissez une date à venir."))
    title = clean_title(title) if title.strip() else usual_title(on)
    provider = clean_provider(video_provider)
    day = PeerDay.objects.create(programme=current, title=title, on=on, created_by=author)
    for slot, facilitators in zip(slots, _share(slots, _by_load(current)), strict=True):
        _draft(day, author, slot, facilitators, provider)
    return day


@dataclass(frozen=True)
class Change:
    """What the animator sets on the board. `title` None: left as it is (who is not in its circle does not read it)."""

    title: str | None
    starts_at: datetime
    ends_at: datetime
    facilitators: frozenset[int]
    capacity: int | None
    per_delegation: int | None


@transaction.atomic
def edit_slot(*, actor: User, session: PeerSession, change: Change) -> None:
    """Change one session of a day: whoever is registered is told when it moves, as for any session. Who facilitates is
    let into its circle, and who does no more is out, at once."""
    current = (
        PeerSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("network", "circle", "opens_to", "programme__circle")
        .get(pk=session.pk)
    )
    require(can_change_session(membership_for(actor, current.network), current))
    if change.title is not None and change.title != current.title:
        edit_session(
            actor=actor,
            session=current,
            title=change.title,
            description=current.description,
            format=current.format,
        )
    move_session(
        actor=actor,
        session=current,
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        time_zone=current.time_zone,
        place=current.place,
        video_url=current.video_url,
    )
    _set_facilitators(current, change.facilitators)
    rules = [
        RuleWish(one.category_id, one.delegation_id, one.is_each_delegation, one.floor, one.ceiling)
        for one in current.seat_rules.order_by("pk")
        if not _is_per_delegation(one)
    ]
    set_rules(
        actor=actor,
        session=current,
        capacity=change.capacity,
        rules=[*rules, *each_delegation(change.per_delegation)],
        floors_until=current.floors_until,
    )


@transaction.atomic
def send_invitations(*, actor: User, peer_day: PeerDay) -> int:
    """Open the drafts of a day to their circles, each with its discussion, and invite those in them who were not
    invited yet; returns how many invitations left. Sending twice, or at once, invites nobody twice.

    Raises `DomainError` when a draft has begun meanwhile, when who facilitates is expected elsewhere, or when a room is
    taken: nothing leaves then."""
    day = (
        PeerDay.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme__network")
        .get(pk=peer_day.pk)
    )
    require(can_run_programmes(membership_for(actor, day.programme.network), day.programme.network))
    sent, wave = 0, timezone.now().isoformat()
    for session in sendable(day):
        if session.is_draft:
            for facilitator in session.facilitators.all():
                require_free_facilitator(facilitator, session)
            require_free_room(actor, session)
            _open(session, actor)
        sent += invite_people(actor=actor, session=session, user_ids=recipients_of(session))
    if day.invited_at is None:
        PeerDay.objects.filter(pk=day.pk).update(invited_at=timezone.now())
    if sent:
        emit(PeerDayInvited(peer_day_id=day.pk, wave=wave))
    return sent


@transaction.atomic
def chase_day(*, actor: User, peer_day: PeerDay, delegation_id: int | None = None) -> int:
    """Ask once more those who were invited to a session of the day and have said nothing; returns how many asks."""
    network = peer_day.programme.network
    require(can_run_programmes(membership_for(actor, network), network))
    return sum(
        chase_silent(actor=actor, session=session, delegation_id=delegation_id)
        for session in sendable(peer_day)
        if not session.is_draft
    )


@transaction.atomic
def discard_peer_day(*, actor: User, peer_day: PeerDay) -> bool:
    """Throw a proposed day away, while nobody was invited; False when it is gone."""
    hold_programme(actor, peer_day.programme)
    day = PeerDay.objects.select_for_update().filter(pk=peer_day.pk).first()
    if day is None:
        return False
    if day.invited_at is not None or day.sessions.filter(opens_to=None).exists():
        raise DomainError(_("Les invitations sont parties : annulez plutôt les séances, une par une."))
    drafts = list(day.sessions.select_related("opens_to"))
    PeerSession.objects.filter(pk__in=[one.pk for one in drafts]).delete()
    Circle.objects.filter(pk__in=[one.opens_to_id for one in drafts], kind=CircleKind.COHORT).delete()
    day.delete()
    return True


# --- Shared with the copy of a programme ------------------------------------------------------------------------------


def usual_title(on: date) -> str:
    """« Journée entre pairs du 26 novembre »: a title has no need of the weekday."""
    return _("Journée entre pairs du %(day)s") % {"day": day_words(on, weekday=False, today=on)}


def usual_session_title(category: ActorCategory | None) -> str:
    """Of one category among its peers; of none: of the agora."""
    if category is None:
        return _("Agora : les cercles ouvrent leurs restitutions")
    return _("%(category)s : entre pairs") % {"category": capfirst(category.plural)}


def each_delegation(ceiling: int | None) -> list[RuleWish]:
    return [RuleWish(is_each_delegation=True, ceiling=ceiling)] if ceiling else []


# --- Own ----------------------------------------------------------------------------------------------------------


def _draft(day: PeerDay, author: User, slot: Slot, facilitators: Sequence[int], provider: str) -> PeerSession:
    programme = day.programme
    network, category = programme.network, slot.category
    opens_to = create_cohort(
        network=network,
        name=f"{capfirst(category.plural)} · {programme.title}" if category else programme.title,
        delegations=programme.circle.delegations,
        categories=[category.pk] if category else [],
        chosen=facilitators,
        with_animators=category is None,
        confidential=category is not None,
    )
    session = PeerSession.objects.create(
        network=network,
        circle=Circle.objects.of_network(network, CircleKind.ANIMATORS),
        opens_to=opens_to,
        programme=programme,
        peer_day=day,
        title=usual_session_title(category),
        format=Format.PEER_GROUP if category else Format.AGORA,
        render_version=RENDER_VERSION,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        time_zone=programme.time_zone,
        video_provider=provider,
        created_by=author,
    )
    session.facilitators.set(facilitators)
    if category:
        capacity = PER_DELEGATION * len(programme.circle.delegations) or None
        set_rules(actor=author, session=session, capacity=capacity, rules=each_delegation(PER_DELEGATION))
    apply_template(session=session)
    return session


def _by_load(programme: Programme) -> list[int]:
    """The animators, those who facilitate least in this programme first."""
    loads = dict.fromkeys(animators_of(programme.network), 0)
    named = PeerSession.objects.filter(programme=programme, facilitators__isnull=False)
    for user_id in named.values_list("facilitators", flat=True):
        if user_id in loads:
            loads[user_id] += 1
    return sorted(loads, key=lambda pk: (loads[pk], pk))


def _share(slots: Sequence[Slot], people: Sequence[int]) -> list[list[int]]:
    """One facilitator for each session while there are some who are free then; never one in two places."""
    given: list[list[int]] = []
    loads = dict.fromkeys(people, 0)
    for slot in slots:
        busy = {
            pk
            for other, names in zip(slots, given, strict=False)
            if other.starts_at < slot.ends_at and slot.starts_at < other.ends_at
            for pk in names
        }
        free = sorted((pk for pk in people if pk not in busy), key=lambda pk: (loads[pk], people.index(pk)))
        given.append(free[:1])
        for pk in free[:1]:
            loads[pk] += 1
    return given


def _set_facilitators(session: PeerSession, wanted: Collection[int]) -> None:
    was = set(session.facilitators.values_list("pk", flat=True))
    if was == set(wanted):
        return
    if not _are_members(session.network, set(wanted) - was):
        raise DomainError(_("Qui facilite est membre du réseau."))
    session.facilitators.set(wanted)
    if not session.is_draft:  # of a draft, the board says it and the sending refuses
        for facilitator in User.objects.filter(pk__in=set(wanted) - was):
            require_free_facilitator(facilitator, session)
    keep_in_step(session, was ^ set(wanted))
    circle = future_circle(session)
    if circle.kind == CircleKind.COHORT:
        change_cohort(circle=circle, add=wanted, drop=was - set(wanted))


def _are_members(network: Network, users: Iterable[int]) -> bool:
    wanted = set(users)
    return Membership.objects.active().filter(network=network, user__in=wanted).count() == len(wanted)


def _is_per_delegation(rule: SeatRule) -> bool:
    return rule.is_each_delegation and rule.category_id is None


def _open(session: PeerSession, actor: User) -> None:
    """From a draft to what its circle sees; in the transaction of the sending."""
    if session.has_begun():
        raise DomainError(_("Une séance de la journée est déjà passée : déplacez-la avant d’inviter."))
    circle = session.opens_to
    if circle is None:
        return
    if session.topic_id is None:
        session.topic = create_session_thread(network=session.network, circle=circle, title=session.title, author=actor)
    elif session.topic is not None:
        move_thread(topic=session.topic, circle=circle)
    session.circle, session.opens_to = circle, None
    session.updated_at = timezone.now()
    session.save(update_fields=["circle", "opens_to", "topic", "updated_at"])
