"""An introduction of an agent and of a delegate: nobody else, who animates included, opens it."""

from datetime import time

from django.utils import timezone

from mentoring.models import Introduction
from mentoring.pairing.hours import Slot
from mentoring.services.introductions import draw_round, opt_in
from peerhub.people.models import Network, User


def make_introduction(network: Network, people: dict[str, User]) -> Introduction:
    now = timezone.now()
    for kind in ("agent", "delegate"):
        opt_in(user=people[kind], network=network, size=2, slots=[Slot(day, time(8), time(20)) for day in range(7)])
    draw_round(network_id=network.pk, month=now.date().replace(day=1), now=now)
    return Introduction.objects.get(network=network)
