"""One open date poll of the demo as rows: half of those asked have answered, the demo accounts have not."""

import random
from datetime import datetime, time, timedelta

from peerhub.demo.cast import PROGRAMME, Cast
from peerhub.demo.settling import Settled
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle
from sessions.enums import Format, PollChoice
from sessions.models import DatePoll, PollAnswer, PollQuorum, PollSlot
from sessions.poll_spans import spans

DAYS_AHEAD = 21
DAYS = 3
HOURS = ((time(10), time(12)), (time(14), time(16, 30)))
WANTED = {"elected": 8, "agent": 10, "association": 5}


def write_poll(cast: Cast, settled: Settled, now: datetime) -> DatePoll:
    dice = random.Random(DAYS_AHEAD)
    network = settled.networks[PROGRAMME]
    poll = DatePoll.objects.create(
        network=network,
        circle=Circle.objects.of_network(network, CircleKind.NETWORK),
        title="Quand faire la prochaine journée de terrain ?",
        note="Une demi-journée sur place, trajets compris dans les créneaux. Le lieu sera choisi ensuite.",
        format=Format.FIELD,
        closes_at=(now + timedelta(days=9)).replace(minute=0, second=0, microsecond=0),
        created_by_id=cast.accounts["animator"].user_id,
        created_at=now - timedelta(days=4),
    )
    tuesday = now.date() + timedelta(days=DAYS_AHEAD + 1 - now.weekday())
    days = [tuesday + timedelta(days=shift) for shift in range(DAYS)]
    slots = [
        PollSlot(poll=poll, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in spans(days, HOURS, poll.time_zone)
    ]
    PollSlot.objects.bulk_create(slots)
    PollQuorum.objects.bulk_create(
        PollQuorum(poll=poll, category=settled.categories[slug], wanted=wanted) for slug, wanted in WANTED.items()
    )
    answers = []
    for person in cast.members(PROGRAMME):
        if person.account or dice.random() < 0.4:
            continue
        at = poll.created_at + timedelta(hours=dice.uniform(1, 90))
        for number, slot in enumerate(slots):
            weights = (5 - number % 3, 2, 2 + number % 3)
            choice = dice.choices(PollChoice.values, weights)[0]
            answers.append(PollAnswer(slot=slot, user_id=person.user_id, choice=choice, answered_at=at))
    PollAnswer.objects.bulk_create(answers)
    return poll
