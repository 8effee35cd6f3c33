"""Where a person cannot be at once: sessions that overlap, or that leave no time to travel between them.

The time to travel, a rule that anyone can foretell: none between two sessions by video; an hour when one of them is
on site; between two that are on site, none at the same place or territory, an hour within a département, two hours
within a région, four hours beyond; two hours when the territory of one is not known. A clash is said to participants,
who may confirm; for whom facilitates, it is a refusal.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError
from peerhub.people.models import Territory, User
from sessions.models import TEXTS, PeerSession

LONGEST_TRIP = timedelta(hours=4)
WITHIN_DEPARTEMENT, WITHIN_REGION, UNKNOWN = timedelta(hours=1), timedelta(hours=2), timedelta(hours=2)
TO_A_SCREEN = timedelta(hours=1)


def is_on_site(session: PeerSession) -> bool:
    return bool(session.place.strip()) or session.territory_id is not None


def travel_between(one: PeerSession, other: PeerSession) -> timedelta:
    """Needs the territories, with their parents."""
    if not is_on_site(one) and not is_on_site(other):
        return timedelta(0)
    if not (is_on_site(one) and is_on_site(other)):
        return TO_A_SCREEN
    if one.place and one.place == other.place:
        return timedelta(0)
    if one.territory is None or other.territory is None:
        return UNKNOWN
    if one.territory_id == other.territory_id:
        return timedelta(0)
    near, far = _chain(one.territory), _chain(other.territory)
    shared = near & far
    if any(kind == "departement" for kind, _code in shared):
        return WITHIN_DEPARTEMENT
    return WITHIN_REGION if shared else LONGEST_TRIP


def clashes_of(user: User, session: PeerSession) -> list[PeerSession]:
    """The other sessions, of any network, in which the person holds a seat and cannot be as well."""
    return _clashing(session, PeerSession.objects.scheduled().joined_by(user))


def facilitated_clashes_of(user: User, session: PeerSession) -> list[PeerSession]:
    """Those that the person facilitates meanwhile: there, nobody takes the place."""
    return _clashing(session, PeerSession.objects.scheduled().filter(facilitators=user))


def require_free_facilitator(user: User, session: PeerSession) -> None:
    """Refuse, firmly, that somebody facilitates a session while facilitating another one or sitting in one."""
    if facilitated_clashes_of(user, session) or clashes_of(user, session):
        raise DomainError(
            _("%(name)s est pris·e par une autre séance au même moment, ou trop près pour le trajet.")
            % {"name": user.full_name}
        )


def _clashing(session: PeerSession, others: "PeerSession.objects.__class__") -> list[PeerSession]:  # type: ignore[name-defined]
    if not session.is_scheduled:
        return []
    near = others.overlapping(session.starts_at - LONGEST_TRIP, session.ends_at + LONGEST_TRIP).exclude(pk=session.pk)
    rows = near.select_related("network", "circle", "territory__parent__parent").order_by("starts_at", "pk")
    return [other for other in rows.defer(*TEXTS) if _is_too_near(session, other)]


def _is_too_near(session: PeerSession, other: PeerSession) -> bool:
    trip = travel_between(session, other)
    return other.starts_at < session.ends_at + trip and other.ends_at > session.starts_at - trip


def _chain(territory: Territory) -> set[tuple[str, str]]:
    """The territory and those around it: commune or grouping, département, région."""
    chain: set[tuple[str, str]] = set()
    current: Territory | None = territory
    while current is not None:
        chain.add((current.kind, current.code))
        current = current.parent
    return chain
