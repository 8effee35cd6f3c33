"""What the page of a session reads beside the session: prepared, as tuples, and only what it shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language

from peerhub.notifications.models import Notification
from peerhub.people.models import Membership, User, initials_of, name_of
from peerhub.people.prepared import Marks, Prepared, Shape
from peerhub.people.queries import memberships_of
from peerhub.ui.times import day as day_words
from sessions.models import AgendaStep, PeerSession, Programme, Registration, SeatRule
from sessions.step_templates import in_own_language

Person = User | AnonymousUser


# --- Who looks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Viewer:
    """Who looks at a session that was found visible: the membership of its network and the answer, the category of the
    hat under which they are registered, whether unread notifications are about it (`rings`); and whether the session
    has steps and rules of seats to be read."""

    membership: Membership | None = None
    registration: Registration | None = None
    category_id: int | None = None
    is_named_facilitator: bool = False
    rings: bool = False
    has_rules: bool = False
    has_steps: bool = True


_MINE = Shape(
    [
        ("", PeerSession, ("id",)),
        ("mine", Registration, tuple(field.name for field in Registration._meta.concrete_fields)),
    ]
)
# What notifications about a session are named by.
_STREAK = Concat(Value("session."), Cast(OuterRef("pk"), CharField()))


def _viewer_query(marks: Marks) -> QuerySet[Any, Any]:
    user = marks.integer("user")
    named = PeerSession.facilitators.through._base_manager.filter(peersession=OuterRef("pk"), user=user)
    facts = PeerSession.objects.filter(pk=marks.integer("session")).annotate(
        mine=FilteredRelation("registrations", condition=Q(registrations__user=user)),
        is_named=Exists(named),
        rings=Exists(Notification.objects.unread().filter(recipient=user, streak=_STREAK)),
        has_rules=Exists(SeatRule.objects.filter(session=OuterRef("pk"))),
        has_steps=Exists(AgendaStep.objects.filter(session=OuterRef("pk"))),
    )
    return facts.values_list(
        *_MINE.columns, "mine__affiliation__category", "is_named", "rings", "has_rules", "has_steps"
    )


_viewer = Prepared(_viewer_query)


def viewer_of(user: Person, session: PeerSession) -> Viewer:
    """One query; none for a visitor, nor for the membership of who is signed in."""
    if not user.is_authenticated:
        return Viewer()
    membership = next((one for one in memberships_of(user) if one.network_id == session.network_id), None)
    row = _viewer.rows(session=session.pk, user=user.pk)[0]
    registration: Registration | None = _MINE.build(row).mine
    if registration is not None:
        registration.session, registration.user = session, user
    category_id, *facts = row[-5:]
    return Viewer(
        membership, registration, category_id if registration and registration.is_registered else None, *facts
    )


# --- What it is part of -------------------------------------------------------------------------------------------


class Course(NamedTuple):
    """The programme of a session that the person may open, and the day on which its peers meet, if it is of one."""

    title: str
    url: str
    day: str = ""
    day_url: str = ""


def course_of(user: Person, session: PeerSession) -> Course | None:
    """One query for a session of a programme; none for any other."""
    if session.programme_id is None:
        return None
    programme = Programme.objects.visible_to(user).filter(pk=session.programme_id).only("pk", "title").first()
    if programme is None:
        return None
    course, day = Course(programme.title, programme.get_absolute_url()), session.peer_day
    if day is None:
        return course
    return course._replace(day=day_words(day.on, weekday=False), day_url=day.get_absolute_url())


# --- Steps --------------------------------------------------------------------------------------------------------


class TimedStep(NamedTuple):
    """A step, and the instant when it begins. The words of a template are said in the language of who reads."""

    starts_at: datetime
    minutes: int
    title: str
    note: str


_steps = Prepared(
    lambda marks: (
        AgendaStep.objects.filter(session=marks.integer("session"))
        .order_by("position")
        .values_list("minutes", "title", "note")
    )
)


def timed_steps(session: PeerSession) -> list[TimedStep]:
    timed, moment = [], session.starts_at
    for minutes, title, note in _steps.rows(session=session.pk):
        timed.append(TimedStep(moment, minutes, in_own_language(title), in_own_language(note)))
        moment += timedelta(minutes=minutes)
    return timed


# --- Who comes ----------------------------------------------------------------------------------------------------


class Participant(NamedTuple):
    """Somebody registered, as the page names them: the hat is the one of the claim."""

    name: str
    initials: str
    title: str
    territory: str

    @property
    def about(self) -> str:
        return ", ".join(words for words in (self.title, self.territory) if words)


class CategoryOfParticipants(NamedTuple):
    """Those registered who wear hats of one category; `people` is empty where names are not shown."""

    slug: str
    plural: str
    people_count: int
    people: tuple[Participant, ...]


_COLUMNS = (
    *(f"affiliation__category__{name}" for name in ("slug", "plural_fr", "plural_en")),
    *("user__given_name", "user__family_name", "user__shows_function", "user__shows_territory"),
    *("affiliation__title", "affiliation__territory__name"),
)
_participants = Prepared(
    lambda marks: (
        Registration.objects.registered()
        .filter(session=marks.integer("session"))
        .order_by(
            "affiliation__category__position", "affiliation__category__slug", "user__family_name", "user__given_name"
        )
        .values_list(*_COLUMNS)
    )
)
_counts = Prepared(
    lambda marks: (
        Registration.objects.registered()
        .filter(session=marks.integer("session"))
        .order_by("affiliation__category__position", "affiliation__category__slug")
        .values_list(*_COLUMNS[:3], "affiliation__category__position")
        .annotate(n=Count("pk"))
    )
)


def participants_by_category(session: PeerSession, *, with_names: bool) -> list[CategoryOfParticipants]:
    """Who comes, by actor category in its order, then by family name: one query."""
    plural = 2 if get_language() == "en" else 1
    if not with_names:
        return [CategoryOfParticipants(row[0], row[plural], row[-1], ()) for row in _counts.rows(session=session.pk)]
    return [
        CategoryOfParticipants(slug, people[0][plural], len(people), tuple(_participant(row) for row in people))
        for slug, group in groupby(_participants.rows(session=session.pk), key=lambda row: row[0])
        if (people := list(group))
    ]


class Answer(NamedTuple):
    """What one of the two or three who see each other said: the state of a registration, and a word."""

    person: Participant
    category: str
    state: str
    note: str


_answers = Prepared(
    lambda marks: (
        Registration.objects.filter(session=marks.integer("session"))
        .order_by("user__family_name", "user__given_name", "pk")
        .values_list("affiliation__category__slug", "state", "note", *_COLUMNS[3:])
    )
)


def people_between(session: PeerSession) -> list[Answer]:
    """Whoever is expected at what a few people planned among themselves, by family name: one query."""
    return [
        Answer(_participant(row), category=row[0], state=row[1], note=row[2])
        for row in _answers.rows(session=session.pk)
    ]


def _participant(row: tuple[Any, ...]) -> Participant:
    """Of the hat, what the person lets others read (ADR 31)."""
    given_name, family_name, shows_function, shows_territory, title, territory = row[3:]
    return Participant(
        name_of(given_name, family_name),
        initials_of(given_name, family_name),
        title if shows_function else "",
        territory or "" if shows_territory else "",
    )
