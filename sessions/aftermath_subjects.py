"""What is told of what a session leaves: that something waits for the person, in which session; of a confidential one
neither its title nor what was decided."""

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from peerhub.notifications.kinds import Load, Subject
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.ui.times import day as day_words
from peerhub.ui.times import in_words, zone_label
from sessions import when
from sessions.models import TEXTS, Decision, PeerSession, PeerSessionQuerySet
from sessions.policies.evaluations import can_evaluate, closes_at
from sessions.queries.decisions import open_decisions
from sessions.queries.evaluations import answered_among, attendees
from sessions.queries.reports import awaiting

HoldsDecision = Callable[[Decision, Notification], bool]


def _context(session: PeerSession, user: User) -> dict[str, Any]:
    return {
        "title": str(session.public_title),
        "is_confidential": session.is_confidential,
        "network_name": session.network.name,
        "day": when.date_words(session.starts_at, user.time_zone),
        "zone": zone_label(user.time_zone),
    }


def load_decisions(holds: HoldsDecision) -> Load:
    """Those that are still this person's to do, of sessions that the person may read: one query."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {one.target_id for one in notifications}
        rows = open_decisions(user).filter(pk__in=ids).select_related("session__network", "session__circle")
        found = {row.pk: row for row in rows.defer(*(f"session__{name}" for name in TEXTS))}
        return {
            one.pk: _decision(row, user)
            for one in notifications
            if (row := found.get(one.target_id)) and holds(row, one)
        }

    return load


def _decision(row: Decision, user: User) -> Subject:
    context = _context(row.session, user)
    context |= {
        "text": "" if row.session.is_confidential else row.text,
        "due": day_words(row.due_on) if row.due_on else "",
    }
    return Subject(url=f"{reverse('sessions:decisions', args=[row.session_id])}#decision-{row.pk}", context=context)


def is_given(_decision: Decision, _notification: Notification) -> bool:
    return True


def is_due(decision: Decision, notification: Notification) -> bool:
    """Not put off since: the key ends with the date."""
    is_ahead = decision.due_on is not None and decision.due_on >= timezone.localdate()
    return is_ahead and notification.key.endswith(f":{decision.due_on}")


def load_evaluations(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """The sessions of which the person has still to give an opinion: four queries."""
    sessions = _sessions(PeerSession.objects.visible_to(user).scheduled(), notifications)
    there, answered = attendees(list(sessions), user.pk), answered_among(user, list(sessions))
    return {
        one.pk: Subject(
            url=reverse("sessions:evaluation", args=[row.pk]),
            context=_context(row, user) | {"until": in_words(closes_at(row))},
        )
        for one in notifications
        if (row := sessions.get(one.target_id))
        and row.pk not in answered
        and can_evaluate(row, was_there=user.pk in there[row.pk])
    }


def load_reports(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """The sessions whose minutes are waited for still: one query."""
    sessions = _sessions(awaiting().visible_to(user), notifications)
    return {
        one.pk: Subject(url=reverse("sessions:decisions", args=[row.pk]), context=_context(row, user))
        for one in notifications
        if (row := sessions.get(one.target_id))
    }


def _sessions(rows: PeerSessionQuerySet, notifications: Sequence[Notification]) -> dict[int, PeerSession]:
    ids = {one.target_id for one in notifications}
    found = rows.filter(pk__in=ids).order_by().select_related("network", "circle").defer(*TEXTS)
    return {row.pk: row for row in found}
