"""Reactions to invitations, for those who look after the invited: who leads a delegation, who answers for an elected
official. Each may run twice: the keys make it once."""

from collections import defaultdict
from datetime import datetime

from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from sessions.enums import RegistrationState
from sessions.events import PeerDayInvited, PeopleInvited
from sessions.models import Delegate, Enrolment, PeerDay, PeerSession, Registration
from sessions.told_delegations import lead_key


@handles(PeerDayInvited)
def on_peer_day_invited(event: PeerDayInvited) -> None:
    """The lead of each delegation of which somebody was invited then: one word for the whole day."""
    day = PeerDay.objects.select_related("programme").filter(pk=event.peer_day_id).first()
    if day is None:
        return
    invited = Registration.objects.filter(
        session__peer_day=day, invited_at__gte=datetime.fromisoformat(event.wave), delegation__isnull=False
    )
    led = Enrolment.objects.filter(
        programme=day.programme_id, lead__isnull=False, delegation__in=invited.values("delegation")
    )
    for enrolment in led.order_by("pk"):
        notify(
            kind="sessions.delegation_invited",
            recipients=[enrolment.lead_id] if enrolment.lead_id else [],
            target_id=enrolment.pk,
            dedupe_key=lead_key(enrolment.pk, day.pk, event.wave),
            network_id=day.programme.network_id,
            streak=f"peer_day.{day.pk}",
        )


@handles(PeopleInvited)
def on_principals_invited(event: PeopleInvited) -> None:
    """Those who answer for an elected official of this wave, one word for each invitation."""
    session = PeerSession.objects.filter(pk=event.session_id).first()
    if session is None or not session.is_scheduled or session.is_draft:
        return
    rows = Registration.objects.filter(
        session=session, state=RegistrationState.INVITED, invited_at=datetime.fromisoformat(event.wave)
    )
    seats = {row.user_id: row for row in rows.order_by("pk")}
    named = Delegate.objects.in_force().filter(network=session.network_id, principal__in=seats)
    delegates: defaultdict[int, set[int]] = defaultdict(set)
    for principal_id, user_id in named.values_list("principal", "user"):
        delegates[principal_id].add(user_id)
    for principal_id, people in sorted(delegates.items()):
        notify(
            kind="sessions.principal_invited",
            recipients=people,
            target_id=seats[principal_id].pk,
            dedupe_key=f"registration:{seats[principal_id].pk}:delegate:{event.wave}",
            network_id=session.network_id,
            streak=f"registration.{seats[principal_id].pk}",
        )
