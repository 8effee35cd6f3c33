"""Planning: creating, editing, moving and cancelling sessions, and how many seats they have."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import EllipsisType

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.queries.conversations import conversation_in
from forums.services.topics import create_session_thread
from peerhub.live.publish import publish_on_commit
from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Circle, Network, Territory, User
from peerhub.people.queries import membership_for
from peerhub.people.time_zones import known_zones
from peerhub.text.markdown import RENDER_VERSION, Rendered, TextError, clean_source, one_line, render
from sessions.enums import Format, SessionState, SkippedReason, VideoProvider
from sessions.events import SessionCancelled, SessionCreated, SessionMoved
from sessions.models import PeerSession
from sessions.policies.sessions import can_change_session, can_create_session
from sessions.services.clashes import require_free_room
from sessions.services.holding import hold_session
from sessions.services.polls import guests_of_session
from sessions.services.registration import publish_seats
from sessions.services.reminders import OFFSETS, plan_reminders, skip_reminders
from sessions.services.seats_room import apply_rules
from sessions.services.video import change_room
from sessions.video.adapters import adapter_for

LONGEST = timedelta(days=31)
MOST_REMINDERS = 5
LONGEST_REMINDER = int(timedelta(days=30).total_seconds() // 60)


@transaction.atomic
def create_session(
    *,
    author: User,
    network: Network,
    circle: Circle,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    format: str = Format.PEER_GROUP,  # noqa: A002 (the word of the domain)
    description: str = "",
    place: str = "",
    video_url: str = "",
    video_provider: str = VideoProvider.LINK,
    territory: Territory | None = None,
    capacity: int | None = None,
    reminder_minutes: Sequence[int] = OFFSETS,
    reminder_note: str = "",
) -> PeerSession:
    """Plan a session of a network, open to one of its circles or to everyone, and a discussion to prepare it, open
    to the same circle; what two or three people plan is prepared in the conversation that they have.

    The author must run the network, but need not be in the circle: then the author will not see it either. Instants
    are aware; `local_time.resolve` makes them of local hours. Raises `DomainError` with a sentence.
    """
    require(can_create_session(membership_for(author, network), network, circle))
    if circle.kind != CircleKind.PUBLIC and circle.network_id != network.pk:
        raise DomainError(_("Ce cercle est celui d’un autre réseau."))
    if starts_at <= timezone.now():
        raise DomainError(_("Une séance se prévoit à l’avance : choisissez une date à venir."))
    description, rendered = _written(description)
    session = PeerSession(
        network=network,
        circle=circle,
        title=_clean_title(title),
        description=description,
        description_html=rendered.html,
        description_text=rendered.plain,
        render_version=RENDER_VERSION,
        format=Format(format),
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=_clean_zone(time_zone),
        place=one_line(place),
        video_url=video_url.strip(),
        video_provider=clean_provider(video_provider),
        territory=territory,
        capacity=capacity,
        reminder_minutes=_clean_reminders(reminder_minutes),
        reminder_note=one_line(reminder_note)[:500],
        created_by=author,
    )
    _check_span(session.starts_at, session.ends_at)
    _check_capacity(capacity, 0)
    require_free_room(author, session)
    session.topic = conversation_in(circle) or create_session_thread(
        network=network, circle=circle, title=session.title, author=author
    )
    session.save()
    emit(SessionCreated(session_id=session.pk))
    return session


@transaction.atomic
def edit_session(
    *,
    actor: User,
    session: PeerSession,
    title: str,
    description: str,
    format: str,  # noqa: A002
) -> PeerSession:
    """Change what a session says; nobody is notified of it."""
    current = _lock_for(actor, session)
    description, rendered = _written(description)
    current.title = _clean_title(title)
    current.description = description
    current.description_html, current.description_text = rendered.html, rendered.plain
    current.render_version = RENDER_VERSION
    current.format = Format(format)
    current.updated_at = timezone.now()
    current.save(
        update_fields=[
            "title",
            "description",
            "description_html",
            "description_text",
            "render_version",
            "format",
            "updated_at",
        ]
    )
    return current


@transaction.atomic
def move_session(
    *,
    actor: User,
    session: PeerSession,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    place: str,
    video_url: str,
    video_provider: str | None = None,
    territory: Territory | EllipsisType | None = ...,
) -> bool:
    """Change when or where: `sequence` + 1, reminders planned again, everyone registered is told. False when nothing
    differs of what they were told: a territory, or the fallback of a room, changes in silence. Without a provider or a
    territory, each stays."""
    current = _lock_for(actor, session)
    provider = clean_provider(video_provider or current.video_provider, current.video_provider)
    told: dict[str, object] = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "time_zone": _clean_zone(time_zone),
        "place": one_line(place),
        "video_provider": provider,
    }
    silent: dict[str, object] = {"territory_id": _key_of(territory, current.territory_id)}
    (told if provider == VideoProvider.LINK else silent)["video_url"] = video_url.strip()
    changed = {name for name, value in {**told, **silent}.items() if getattr(current, name) != value}
    if not changed:
        return False
    _check_span(starts_at, ends_at)
    if "starts_at" in changed and starts_at <= timezone.now():
        raise DomainError(_("Une séance se déplace vers une date à venir."))
    _put(actor, current, changed, {**told, **silent})
    if not changed & told.keys():
        return False
    current.sequence += 1
    current.save(update_fields=["sequence"])
    plan_reminders(session=current)
    guests = guests_of_session(current.pk, "moved", str(current.sequence))
    emit(SessionMoved(session_id=current.pk, sequence=current.sequence), *guests)
    publish_on_commit(f"session.{current.pk}", "session.moved", data={"sequence": current.sequence})
    return True


@transaction.atomic
def change_capacity(*, actor: User, session: PeerSession, capacity: int | None) -> PeerSession:
    """Set how many seats there are (None: no limit). Raises `DomainError` below the number of those taken."""
    current = _lock_for(actor, session)
    if capacity == current.capacity:
        return current
    _check_capacity(capacity, current.registered_count + current.held_count)
    current.capacity = capacity
    current.updated_at = timezone.now()
    current.save(update_fields=["capacity", "updated_at"])
    apply_rules(current, actor_id=actor.pk)
    publish_seats(current, taken=current.registered_count)
    return current


@transaction.atomic
def change_reminders(
    *, actor: User, session: PeerSession, reminder_minutes: Sequence[int], reminder_note: str
) -> PeerSession:
    """Set when people are reminded, and of what to prepare. What is no longer wanted is set aside, what was sent stays
    sent. Raises `DomainError` with a sentence."""
    current = _lock_for(actor, session)
    wanted = _clean_reminders(reminder_minutes)
    dropped = set(current.reminder_minutes) - set(wanted)
    changed = wanted != sorted(current.reminder_minutes, reverse=True)
    current.reminder_minutes, current.reminder_note = wanted, one_line(reminder_note)[:500]
    current.save(update_fields=["reminder_minutes", "reminder_note"])
    if changed:
        skip_reminders(session=current, reason=SkippedReason.NOT_WANTED, offsets=dropped)
        plan_reminders(session=current)
    return current


@transaction.atomic
def update_session(
    *,
    actor: User,
    session: PeerSession,
    title: str,
    description: str,
    format: str,  # noqa: A002
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    place: str,
    video_url: str,
    capacity: int | None,
    reminder_minutes: Sequence[int],
    reminder_note: str,
    video_provider: str | None = None,
    territory: Territory | EllipsisType | None = ...,
) -> bool:
    """Everything that the form of a session holds, all or nothing. Returns whether it moved (people are told)."""
    edit_session(actor=actor, session=session, title=title, description=description, format=format)
    change_capacity(actor=actor, session=session, capacity=capacity)
    change_reminders(actor=actor, session=session, reminder_minutes=reminder_minutes, reminder_note=reminder_note)
    return move_session(
        actor=actor,
        session=session,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=time_zone,
        place=place,
        video_url=video_url,
        video_provider=video_provider,
        territory=territory,
    )


@transaction.atomic
def cancel_session(*, actor: User, session: PeerSession, reason: str = "") -> bool:
    """Call a session off: no reminder goes out any more, everyone registered is told, their time is free again (a
    cancelled session clashes with nothing). The registrations stay, as the record of who was to come. False when it
    was cancelled already."""
    current = hold_session(session.pk)
    if current.is_cancelled:
        return False
    require(can_change_session(membership_for(actor, current.network), current))
    now = timezone.now()
    moved = PeerSession.objects.filter(pk=current.pk, state=SessionState.SCHEDULED).update(
        state=SessionState.CANCELLED,
        cancelled_at=now,
        cancelled_reason=reason.strip()[:500],
        sequence=current.sequence + 1,
        updated_at=now,
    )
    if not moved:
        return False
    skip_reminders(session=current, reason=SkippedReason.CANCELLED)
    told = guests_of_session(current.pk, "called_off", str(current.sequence + 1))
    emit(SessionCancelled(session_id=current.pk, sequence=current.sequence + 1), *told)
    publish_on_commit(f"session.{current.pk}", "session.cancelled")
    return True


def _lock_for(actor: User, session: PeerSession) -> PeerSession:
    """The session's row, held, after judging that the actor may change it now."""
    current = hold_session(session.pk)
    require(can_change_session(membership_for(actor, current.network), current))
    return current


