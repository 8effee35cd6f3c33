"""Reactions to what happened to seats: who is told. Each may run twice: the keys make it once."""

from datetime import datetime

from django.db.models import QuerySet

from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from sessions.enums import RegistrationState
from sessions.events import AnsweredFor, OfferEnded, PeopleInvited, SeatOffered, SilentChased, Substituted, Withdrawn
from sessions.models import PeerSession, Registration
from sessions.poll_handlers import told_of_date
from sessions.queries.calendars import has_in_calendar


@handles(PeopleInvited)
def on_people_invited(event: PeopleInvited) -> None:
    """Those of one wave of invitations who have not answered yet."""
    silent = Registration.objects.filter(state=RegistrationState.INVITED, invited_at=datetime.fromisoformat(event.wave))
    # A poll that made the session has told its people already, with the date for their calendars.
    silent = silent.exclude(user__in=told_of_date(event.session_id))
    _tell_of_seats("sessions.invited", event.session_id, silent, event.wave)


@handles(SilentChased)
def on_silent_chased(event: SilentChased) -> None:
    silent = Registration.objects.filter(state=RegistrationState.INVITED, chased_at=datetime.fromisoformat(event.wave))
    _tell_of_seats("sessions.chased", event.session_id, silent, event.wave)


def _tell_of_seats(kind: str, session_id: int, rows: QuerySet[Registration], wave: str) -> None:
    session = PeerSession.objects.filter(pk=session_id).first()
    if session is None or not session.is_scheduled or session.is_draft:
        return
    notify(
        kind=kind,
        recipients=rows.filter(session=session).values_list("user_id", flat=True),
        target_id=session.pk,
        dedupe_key=f"session:{session.pk}:{kind}:{wave}",
        network_id=session.network_id,
        streak=f"session.{session.pk}",
    )


@handles(SeatOffered)
def on_seat_offered(event: SeatOffered) -> None:
    _tell_of_seat("offered", event.registration_id, event.version)


@handles(OfferEnded)
def on_offer_ended(event: OfferEnded) -> None:
    _tell_of_seat("offer_ended", event.registration_id, event.version)


@handles(Substituted)
def on_substituted(event: Substituted) -> None:
    _tell_of_seat("substituted", event.registration_id, event.version)


@handles(AnsweredFor)
def on_answered_for(event: AnsweredFor) -> None:
    _tell_of_seat("answered_for", event.registration_id, event.version)


@handles(Withdrawn)
def on_withdrawn(event: Withdrawn) -> None:
    """Who gave the seat back, or lost it, and has the session in the calendar because of our mails; not who came back
    meanwhile."""
    row = Registration.objects.filter(pk=event.registration_id, version=event.version).first()
    if row is not None and not row.is_registered and has_in_calendar(row.user_id, row.session_id):
        _tell_of_seat("withdrawn", row.pk, row.version)


def _tell_of_seat(kind: str, registration_id: int, version: int) -> None:
    """The person, unless something changed since."""
    row = Registration.objects.select_related("session").filter(pk=registration_id, version=version).first()
    if row is not None:
        notify(
            kind=f"sessions.{kind}",
            recipients=[row.user_id],
            target_id=row.session_id,
            dedupe_key=f"registration:{row.pk}:{kind}:{version}",
            network_id=row.session.network_id,
            streak=f"session.{row.session_id}",
        )
