"""Reads of evaluations: never of an answer that is not shown yet, and never of who gave one."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, Membership, User
from peerhub.people.verdicts import Verdict
from sessions.models import Attendance, Evaluated, Evaluation, PeerSession, Registration
from sessions.policies.around import can_facilitate
from sessions.policies.evaluations import can_evaluate, can_read_results, is_closed

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# Each scale: its field, its name, and the words of 1 to 5. A rhythm is best in the middle.
SCALES: "tuple[tuple[str, _StrOrPromise, tuple[_StrOrPromise, ...]], ...]" = (
    (
        "usefulness",
        _("Utilité"),
        (_("inutile"), _("peu utile"), _("utile"), _("très utile"), _("indispensable")),
    ),
    (
        "frankness",
        _("Franchise des échanges"),
        (_("bridés"), _("prudents"), _("ouverts"), _("francs"), _("très francs")),
    ),
    (
        "rhythm",
        _("Rythme"),
        (_("beaucoup trop lent"), _("un peu lent"), _("juste"), _("un peu rapide"), _("beaucoup trop rapide")),
    ),
)


def attendees(session_ids: Collection[int], user_id: int | None = None) -> dict[int, set[int]]:
    """Who was at each of these sessions (user ids), or only whether this person was: noted present, or registered and
    not noted absent. Two queries."""
    seats = Registration.objects.registered().filter(session__in=session_ids)
    noted = Attendance.objects.filter(session__in=session_ids, user__isnull=False)
    if user_id is not None:
        seats, noted = seats.filter(user=user_id), noted.filter(user=user_id)
    there: dict[int, set[int]] = {pk: set() for pk in session_ids}
    present: set[tuple[int, int]] = set()
    absent: set[tuple[int, int]] = set()
    for session_id, person, is_present in noted.values_list("session", "user", "is_present"):
        if person is not None:
            (present if is_present else absent).add((session_id, person))
    held = set(seats.values_list("session", "user"))
    for session_id, person in present | (held - absent):
        there[session_id].add(person)
    return there


def was_there(user: User, membership: Membership | None, session: PeerSession) -> bool:
    return membership is not None and user.pk in attendees([session.pk], user.pk)[session.pk]


def asked_of(session: PeerSession) -> set[int]:
    """Who is asked: those who were there, are members still, and may open the session."""
    there = attendees([session.pk])[session.pk]
    inside = Membership.objects.active().filter(network=session.network_id, user__in=there)
    ids = set(inside.values_list("user_id", flat=True))
    if session.circle.kind == CircleKind.PUBLIC:
        return ids
    return set(CircleMember.objects.filter(circle=session.circle_id, user__in=ids).values_list("user_id", flat=True))


def has_evaluated(user: User, session: PeerSession) -> bool:
    return Evaluated.objects.filter(session=session, user=user).exists()


def answered_among(user: User, session_ids: Collection[int]) -> set[int]:
    """Those of these sessions of which the person has given an opinion."""
    rows = Evaluated.objects.filter(session__in=session_ids, user=user)
    return set(rows.values_list("session_id", flat=True))


@dataclass(frozen=True)
class Bar:
    """One step of a scale: how many chose it, and their part of all, in percent."""

    word: "_StrOrPromise"
    count: int
    percent: int


@dataclass(frozen=True)
class Scale:
    name: "_StrOrPromise"
    bars: list[Bar]


@dataclass(frozen=True)
class Results:
    """What all said together: each scale apart, so that no answer can be put together again; the comments in the order
    of their random keys."""

    count: int
    scales: list[Scale]
    comments: list[str]


@dataclass(frozen=True)
class EvaluationPage:
    """`is_insider`: the person was there, or facilitates, or animates."""

    session: PeerSession
    is_insider: bool
    answer: Verdict
    has_answered: bool
    read: Verdict
    results: Results | None


def evaluation_page(
    user: User, membership: Membership | None, session: PeerSession, now: datetime | None = None
) -> EvaluationPage:
    """Of a session that the person sees. Nothing of the answers is read before they are shown: not even their number.
    At most six queries."""
    there = was_there(user, membership, session)
    runs = bool(can_facilitate(user, membership, session))
    count = Evaluation.objects.filter(session=session).count() if is_closed(session, now) and (there or runs) else 0
    read = can_read_results(session, was_there=there, runs_it=runs, count=count, now=now)
    return EvaluationPage(
        session,
        is_insider=there or runs,
        answer=can_evaluate(session, was_there=there, now=now),
        has_answered=there and has_evaluated(user, session),
        read=read,
        results=_results(session) if read else None,
    )


def _results(session: PeerSession) -> Results:
    rows = list(Evaluation.objects.filter(session=session).order_by("pk"))
    scales = [_scale(name, words, [getattr(row, field) for row in rows]) for field, name, words in SCALES]
    return Results(len(rows), scales, [row.comment for row in rows if row.comment])


def _scale(name: "_StrOrPromise", words: "Sequence[_StrOrPromise]", values: list[int]) -> Scale:
    chosen = Counter(values)
    total = len(values)
    return Scale(
        name, [Bar(word, chosen[step], round(100 * chosen[step] / total)) for step, word in enumerate(words, start=1)]
    )
