"""Local hours and instants: a session is typed as an hour on the clocks of one zone, and kept as an instant."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError
from peerhub.people.time_zones import known_zones
from peerhub.ui.times import clock, day, zone_label

# The zones of France, the first ones offered.
FRENCH_ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
)


class UnclearLocalTime(DomainError):
    """The clocks of the zone never show this hour, or show it twice."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone that a session may be planned in: the French ones, then those of the world by name."""
    others = sorted(name for name in known_zones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return FRENCH_ZONES + tuple(name for name in others if name not in FRENCH_ZONES)


def resolve(local: datetime, zone: str) -> datetime:
    """The instant (UTC) at which the clocks of `zone` show `local` (naive).

    Raises `UnclearLocalTime`, with a sentence, for an hour that the change to summer time skips or that the change
    to winter time repeats: a session must not begin at an hour that people read in two ways.
    """
    tz = ZoneInfo(zone)
    earlier, later = local.replace(tzinfo=tz, fold=0), local.replace(tzinfo=tz, fold=1)
    instant = earlier.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) != local:
        raise UnclearLocalTime(
            _(
                "Le %(day)s, il n’est jamais %(hour)s (%(zone)s) : l’horloge avance d’une heure "
                "cette nuit-là. Choisissez une autre heure."
            )
            % _words(local, zone)
        )
    if earlier.utcoffset() != later.utcoffset():
        raise UnclearLocalTime(
            _(
                "Le %(day)s, il est deux fois %(hour)s (%(zone)s) : l’horloge recule d’une heure "
                "cette nuit-là. Choisissez une autre heure."
            )
            % _words(local, zone)
        )
    return instant


def days_before(instant: datetime, zone: str, days: int = 1) -> datetime:
    """The instant (UTC) at which the clocks of `zone` showed, days before (after: a negative number of them), the hour
    that they show at `instant`.

    So 23 or 25 hours before for one day when the clocks change in between: « demain à 14 h » is sent at 14 h. When
    that hour is skipped on that day, it is the same distance after the gap; when it is repeated, the first of the two.
    """
    tz = ZoneInfo(zone)
    local = instant.astimezone(tz).replace(tzinfo=None, fold=0) - timedelta(days=days)
    return local.replace(tzinfo=tz).astimezone(UTC)


def _words(local: datetime, zone: str) -> dict[str, str]:
    return {"day": day(local.date()), "hour": clock(local), "zone": zone_label(zone)}
