"""Introductions of the demo: who asks for a meeting each month, two months that are past, and this one.

Drawn as beat draws them, and nobody is told: of what is past nothing is announced.
"""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mentoring.enums import IntroductionState
from mentoring.models import FreeSlot, Introduced, Introduction, IntroductionOptIn, IntroductionRound
from mentoring.pairing.drawing import draw
from mentoring.pairing.hours import Span
from mentoring.queries.introduction_draw import people_to_draw
from mentoring.services.conversations import open_conversation
from mentoring.services.introductions import NOTICE_DAYS, WITHIN_DAYS, introduce
from peerhub.demo.cast import CATALYSTS, Cast
from peerhub.demo.settling import Settled
from peerhub.people.models import Network

WISHING = 48
MONTHS = 3
# Of a month that is past, most were held.
PAST = (*[IntroductionState.DONE] * 5, IntroductionState.LAPSED, IntroductionState.DECLINED)


def write_introductions(cast: Cast, settled: Settled, now: datetime) -> int:
    """How many meetings this month has."""
    dice = random.Random(WISHING)
    network = settled.networks[CATALYSTS]
    _wish(cast, network, now, dice)
    first = now.astimezone(ZoneInfo("Europe/Paris")).date().replace(day=1)
    months = [first]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    for month in reversed(months[1:]):
        began = datetime.combine(month, time(8), tzinfo=ZoneInfo("Europe/Paris"))
        for made in _draw(network, month, began):
            made.state = dice.choice(PAST)
            made.save(update_fields=["state"])
            answered = {"declined_at": began} if made.state == IntroductionState.DECLINED else {"accepted_at": began}
            rows = Introduced.objects.filter(introduction=made)
            if made.state == IntroductionState.DONE:
                rows.update(**answered)
            else:
                rows.filter(pk=rows.order_by("pk")[0].pk).update(**answered)
    accounts = {one.user_id for one in cast.accounts.values()}
    return len([_accept_some(one, accounts, now, dice) for one in _draw(network, first, now)])


def _wish(cast: Cast, network: Network, now: datetime, dice: random.Random) -> None:
    """Three demo accounts, and some forty others; in working hours, elected people also in the evening."""
    others = [one for one in cast.members(CATALYSTS) if not one.account]
    people = [cast.accounts[key] for key in ("elected", "agent", "association")] + dice.sample(others, WISHING)
    since = now - timedelta(days=100)
    IntroductionOptIn.objects.bulk_create(
        IntroductionOptIn(network=network, user_id=one.user_id, size=dice.choice((2, 2, 3)), since=since)
        for one in people
    )
    rows = []
    for one in people:
        hours = (8, 10, 12, 18) if one.category == "elected" else (8, 10, 14, 16)
        wanted = {(dice.randrange(5), dice.choice(hours)) for _number in range(7)}
        rows += [
            FreeSlot(user_id=one.user_id, weekday=day, starts=time(hour), ends=time(hour + 2))
            for day, hour in sorted(wanted)
        ]
    FreeSlot.objects.bulk_create(rows)


def _draw(network: Network, month: date, now: datetime) -> list[Introduction]:
    seed = month.toordinal()
    held = IntroductionRound.objects.create(network=network, month=month, seed=seed, drawn_at=now)
    span = Span(now + timedelta(days=NOTICE_DAYS), WITHIN_DAYS)
    drawing = draw(people_to_draw(network, month, span, now), seed)
    IntroductionRound.objects.filter(pk=held.pk).update(left_out=len(drawing.left_out))
    return introduce(held, drawing.meetings, span)


def _accept_some(made: Introduction, accounts: set[int], now: datetime, dice: random.Random) -> Introduction:
    """One in two has a first yes, of somebody who is nobody's account; its conversation is open."""
    first = made.people.select_related("user").exclude(user__in=accounts).order_by("pk").first()
    if first is not None and dice.random() < 0.5:
        Introduced.objects.filter(pk=first.pk).update(accepted_at=now)
        made.topic = open_conversation(network=made.network, circle=made.circle, author=first.user)
        made.save(update_fields=["topic"])
    return made
