"""Who wishes to be introduced, and when they are free; the drawing of a month."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from secrets import randbits

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.events import IntroductionMade
from mentoring.models import (
    FreeSlot,
    Introduced,
    IntroducedPair,
    Introduction,
    IntroductionOptIn,
    IntroductionRound,
)
from mentoring.pairing.drawing import Meeting, draw
from mentoring.pairing.hours import Slot, Span, each
from mentoring.policies.introductions import can_be_introduced
from mentoring.queries.introduction_draw import networks_to_draw, people_to_draw
from mentoring.queries.introductions import DRAWN_UNTIL_DAY, first_of_month, next_month
from mentoring.services.conversations import private_circles
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Network, User
from peerhub.people.queries import membership_for

# A meeting is proposed for so many days ahead at least, and within so many days from then.
NOTICE_DAYS, WITHIN_DAYS = 4, 24


@transaction.atomic
def opt_in(*, user: User, network: Network, size: int, slots: Iterable[Slot]) -> IntroductionOptIn:
    """Ask for a meeting each month, of two people, or of three when it is possible; and say when one is free. Said
    again, it changes the size and the hours. Raises `Refused`, or `DomainError` without an hour."""
    require(can_be_introduced(membership_for(user, network)))
    if not save_free_slots(user=user, slots=slots):
        raise DomainError(_("Cochez au moins un moment où vous êtes libre."))
    wish, _created = IntroductionOptIn.objects.update_or_create(
        user=user, network=network, defaults={"size": 3 if size > 2 else 2}
    )
    return wish


@transaction.atomic
def opt_out(*, user: User, network: Network) -> bool:
    """From the next drawing on; what was drawn stays. False when the person had not asked."""
    deleted, _rows = IntroductionOptIn.objects.filter(user=user, network=network).delete()
    return bool(deleted)


@transaction.atomic
def skip_month(*, user: User, network: Network) -> bool:
    """Be left in peace by the next drawing. False for who has not asked for meetings."""
    following = next_month(next_month(first_of_month(timezone.now())))
    return bool(IntroductionOptIn.objects.filter(user=user, network=network).update(skips_until=following))


@transaction.atomic
def skip_no_more(*, user: User, network: Network) -> bool:
    return bool(IntroductionOptIn.objects.filter(user=user, network=network).update(skips_until=None))


@transaction.atomic
def save_free_slots(*, user: User, slots: Iterable[Slot]) -> int:
    """Say when one is free each week, instead of what was said before; how many spans it is once those that touch are
    one."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    FreeSlot.objects.filter(user=user).delete()
    rows = [FreeSlot(user=user, weekday=one.weekday, starts=one.starts, ends=one.ends) for one in _joined(slots)]
    FreeSlot.objects.bulk_create(rows)
    return len(rows)


def _joined(slots: Iterable[Slot]) -> list[Slot]:
    found: list[Slot] = []
    for slot in sorted(slots, key=lambda one: (one.weekday, one.starts, one.ends)):
        last = found[-1] if found else None
        if last is not None and last.weekday == slot.weekday and slot.starts <= last.ends:
            found[-1] = Slot(last.weekday, last.starts, max(last.ends, slot.ends))
        else:
            found.append(slot)
    return found


# --- Drawing --------------------------------------------------------------------------------------------------------


def draw_due(now: datetime | None = None) -> int:
    """Draw the month of every network in which it is due; how many meetings were made. Beat asks again."""
    now = now or timezone.now()
    month = first_of_month(now)
    if (now - timedelta(days=DRAWN_UNTIL_DAY)).date() >= month:
        return 0
    return sweep(
        "mentoring.introductions.draw",
        lambda pk: draw_round(network_id=pk, month=month, now=now),
        networks_to_draw(month),
    )


@transaction.atomic
def draw_round(*, network_id: int, month: date, now: datetime) -> int:
    """Make the meetings of a month; how many. A month that was drawn stays as it is, whoever asks and however often."""
    network = Network.objects.get(pk=network_id)
    IntroductionRound.objects.get_or_create(network=network, month=month, defaults={"seed": randbits(62)})
    held = (
        IntroductionRound.objects.select_for_update(of=("self",), no_key=True)
        .select_related("network")
        .get(network=network, month=month)
    )
    if held.drawn_at is not None:
        return 0
    span = Span(now + timedelta(days=NOTICE_DAYS), WITHIN_DAYS)
    drawing = draw(people_to_draw(network, month, span, now), held.seed)
    introductions = introduce(held, drawing.meetings, span)
    emit(*(IntroductionMade(introduction_id=one.pk) for one in introductions))
    held.drawn_at, held.left_out = now, len(drawing.left_out)
    held.save(update_fields=["drawn_at", "left_out"])
    return len(drawing.meetings)


def introduce(round_: IntroductionRound, meetings: Sequence[Meeting], span: Span) -> list[Introduction]:
    """For each meeting a circle of its people, and a moment proposed to them; nobody is told. A conversation opens with
    the first yes. Some statements for all; in the caller's transaction."""
    network = round_.network
    users = User.objects.in_bulk([pk for meeting in meetings for pk in meeting.people])
    circles = private_circles(network=network, groups=[[users[pk] for pk in meeting.people] for meeting in meetings])
    introductions = Introduction.objects.bulk_create(
        Introduction(
            round=round_, network=network, circle=circle, proposed_at=span.at(next(iter(each(meeting.starts))))
        )
        for circle, meeting in zip(circles, meetings, strict=True)
    )
    made = list(zip(introductions, meetings, strict=True))
    Introduced.objects.bulk_create(
        Introduced(introduction=one, user_id=pk) for one, meeting in made for pk in meeting.people
    )
    IntroducedPair.objects.bulk_create(
        IntroducedPair(network=network, first_id=first, second_id=second, introduction=one)
        for one, meeting in made
        for first, second in combinations(meeting.people, 2)
    )
    return introductions
