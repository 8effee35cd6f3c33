"""What waits for a person's answer, of mentoring (said without a word of it) and of sessions."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from mentoring.enums import IntroductionState, MentorshipState
from mentoring.models import CheckIn, Introduced, Mentorship, MentorshipPeer, Solicitation
from mentoring.models.mentorships import RUNNING
from peerhub.people.models import User, circle_q
from peerhub.people.prepared import ForPerson, Marks
from sessions.queries import awaited

SHOWN = 6
_INVITED = Coalesce("invited_at", "registered_at")


class Waiting(NamedTuple):
    """`kind`: solicitation, terms, check_in, introduction, invitation, offer, poll; `pk`, of what is opened to answer:
    the ask, the mentorship (of terms, of a check-in), the introduction, the session, the poll. Of sessions and polls,
    `title`, and `at`: when the session begins, until when the seat is kept or the poll is open (None: no end)."""

    kind: str
    pk: int
    since: datetime
    title: str = ""
    at: datetime | None = None


def _all(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    now = marks.moment("now")
    asks = Solicitation.objects.visible_to(user).sent().filter(peer=user.pk)
    running = Mentorship.objects.visible_to(user).exclude(state=MentorshipState.ENDED)
    given = running.filter(mentor=user.pk, mentor_agreed_number__lt=F("terms_number"))
    received = MentorshipPeer.objects.filter(
        mentorship__in=running,
        user=user.pk,
        left_at__isnull=True,
        is_reached=True,
        agreed_number__lt=F("mentorship__terms_number"),
    )
    check_ins = CheckIn.objects.filter(
        circle_q(user, "mentorship__circle"),
        user=user.pk,
        answer="",
        asked_at__isnull=False,
        mentorship__state__in=RUNNING,
    )
    introductions = Introduced.objects.filter(
        circle_q(user, "introduction__circle"),
        user=user.pk,
        accepted_at__isnull=True,
        declined_at__isnull=True,
        introduction__state=IntroductionState.PROPOSED,
    )
    found: QuerySet[Any, Any] = _rows(asks, "solicitation", "pk", "sent_at").union(
        _rows(given, "terms", "pk", "updated_at"),
        _rows(received, "terms", "mentorship", "mentorship__updated_at"),
        _rows(check_ins, "check_in", "mentorship", "asked_at"),
        _rows(introductions, "introduction", "introduction", "introduction__created_at"),
        _named(
            awaited.invitations(user, now),
            "invitation",
            "session",
            _INVITED,
            "session__title",
            "session__starts_at",
        ),
        _named(awaited.offers(user, now), "offer", "session", "offered_at", "session__title", "offer_ends_at"),
        _named(awaited.polls(user, now), "poll", "pk", "created_at", "title", "closes_at"),
        all=True,
    )
    return found


def _rows(found: QuerySet[Any, Any], kind: str, pk: str, since: str) -> QuerySet[Any, Any]:
    said = {"waiting": Value(kind), "named": Value("", CharField()), "until": Cast(Value(None), DateTimeField())}
    rows: QuerySet[Any, Any] = found.order_by().annotate(**said).values_list("waiting", pk, since, "named", "until")
    return rows


def _named(
    found: QuerySet[Any, Any], kind: str, pk: str, since: str | Coalesce, title: str, at: str
) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = (
        found.order_by().annotate(waiting=Value(kind)).values_list("waiting", pk, since, title, at)
    )
    return rows


_waiting = ForPerson(_all)


def waiting_for(user: User) -> list[Waiting]:
    """What the person is asked in all their networks, seats that are kept for a time first, then what waits the
    longest: one query."""
    rows = _waiting.rows(user, now=timezone.now())
    found = sorted((Waiting(*row) for row in rows), key=lambda one: (one.kind != "offer", one.since))
    return found[:SHOWN]