def _put(actor: User, session: PeerSession, changed: set[str], wanted: dict[str, object]) -> None:
    """Write what differs; the room must be free then, and the one of another day has another address."""
    for name in changed:
        setattr(session, name, wanted[name])
    if changed & {"starts_at", "ends_at", "place", "territory_id"} and not session.is_draft:
        require_free_room(actor, session)
    session.updated_at = timezone.now()
    session.save(update_fields=[*sorted(changed), "updated_at"])
    if "starts_at" in changed:
        change_room(session)


def _key_of(territory: Territory | EllipsisType | None, was: int | None) -> int | None:
    if isinstance(territory, EllipsisType):
        return was
    return territory.pk if territory else None


def clean_provider(wanted: str, was: str = VideoProvider.LINK) -> str:
    """One that can make rooms here; what a session has already may stay."""
    if wanted != was and wanted != VideoProvider.LINK and adapter_for(wanted) is None:
        raise DomainError(_("Ce serveur ne fait pas de salles de cette sorte."))
    return wanted


def _clean_title(title: str) -> str:
    title = one_line(title)
    if not title:
        raise DomainError(_("Donnez un titre à la séance."))
    return title[:160]


def _written(description: str) -> tuple[str, Rendered]:
    """Nobody is named by a presentation: what looks like it stays plain words."""
    source = clean_source(description)
    try:
        return source, render(source, names={})
    except TextError as error:
        raise DomainError(str(error)) from error


