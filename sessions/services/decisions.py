"""What a session decided: noted, given to somebody, done; its owner told once, and reminded the day before.

The session's row is held by whoever writes: two people who note at once follow each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.notifications.services import notify
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.people.verdicts import Verdict
from peerhub.text.markdown import one_line
from sessions.enums import SessionState
from sessions.events import DecisionGiven
from sessions.models import Decision, PeerSession
from sessions.policies.decisions import (
    can_change_decision,
    can_read_decisions,
    can_tick_decision,
    can_write_decisions,
)
from sessions.policies.standing import Standing
from sessions.queries.decisions import owners_for
from sessions.queries.standing import standing_for
from sessions.services.holding import hold_visible

MOST = 100
REMIND_AT = time(8)  # on the owner's clock, the day before


class DecisionConflict(DomainError):
    """Somebody changed it meanwhile: `current` is what is kept."""

    def __init__(self, current: Decision) -> None:
        super().__init__(_("Quelqu’un a modifié cette décision pendant que vous écriviez : relisez-la."))
        self.current = current


@dataclass(frozen=True)
class Wish:
    """What a decision says: `owner_id` of who does it (None: the group), until when."""

    text: str
    owner_id: int | None = None
    due_on: date | None = None


def stamp_of(decision: Decision) -> str:
    """What stands in the form: who writes over another text than the one that was read is told."""
    said = f"{decision.text}\n{decision.owner_id}\n{decision.due_on}"
    return sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def add_decision(*, author: User, session: PeerSession, wish: Wish) -> Decision:
    """Note a decision; its owner is told. The same one sent twice is one. Raises `DomainError` with a sentence."""
    current, standing = _enter(session.pk, author)
    require(can_write_decisions(current, standing))
    clean = _cleaned(current, wish)
    rows = Decision.objects.filter(session=current)
    known = rows.filter(text=clean.text, owner=clean.owner_id, due_on=clean.due_on, done_at__isnull=True).first()
    if known is not None:
        return known
    if rows.count() >= MOST:
        raise DomainError(_("Au plus %(count)d décisions par séance.") % {"count": MOST})
    decision = Decision(session=current, created_by=author, text=clean.text, due_on=clean.due_on)
    decision.owner_id = clean.owner_id
    decision.reminded_at = _told_already(decision)
    decision.save()
    _tell_owner(decision, author)
    return decision


@transaction.atomic
def edit_decision(*, actor: User, decision: Decision, wish: Wish, stamp: str) -> Decision:
    """Say it otherwise, give it to somebody else, or put it off: a new owner is told, a new date reminded of again.
    Raises `DecisionConflict`, `Refused` or `DomainError`."""
    current = _judged(actor, decision, can_change_decision)
    if stamp != stamp_of(current):
        raise DecisionConflict(current)
    clean = _cleaned(current.session, wish, was=current)
    is_given = clean.owner_id is not None and clean.owner_id != current.owner_id
    is_new_task = is_given or clean.due_on != current.due_on
    current.text, current.owner_id, current.due_on = clean.text, clean.owner_id, clean.due_on
    if is_new_task:
        current.reminded_at = _told_already(current) if is_given else None
    current.save(update_fields=["text", "owner", "due_on", "reminded_at"])
    if is_given:
        _tell_owner(current, actor)
    return current


@transaction.atomic
def tick_decision(*, actor: User, decision: Decision, done: bool) -> bool:
    """Say that it is done, or that it is not after all. False when it was so already."""
    current = _judged(actor, decision, can_tick_decision)
    rows = Decision.objects.filter(pk=current.pk, done_at__isnull=done)
    return bool(rows.update(done_at=timezone.now() if done else None))


@transaction.atomic
def remove_decision(*, actor: User, decision: Decision) -> None:
    _judged(actor, decision, can_change_decision).delete()


def remind_due(now: datetime | None = None, limit: int = 500) -> int:
    """Remind the owners of what is due tomorrow, once, from eight o'clock where each of them is; late rather than never
    while the day is not over. Returns how many were told."""
    now = now or timezone.now()
    today = now.astimezone(UTC).date()
    rows = Decision.objects.filter(
        done_at__isnull=True,
        reminded_at__isnull=True,
        owner__is_active=True,
        session__state=SessionState.SCHEDULED,
        # Of everywhere on Earth: each owner's own day is looked at below.
        due_on__range=(today - timedelta(days=1), today + timedelta(days=2)),
    )
    due = rows.select_related("owner").order_by("due_on", "pk")
    keys = [row.pk for row in due.defer("text") if _is_hour(row, now)]
    return sweep("sessions.decisions.remind", partial(_remind, now=now), keys[:limit])


@transaction.atomic
def _remind(pk: int, now: datetime) -> bool:
    """The mark and the notification, both or neither; of the decision as it is by then."""
    row = Decision.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, reminded_at__isnull=True)
    decision = row.select_related("owner", "session").first()
    if decision is None or decision.owner is None or decision.done_at or not decision.session.is_scheduled:
        return False
    if not _is_hour(decision, now):
        return False
    decision.reminded_at = now
    decision.save(update_fields=["reminded_at"])
    notify(
        kind="sessions.decision_due",
        recipients=[decision.owner.pk],
        target_id=decision.pk,
        dedupe_key=f"decision:{pk}:due:{decision.due_on}",
        network_id=decision.session.network_id,
        streak=f"session.{decision.session_id}",
    )
    return True


def _is_hour(decision: Decision, now: datetime) -> bool:
    """Whether the owner's clock shows the morning before, or later, and the day itself is not over."""
    if decision.due_on is None or decision.owner is None:
        return False
    local = now.astimezone(ZoneInfo(decision.owner.time_zone)).replace(tzinfo=None)
    return _morning_before(decision.due_on) <= local and local.date() <= decision.due_on


