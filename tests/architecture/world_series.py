"""Series of the world: one for each circle; of that of the network, one date is closed to the elected."""

from datetime import timedelta

from django.utils import timezone

from forums.services.topics import move_thread
from peerhub.people.models import Circle, Network, User
from sessions.models import PeerSession, SessionSeries
from sessions.recurrence import local_of, weekly
from sessions.services.series import create_series

DATES = 3


def make_series_of(network: Network, circle: Circle, animator: User, word: str) -> SessionSeries:
    """Far ahead of what else is planned, and found by no search of the tests."""
    starts_at = (timezone.now() + timedelta(days=120)).replace(hour=12, minute=0, second=0, microsecond=0)
    return create_series(
        author=animator,
        network=network,
        circle=circle,
        rule=weekly([local_of(starts_at, "Europe/Paris").weekday()], count=DATES),
        title=f"Rendez-vous {word}",
        description=f"On se revoit {word}.",
        place=f"Salle {word}",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        time_zone="Europe/Paris",
    )


def close_one_date(series: SessionSeries, circle: Circle, word: str) -> PeerSession:
    session = PeerSession.objects.select_related("topic").filter(series=series).order_by("starts_at")[1]
    PeerSession.objects.filter(pk=session.pk).update(circle=circle, title=f"Rendez-vous {word}", place=f"Salle {word}")
    if session.topic:
        move_thread(topic=session.topic, circle=circle)
    return session
