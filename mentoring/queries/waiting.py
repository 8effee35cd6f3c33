"""What waits for a person's answer, said without a word of it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet, Value

from mentoring.enums import IntroductionState, MentorshipState
from mentoring.models import CheckIn, Introduced, Mentorship, MentorshipPeer, Solicitation
from mentoring.models.mentorships import RUNNING
from peerhub.people.models import User, circle_q
from peerhub.people.prepared import ForPerson, Marks

SHOWN = 6


class Waiting(NamedTuple):
    """`kind`: solicitation, terms, check_in, introduction; `pk`, of what is opened to answer: the ask, the mentorship
    (of terms, of a check-in), the introduction."""

    kind: str
    pk: int
    since: datetime


def _all(_marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
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
        all=True,
    )
    return found


def _rows(found: QuerySet[Any, Any], kind: str, pk: str, since: str) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = found.order_by().annotate(waiting=Value(kind)).values_list("waiting", pk, since)
    return rows


_waiting = ForPerson(_all)


def waiting_for(user: User) -> list[Waiting]:
    """What the person is asked in all their networks, what waits the longest first: one query."""
    found = sorted((Waiting(*row) for row in _waiting.rows(user)), key=lambda one: one.since)
    return found[:SHOWN]
