"""Introductions for tests, made by the services that production calls."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from django.utils import timezone

from mentoring.models import Introduction
from mentoring.pairing.hours import Slot
from mentoring.services.introductions import draw_round, opt_in
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Membership, Network, Territory, User
from tests.builders import make_member, make_user

# Mornings and afternoons of work: anyone in any French time zone shares an hour of them with anyone else.
ANY_HOUR = [Slot(day, time(8), time(20)) for day in range(5)]
TUESDAY = [Slot(1, time(14), time(16))]
# A Monday, in a month of its own.
NOW = datetime(2031, 9, 1, 7, tzinfo=UTC)
MONTH = date(2031, 9, 1)


def wish(
    network: Network,
    name: str = "",
    *,
    size: int = 2,
    slots: Sequence[Slot] = ANY_HOUR,
    territory: Territory | None = None,
    zone: str = "Europe/Paris",
    member: Membership | None = None,
) -> User:
    """Somebody of the network who asks for a meeting each month."""
    if member is None:
        member = make_member(network, make_user(given_name=name, time_zone=zone), territory=territory)
    opt_in(user=member.user, network=network, size=size, slots=slots)
    return member.user


def draw(network: Network, *, month: date = MONTH, now: datetime = NOW) -> list[Introduction]:
    """The introductions of a month."""
    draw_round(network_id=network.pk, month=month, now=now)
    return list(Introduction.objects.filter(network=network, round__month=month).order_by("pk"))


def people_of(introduction: Introduction) -> list[User]:
    return [one.user for one in introduction.people.select_related("user").order_by("user")]


def introduce(network: Network, *users: User) -> Introduction:
    """These people, drawn now; they must have asked, and be alone."""
    now = timezone.now()
    (made,) = draw(network, month=now.date().replace(day=1), now=now)
    assert people_of(made) == sorted(users, key=lambda one: one.pk)
    return made


def pair(network: Network) -> tuple[User, User, Introduction]:
    one, other = wish(network, "Ana"), wish(network, "Bo")
    made = introduce(network, one, other)
    dispatch_all()
    return one, other, made