def _morning_before(due_on: date) -> datetime:
    return datetime.combine(due_on - timedelta(days=1), REMIND_AT)


def _told_already(decision: Decision) -> datetime | None:
    """Who is given a thing after the hour of its reminder hears of it now: once is enough."""
    if decision.due_on is None or decision.owner_id is None:
        return None
    owner = User.objects.only("time_zone").get(pk=decision.owner_id)
    now = timezone.now()
    local = now.astimezone(ZoneInfo(owner.time_zone)).replace(tzinfo=None)
    return now if _morning_before(decision.due_on) <= local else None


def _tell_owner(decision: Decision, actor: User) -> None:
    if decision.owner_id is not None:
        emit(DecisionGiven(decision_id=decision.pk, owner_id=decision.owner_id, actor_id=actor.pk))


def _enter(session_id: int, person: User) -> tuple[PeerSession, Standing]:
    """The session's row, held, and what the person is to it; raises `Refused` for who may not read its decisions."""
    current = hold_visible(session_id, person)
    require(can_read_decisions(membership_for(person, current.network), current))
    return current, standing_for(person, current)


def _judged(actor: User, decision: Decision, policy: Callable[[User, Decision, Standing], Verdict]) -> Decision:
    """The decision as it is, its session held, after judging; raises `Refused`, also for one that is gone."""
    session, standing = _enter(decision.session_id, actor)
    current = Decision.objects.select_for_update(of=("self",)).filter(pk=decision.pk, session=session).first()
    if current is None:
        raise Refused(_("Cette décision a été retirée."))
    current.session = session
    require(policy(actor, current, standing))
    return current


def _cleaned(session: PeerSession, wish: Wish, was: Decision | None = None) -> Wish:
    text = one_line(wish.text)
    if not text:
        raise DomainError(_("Dites ce qui a été décidé."))
    if len(text) > 500:
        raise DomainError(_("Une décision tient en 500 caractères."))
    is_new_date = was is None or wish.due_on != was.due_on
    if wish.due_on is not None and is_new_date and wish.due_on < timezone.localdate():
        raise DomainError(_("L’échéance est à venir : choisissez une date qui n’est pas passée."))
    is_new_owner = was is None or wish.owner_id != was.owner_id
    if wish.owner_id is not None and is_new_owner and not owners_for(session).filter(pk=wish.owner_id).exists():
        raise DomainError(_("Une décision est confiée à une personne inscrite, ou à qui facilite la séance."))
    return Wish(text, wish.owner_id, wish.due_on)
