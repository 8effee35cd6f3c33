"""Reads of what surrounds a session: its steps in time, its charter, who was there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from peerhub.people.models import ActorCategory, Affiliation, Network, User
from sessions.half_days import HalfDay, half_days
from sessions.models import AgendaStep, Attendance, Charter, CharterAcceptance, GuestSeat, PeerSession, Registration
from sessions.services.agenda_steps import in_own_language


@dataclass(frozen=True)
class TimedStep:
    """A step, and the instant when it begins. The words of a template are said in the language of who reads."""

    step: AgendaStep
    starts_at: datetime

    @property
    def title(self) -> str:
        return in_own_language(self.step.title)

    @property
    def note(self) -> str:
        return in_own_language(self.step.note)


def timed_steps(session: PeerSession) -> list[TimedStep]:
    timed, moment = [], session.starts_at
    for step in session.steps.all():
        timed.append(TimedStep(step, moment))
        moment += timedelta(minutes=step.minutes)
    return timed


def charter_of(network: Network) -> Charter | None:
    """The version in force."""
    return Charter.objects.filter(network=network).order_by("-version").first()


def charter_to_accept(
    user: User | AnonymousUser, session: PeerSession, registration: Registration | None
) -> Charter | None:
    """What the person has still to promise before this session, while it is not over; only confidential ones ask, and
    only those they concern."""
    if registration is None or session.is_over() or not session.is_confidential or not user.is_authenticated:
        return None
    charter = charter_of(session.network)
    if charter is None or CharterAcceptance.objects.filter(charter=charter, user=user).exists():
        return None
    return charter


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
        f"u{row.user_id}": Seated(f"u{row.user_id}", row.user.full_name, row.affiliation, row.affiliation.category)
        for row in rows.order_by("user__family_name", "user__given_name", "pk")
    }
    guests = GuestSeat.objects.filter(session=session, removed_at__isnull=True).select_related("category")
    people |= {
        f"g{guest.pk}": Seated(f"g{guest.pk}", guest.name, None, guest.category) for guest in guests.order_by("name")
    }
    for noted in Attendance.objects.filter(session=session):
        person = people.get(f"u{noted.user_id}" if noted.user_id else f"g{noted.guest_id}")
        if person is not None:
            person.noted.add(noted.half_day)
            if noted.is_present:
                person.present.add(noted.half_day)
    return AttendanceSheet(half_days(session.starts_at, session.ends_at, session.time_zone), list(people.values()))


def presence_of(user: User | AnonymousUser, session: PeerSession) -> list[HalfDay]:
    """The half-days in which the person was there."""
    if not user.is_authenticated:
        return []
    numbers = set(
        Attendance.objects.filter(session=session, user=user, is_present=True).values_list("half_day", flat=True)
    )
    parts = half_days(session.starts_at, session.ends_at, session.time_zone)
    return [part for part in parts if part.number in numbers]
