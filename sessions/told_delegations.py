"""What the lead of a delegation, and who answers for an elected official, are told of invitations: how many, when, and
where to answer; never what a session is about, which they may not be invited to."""

from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone

from peerhub.notifications.channels.email import absolute
from peerhub.notifications.kinds import Subject
from peerhub.notifications.models import Notification
from peerhub.people.models import Membership, User
from peerhub.ui.times import day as day_words
from peerhub.ui.times import zone_label
from sessions import when
from sessions.enums import RegistrationState, SessionState
from sessions.models import TEXTS, Delegate, Enrolment, PeerDay, PeerSession, Registration


def lead_key(enrolment_id: int, peer_day_id: int, wave: str) -> str:
    return f"enrolment:{enrolment_id}:{wave}:{peer_day_id}"


def load_leads(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """The delegations that the person leads still, and how many of each are invited to the day that the key names:
    three queries."""
    days = {one.pk: int(one.key.rpartition(":")[2]) for one in notifications}
    own = Membership.objects.active().filter(user=user).values("delegation")
    rows = Enrolment.objects.filter(pk__in={one.target_id for one in notifications}, lead=user, delegation__in=own)
    enrolments = {row.pk: row for row in rows.select_related("delegation", "programme__network")}
    ahead = PeerDay.objects.filter(pk__in=days.values(), on__gte=timezone.localdate())
    coming = {day.pk: day for day in ahead.order_by("pk")}
    seats = _invited(coming, {row.delegation_id for row in enrolments.values()})
    return {
        one.pk: _lead(row, day, invited, user)
        for one in notifications
        if (row := enrolments.get(one.target_id))
        and (day := coming.get(days[one.pk]))
        and day.programme_id == row.programme_id
        and (invited := seats.get((day.pk, row.delegation_id)))
    }


def _invited(days: dict[int, PeerDay], delegations: set[int]) -> dict[tuple[int, int], list[Registration]]:
    """The invitations of the people of each delegation to what takes place on each of these days, by session."""
    announced = PeerSession.objects.scheduled().filter(peer_day__in=days, opens_to=None)
    rows = Registration.objects.filter(session__in=announced, delegation__in=delegations, invited_at__isnull=False)
    found: defaultdict[tuple[int, int], list[Registration]] = defaultdict(list)
    seats = rows.select_related("session").only("user", "delegation", "session__peer_day", *_SPAN)
    for row in seats.order_by("session__starts_at", "session", "pk"):
        if row.session.peer_day_id and row.delegation_id:
            found[row.session.peer_day_id, row.delegation_id].append(row)
    return found


_SPAN = ("session__starts_at", "session__ends_at")


def _lead(row: Enrolment, day: PeerDay, invited: list[Registration], user: User) -> Subject:
    """With, for each session, where to note the answer of who gave it to the lead: by its hour, without its title."""
    sessions = {seat.session_id: seat.session for seat in invited}
    return Subject(
        url=reverse("sessions:delegation", args=[row.programme_id, row.delegation_id]),
        context={
            "delegation": row.delegation.name,
            "network_name": row.programme.network.name,
            "day": day_words(day.on),
            "count": len({seat.user_id for seat in invited}),
            "zone": zone_label(user.time_zone),
            "answers": [
                {
                    "span": when.span(one.starts_at, one.ends_at, user.time_zone),
                    "url": absolute(reverse("sessions:seat-answers", args=[one.pk])),
                }
                for one in sessions.values()
            ],
        },
    )


def load_principals(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """The invitations that still wait for an answer, of those for whom this person may answer: two queries."""
    rows = Registration.objects.filter(
        pk__in={one.target_id for one in notifications},
        state=RegistrationState.INVITED,
        session__state=SessionState.SCHEDULED,
        session__opens_to=None,
        session__starts_at__gt=timezone.now(),
    )
    inside = Membership.objects.active().filter(user=user).values("network")
    named = Delegate.objects.in_force().filter(user=user, network__in=inside)
    answerable = set(named.values_list("principal", "network"))
    found = {row.pk: row for row in rows.select_related("user", "session__network", "session__circle").defer(*_TEXTS)}
    return {
        one.pk: _principal(row, user)
        for one in notifications
        if (row := found.get(one.target_id)) and (row.user_id, row.session.network_id) in answerable
    }


_TEXTS = tuple(f"session__{name}" for name in TEXTS)


def _principal(row: Registration, user: User) -> Subject:
    session = row.session
    return Subject(
        url=reverse("sessions:seat-answer-for", args=[session.pk, row.user_id]),
        context={
            "principal": row.user.full_name,
            "title": str(session.neutral_title),
            "network_name": session.network.name,
            "span": when.span(session.starts_at, session.ends_at, user.time_zone),
            "zone": zone_label(user.time_zone),
        },
    )
