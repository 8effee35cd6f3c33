"""Date polls for tests, made by the services that production calls."""

from datetime import date, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from peerhub.people.models import Circle, Network, User
from sessions.models import DatePoll, Delegate, PollGuest, PollSlot
from sessions.services.poll_answers import answer
from sessions.services.poll_guests import add_guest
from sessions.services.polls import create_poll
from tests.builders import make_network
from tests.sessions.builders import animator_of, network_circle

_numbers = count(1)
AFTERNOON = (time(14), time(16))
EVENING = (time(18), time(20))


def next_days(number: int = 2) -> list[date]:
    return [timezone.localdate() + timedelta(days=10 + shift) for shift in range(number)]


def make_poll(network: Network | None = None, **fields: Any) -> DatePoll:
    """Two slots, in ten and eleven days, for the members of a network, unless said otherwise."""
    network = network or make_network()
    defaults: dict[str, Any] = {
        "author": fields.pop("author", None) or animator_of(network),
        "circle": fields.pop("circle", None) or network_circle(network),
        "title": f"Sondage {next(_numbers)}",
        "days": next_days(),
        "hours": [AFTERNOON],
    }
    return create_poll(network=network, **{**defaults, **fields})


def slots_of(poll: DatePoll) -> list[PollSlot]:
    return list(poll.slots.filter(removed_at__isnull=True).order_by("starts_at"))


def say(poll: DatePoll, user: User, *choices: str) -> None:
    """Answer the slots of the poll, in order."""
    answer(user=user, poll=poll, choices={slot.pk: one for slot, one in zip(slots_of(poll), choices, strict=True)})


def make_guest(poll: DatePoll, **fields: Any) -> PollGuest:
    number = next(_numbers)
    defaults = {"name": f"Invité {number}", "email": f"invite{number}@example.org"}
    return add_guest(actor=animator_of(poll.network), poll=poll, **{**defaults, **fields})


def ask_for_dates(network: Network, circle: Circle, word: str, members: list[User]) -> DatePoll:
    """A poll whose every text says `word`, answered by these members; of a circle that no animator is in too."""
    poll = make_poll(network, title=f"Sondage potiron {word}", note=f"Pour parler du potiron {word}.")
    DatePoll.objects.filter(pk=poll.pk).update(circle=circle, created_by=None)
    poll.refresh_from_db()
    for member in members:
        say(poll, member, "yes", "no")
    make_more(poll)
    return poll


def make_more(poll: DatePoll) -> None:
    """A slot that nobody has answered: everyone asked is waited for."""
    starts_at = slots_of(poll)[-1].ends_at + timedelta(days=1)
    PollSlot.objects.create(poll=poll, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def name_delegate_of(network: Network, principal: User, user: User) -> Delegate:
    return Delegate.objects.create(network=network, principal=principal, user=user, named_by=principal)