def _clean_zone(name: str) -> str:
    if name not in known_zones():
        raise DomainError(_("Ce fuseau horaire n’existe pas."))
    return name


def _check_span(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise DomainError(_("La séance doit se terminer après son début."))
    if ends_at - starts_at > LONGEST:
        raise DomainError(_("Une séance dure un mois au plus."))


def _check_capacity(capacity: int | None, taken: int) -> None:
    if capacity is None:
        return
    if capacity < 1:
        raise DomainError(_("Il faut au moins une place."))
    if capacity < taken:
        text = ngettext(
            "%(taken)d personne est déjà inscrite : le nombre de places ne peut pas descendre à %(capacity)d.",
            "%(taken)d personnes sont déjà inscrites : le nombre de places ne peut pas descendre à %(capacity)d.",
            taken,
        )
        raise DomainError(text % {"taken": taken, "capacity": capacity})


def _clean_reminders(minutes: Sequence[int]) -> list[int]:
    """The farthest first, each once. Raises `DomainError` for what no reminder can be."""
    wanted = sorted(set(minutes), reverse=True)
    if len(wanted) > MOST_REMINDERS or any(not 0 < one <= LONGEST_REMINDER for one in wanted):
        raise DomainError(_("Cinq rappels au plus, entre une minute et trente jours avant."))
    return wanted
