"""Series for tests, made by the services that production calls."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from peerhub.people.models import Network
from sessions.models import PeerSession, SessionSeries
from sessions.recurrence import Rule, instant, weekly
from sessions.services.series import create_series
from tests.builders import make_network
from tests.sessions.builders import animator_of, network_circle

ZONE = "Europe/Paris"
NAMES = (
    *("title", "format", "starts_at", "ends_at", "time_zone", "place", "video_url", "video_provider", "territory"),
    *("capacity", "description", "reminder_minutes", "reminder_note"),
)


def next_tuesday(hour: int = 14) -> datetime:
    """A Tuesday in about ten days, as the clocks of the zone show it (naive)."""
    day = timezone.localdate() + timedelta(days=10)
    day += timedelta(days=(1 - day.weekday()) % 7)
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001


def make_series(
    network: Network | None = None, *, first: datetime | None = None, rule: Rule | None = None, **fields: Any
) -> SessionSeries:
    """Four sessions of two hours, on Tuesdays at 14:00, for the network's members, unless said otherwise."""
    network = network or make_network()
    first = first or next_tuesday()
    zone = fields.setdefault("time_zone", ZONE)
    starts_at = instant(first, zone)
    values = {
        "circle": fields.pop("circle", None) or network_circle(network),
        "title": "Le rendez-vous du mardi",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "reminder_minutes": [1440, 60],
    }
    rule = rule or weekly([first.weekday()], count=4)
    return create_series(author=animator_of(network), network=network, rule=rule, **{**values, **fields})


def dates_of_series(series: SessionSeries) -> list[PeerSession]:
    """By their beginning."""
    return list(PeerSession.objects.filter(series=series).order_by("starts_at", "pk"))


def values_of(session: PeerSession, **changes: Any) -> dict[str, Any]:
    """What the form of a session says when only these are changed."""
    return {**{name: getattr(session, name) for name in NAMES}, **changes}
