"""Freed seats: offered to who waits, for a delay; accepted, passed on, or lapsed, and then the next.

`accept` is `register` and `pass_on` is `decline`: this module is what time does. Each step is a transaction of its own,
so that a worker killed between two offers leaves each of them either done or to be done.
"""

from dataclasses import replace

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from peerhub.notifications.services import notify
from peerhub.outbox.sweeping import sweep
from sessions.enums import SeatEventKind
from sessions.models import PeerSession, Registration, SeatEvent, SeatRule
from sessions.seating.engine import Passed
from sessions.seating.holders import holder_of
from sessions.services.registration import lock_people
from sessions.services.seats import release_floors
from sessions.services.seats_room import enter, keep


def lapse_offers(limit: int = 200) -> int:
    """End the offers whose delay is over; each seat goes to the next. Returns how many ended."""
    ended = Registration.objects.open_offers().filter(offer_ends_at__lte=timezone.now()).order_by("offer_ends_at", "pk")
    due = list(ended.values_list("user", "session")[:limit])
    return sweep("sessions.offers.lapse", _lapse, due)


@transaction.atomic
def _lapse(key: tuple[int, int]) -> bool:
    user_id, session_id = key
    lock_people([user_id])
    room = enter(session_id)
    offered = Registration.objects.open_offers().filter(session=session_id, user=user_id)
    registration = offered.filter(offer_ends_at__lte=room.now).first()
    if registration is None:
        return False
    room.knows(registration)
    if room.session.is_cancelled or room.session.has_begun(room.now):
        # Nobody can come in the place any more: the offers end, and no other is made.
        room.state = replace(room.state, queue=())
    return bool(keep(room, Passed(holder_of(user_id), has_lapsed=True), actor_id=None))


def remind_of_offers(limit: int = 200) -> int:
    """Remind of an offer, once, at half its delay; returns how many were told."""
    now = timezone.now()
    waiting = Registration.objects.open_offers().filter(offer_reminded_at__isnull=True, offer_ends_at__gt=now)
    # At half the delay, as much of it is over as is left.
    due = waiting.filter(offer_ends_at__lte=now + (now - F("offered_at"))).order_by("offer_ends_at", "pk")
    return sweep("sessions.offers.remind", _remind, list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _remind(pk: int) -> bool:
    """The mark and the notification, both or neither."""
    now = timezone.now()
    marked = (
        Registration.objects.open_offers()
        .filter(pk=pk, offer_reminded_at__isnull=True, offer_ends_at__gt=now)
        .update(offer_reminded_at=now)
    )
    if not marked:
        return False
    row = Registration.objects.select_related("session").get(pk=pk)
    notify(
        kind="sessions.offer_reminder",
        recipients=[row.user_id],
        target_id=row.session_id,
        dedupe_key=f"registration:{pk}:offer_reminder:{row.version}",
        network_id=row.session.network_id,
        streak=f"session.{row.session_id}",
    )
    return True


def release_due_floors(limit: int = 100) -> int:
    """Release the unused floors whose date has come; returns of how many sessions."""
    now = timezone.now()
    said = SeatEvent.objects.filter(session=OuterRef("pk"), kind__in=[SeatEventKind.RULES, SeatEventKind.RELEASED])
    is_done = Q(kind=SeatEventKind.RELEASED) | Q(facts__released=True)
    last = said.order_by("-number").annotate(is_done=Case(When(is_done, then=True), default=False))
    floors = SeatRule.objects.filter(session=OuterRef("pk"), floor__gt=0)
    due = (
        PeerSession.objects.scheduled()
        .filter(floors_until__lte=now, starts_at__gt=now)
        .alias(is_done=Coalesce(Subquery(last.values("is_done")[:1]), False))
        .filter(Exists(floors), is_done=False)
    )
    return sweep("sessions.floors.release", _release, list(due.order_by("pk").only("pk")[:limit]))


def _release(session: PeerSession) -> bool:
    return release_floors(session=session)
