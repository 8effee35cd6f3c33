"""Where a person cannot be at once: sessions that overlap, or that leave no time to travel between them.

The time to travel, a rule that anyone can foretell: none between two sessions by video; an hour when one of them is
on site; between two that are on site, none at the same place or territory, an hour within a département, two hours
within a région, four hours beyond; two hours when the territory of one is not known. A clash is said to participants,
who may confirm; for whom facilitates, it is a refusal.

A room, too, is in one place: two sessions of a network that name the same one (the same words, case and accents apart,
on territories that do not differ) at overlapping times clash. Drafts hold no room: their board says what clashes, and
their sending refuses (`services.clashes`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef

from peerhub.people.folding import fold_name
from peerhub.people.models import Territory, User
from peerhub.people.prepared import Marks, PreparedInstances
from sessions.models import TEXTS, PeerSession, PeerSessionQuerySet, Registration

LONGEST_TRIP = timedelta(hours=4)
WITHIN_DEPARTEMENT, WITHIN_REGION, UNKNOWN = timedelta(hours=1), timedelta(hours=2), timedelta(hours=2)
TO_A_SCREEN = timedelta(hours=1)
# What people write for a place that is none, or none yet: two sessions may wait for theirs at once.
NO_ROOMS = frozenset(
    {
        *("a preciser", "lieu a preciser", "a definir", "lieu a definir", "a confirmer", "lieu a confirmer", "a venir"),
        *("en ligne", "a distance", "visio", "en visio", "visioconference", "en visioconference", "distanciel"),
    }
)


def is_on_site(session: PeerSession) -> bool:
    return bool(session.place.strip()) or session.territory_id is not None


def travel_between(one: PeerSession, other: PeerSession) -> timedelta:
    """Needs the territories, with their parents."""
    if not is_on_site(one) and not is_on_site(other):
        return timedelta(0)
    if not (is_on_site(one) and is_on_site(other)):
        return TO_A_SCREEN
    if is_same_room(one, other):
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


@dataclass(frozen=True)
class Clashes:
    """Where the person is expected meanwhile: with a seat, or to facilitate."""

    seats: list[PeerSession]
    facilitated: list[PeerSession]


def _expected(marks: Marks) -> PeerSessionQuerySet:
    user = marks.integer("user")
    ends, starts = marks.moment("ends"), marks.moment("starts")
    mine = Exists(Registration.objects.registered().filter(session=OuterRef("pk"), user=user))
    runs = Exists(User.objects.filter(facilitated_sessions=OuterRef("pk"), pk=user))
    near = PeerSession.objects.scheduled().overlapping(starts, ends).exclude(pk=marks.integer("session"))
    rows = near.filter(mine | runs).annotate(has_seat=mine, is_run=runs)
    return (
        rows.select_related("network", "circle", "territory__parent__parent").order_by("starts_at", "pk").defer(*TEXTS)
    )


_near = PreparedInstances(_expected)


def expected_elsewhere(user: User, session: PeerSession) -> Clashes:
    """One query; needs the territory of the session, with its parents, where it is on site."""
    if not session.is_scheduled:
        return Clashes([], [])
    rows = _near.all(
        user=user.pk,
        session=session.pk,
        starts=session.starts_at - LONGEST_TRIP,
        ends=session.ends_at + LONGEST_TRIP,
    )
    near = [other for other in rows if _is_too_near(session, other)]
    return Clashes([one for one in near if one.has_seat], [one for one in near if one.is_run])


def clashes_of(user: User, session: PeerSession) -> list[PeerSession]:
    """The other sessions, of any network, in which the person holds a seat and cannot be as well."""
    return expected_elsewhere(user, session).seats


def facilitated_clashes_of(user: User, session: PeerSession) -> list[PeerSession]:
    """Those that the person facilitates meanwhile: there, nobody takes the place."""
    return expected_elsewhere(user, session).facilitated


# --- Rooms --------------------------------------------------------------------------------------------------------


def room_key(place: str) -> str:
    """A room by its words: « Salle du Conseil, 2e étage » -> "salle du conseil 2e etage"; empty for none."""
    key = fold_name(place)
    return "" if key in NO_ROOMS else key


def is_same_room(one: PeerSession, other: PeerSession) -> bool:
    """« Mairie » of two communes are two rooms."""
    territories = {one.territory_id, other.territory_id} - {None}
    return len(territories) < 2 and room_key(one.place) == room_key(other.place) != ""


def rooms_taken(sessions: Collection[PeerSession]) -> Mapping[int | None, list[PeerSession]]:
    """For each of these sessions of one network (by key), the others, drafts included, that are in its room meanwhile.
    One query, or none."""
    placed = [one for one in sessions if room_key(one.place)]
    if not placed:
        return {}
    first, last = min(one.starts_at for one in placed), max(one.ends_at for one in placed)
    near = PeerSession.objects.scheduled().filter(network=placed[0].network_id).overlapping(first, last)
    others = list(near.exclude(place="").order_by("starts_at", "pk").defer(*TEXTS))
    return {
        one.pk: [
            other
            for other in others
            if other.pk != one.pk
            and other.starts_at < one.ends_at
            and other.ends_at > one.starts_at
            and is_same_room(one, other)
        ]
        for one in placed
    }


# --- Own ----------------------------------------------------------------------------------------------------------


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
