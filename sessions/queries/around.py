"""Reads of what surrounds a session: its charter, who was there."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef

from peerhub.people.models import ActorCategory, Affiliation, Network, User
from peerhub.people.prepared import Prepared, PreparedInstances
from sessions.half_days import HalfDay, half_days
from sessions.models import Attendance, Charter, CharterAcceptance, GuestSeat, PeerSession, Registration
from sessions.seating.holders import guest_holder, holder_of


def charter_of(network: Network) -> Charter | None:
    """The version in force."""
    return Charter.objects.filter(network=network).order_by("-version").first()


# The version in force, and whether the person accepted it.
_charter = PreparedInstances(
    lambda marks: (
        Charter.objects.filter(network=marks.integer("network"))
        .annotate(
            is_accepted=Exists(CharterAcceptance.objects.filter(charter=OuterRef("pk"), user=marks.integer("user")))
        )
        .order_by("-version")[:1]
    )
)
_present = Prepared(
    lambda marks: (
        Attendance.objects.filter(session=marks.integer("session"), user=marks.integer("user"), is_present=True)
        .order_by("half_day")
        .values_list("half_day")
    )
)


def charter_to_accept(
    user: User | AnonymousUser, session: PeerSession, registration: Registration | None
) -> Charter | None:
    """What the person has still to promise before this session, while it is not over; only confidential ones ask, and
    only those they concern."""
    if registration is None or session.is_over() or not session.is_confidential or not user.is_authenticated:
        return None
    charter: Any = _charter.first(network=session.network_id, user=user.pk)
    return None if charter is None or charter.is_accepted else charter


@dataclass
class Seated:
    """Somebody who holds a seat: a member or a guest, and where they were noted present (half-day numbers)."""

    key: str
    name: str
    affiliation: Affiliation | None
    category: ActorCategory | None
    present: set[int] = field(default_factory=set)
    noted: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class AttendanceSheet:
    parts: list[HalfDay]
    people: list[Seated]

    def count(self, number: int) -> int:
        return sum(number in person.present for person in self.people)


def attendance_sheet(session: PeerSession) -> AttendanceSheet:
    """All who hold a seat, by family name, guests last. For whoever facilitates: the caller has judged."""
    rows = Registration.objects.registered().filter(session=session).with_hat()
    people = {
        row.user_id: Seated(holder_of(row.user_id), row.user.full_name, row.affiliation, row.affiliation.category)
        for row in rows.order_by("user__family_name", "user__given_name", "pk")
    }
    guests = GuestSeat.objects.filter(session=session, removed_at__isnull=True).select_related("category")
    named = {
        guest.pk: Seated(guest_holder(guest.pk), guest.name, None, guest.category) for guest in guests.order_by("name")
    }
    for noted in Attendance.objects.filter(session=session):
        person = people.get(noted.user_id or 0) or named.get(noted.guest_id or 0)
        if person is not None:
            person.noted.add(noted.half_day)
            if noted.is_present:
                person.present.add(noted.half_day)
    return AttendanceSheet(
        half_days(session.starts_at, session.ends_at, session.time_zone), [*people.values(), *named.values()]
    )


def presence_of(user: User | AnonymousUser, session: PeerSession) -> list[HalfDay]:
    """The half-days in which the person was there."""
    if not user.is_authenticated:
        return []
    numbers = {number for (number,) in _present.rows(session=session.pk, user=user.pk)}
    parts = half_days(session.starts_at, session.ends_at, session.time_zone)
    return [part for part in parts if part.number in numbers]
