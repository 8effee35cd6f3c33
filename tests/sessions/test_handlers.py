from datetime import timedelta

import pytest
from django.core import mail

from peerhub.notifications.delivery import deliver_due as send_mails
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.events import NetworkLeft
from peerhub.people.models import Membership
from peerhub.people.services.circles import public_circle
from peerhub.people.services.memberships import end_membership
from sessions import handlers
from sessions.events import Registered, SessionCancelled, SessionCreated, SessionMoved
from sessions.models import PeerSession
from sessions.services.registration import register, withdraw
from sessions.services.scheduling import cancel_session, move_session
from tests.builders import make_member, make_network
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[int]:
    return sorted(Notification.objects.filter(kind=f"sessions.{kind}").values_list("recipient_id", flat=True))


def move(session: PeerSession, days: int = 1) -> None:
    session.refresh_from_db()
    move_session(
        actor=animator_of(session.network),
        session=session,
        starts_at=session.starts_at + timedelta(days=days),
        ends_at=session.ends_at + timedelta(days=days),
        time_zone=session.time_zone,
        place=session.place,
        video_url=session.video_url,
    )


def test_a_new_session_is_told_to_its_circle_and_not_to_its_author() -> None:
    network = make_network()
    elected = make_member(network, category="elected").user
    make_member(network, category="agent")
    session = make_session(network, circle=confidential_circle(network, "elected"))
    dispatch_all()
    assert told("created") == [elected.pk]
    handlers.on_session_created(SessionCreated(session_id=session.pk))
    assert told("created") == [elected.pk]


def test_a_public_session_is_told_to_the_members_of_its_network() -> None:
    network = make_network()
    members = sorted(make_member(network).user_id for _ in range(2))
    make_member(make_network())
    make_session(network, circle=public_circle())
    dispatch_all()
    assert told("created") == members


def test_a_registration_is_confirmed_once_and_again_when_one_comes_back() -> None:
    session = make_session()
    registration = make_registration(session)
    dispatch_all()
    assert told("confirmed") == [registration.user_id]
    handlers.on_registered(Registered(registration_id=registration.pk, version=1))
    assert told("confirmed") == [registration.user_id]
    withdraw(user=registration.user, session=session)
    register(user=registration.user, session=session)
    dispatch_all()
    assert told("confirmed") == [registration.user_id] * 2


def test_a_registration_that_was_withdrawn_meanwhile_is_not_confirmed() -> None:
    session = make_session()
    registration = make_registration(session)
    withdraw(user=registration.user, session=session)
    dispatch_all()
    assert told("confirmed") == []


def test_a_move_is_told_to_those_registered_once_for_each_revision() -> None:
    session = make_session()
    there, gone = make_registration(session), make_registration(session)
    withdraw(user=gone.user, session=session)
    move(session)
    dispatch_all()
    handlers.on_session_moved(SessionMoved(session_id=session.pk, sequence=1))
    assert told("moved") == [there.user_id]
    move(session)
    dispatch_all()
    assert told("moved") == [there.user_id] * 2


def test_of_two_moves_at_once_the_last_is_told() -> None:
    session = make_session()
    registration = make_registration(session)
    move(session)
    move(session)
    dispatch_all()
    assert told("moved") == [registration.user_id]
    assert Notification.objects.get(kind="sessions.moved").key.endswith(":2")


def test_a_cancellation_is_told_with_a_calendar_that_strikes_it_out() -> None:
    session = make_session(title="Atelier")
    registration = make_registration(session)
    dispatch_all()
    send_mails()
    mail.outbox.clear()
    cancel_session(actor=animator_of(session.network), session=session, reason="Trop de neige")
    dispatch_all()
    handlers.on_session_cancelled(SessionCancelled(session_id=session.pk, sequence=1))
    assert told("cancelled") == [registration.user_id]
    send_mails()
    (message,) = mail.outbox
    assert message.subject == "Annulée\N{NO-BREAK SPACE}: Atelier"
    assert "Trop de neige" in message.body
    calendar = next(part for part in message.message().walk() if part.get_content_type() == "text/calendar")
    payload = calendar.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert calendar.get_param("method") == "CANCEL"
    text = payload.decode()
    assert ("METHOD:CANCEL" in text, "STATUS:CANCELLED" in text, "SEQUENCE:1" in text) == (True, True, True)


def test_a_confirmation_and_a_move_bring_one_uid_and_a_growing_sequence() -> None:
    session = make_session()
    make_registration(session)
    dispatch_all()
    send_mails()
    move(session)
    dispatch_all()
    send_mails()
    lines = []
    for message in mail.outbox:
        calendar = next(part for part in message.message().walk() if part.get_content_type() == "text/calendar")
        payload = calendar.get_payload(decode=True)
        assert isinstance(payload, bytes)
        lines.append([one for one in payload.decode().split("\r\n") if one.startswith(("UID", "SEQ", "METHOD"))])
    assert lines == [
        ["METHOD:REQUEST", f"UID:{session.uid}", "SEQUENCE:0"],
        ["METHOD:REQUEST", f"UID:{session.uid}", "SEQUENCE:1"],
    ]


def test_a_move_onto_another_of_ones_sessions_is_said_in_the_mail() -> None:
    network = make_network()
    first = make_session(network)
    second = make_session(network, title="L’autre", starts_at=first.starts_at + timedelta(days=1))
    registration = make_registration(first)
    register(user=registration.user, session=second)
    dispatch_all()
    send_mails()
    mail.outbox.clear()
    move(first)
    dispatch_all()
    send_mails()
    (message,) = mail.outbox
    assert "Attention : vous êtes aussi inscrit·e, au même moment, à « L’autre »." in message.body.replace(
        "\u00a0", " "
    )


@pytest.mark.parametrize("status", [MembershipStatus.LEFT, MembershipStatus.SUSPENDED])
def test_who_is_no_longer_in_the_network_gives_back_the_seats_to_come(status: MembershipStatus) -> None:
    session = make_session(capacity=1)
    registration = make_registration(session)
    member = Membership.objects.get(user=registration.user, network=session.network)
    end_membership(membership=member, status=status)
    dispatch_all()
    handlers.on_network_left(NetworkLeft(membership_id=member.pk))
    session.refresh_from_db()
    registration.refresh_from_db()
    assert (session.registered_count, registration.is_registered) == (0, False)
    assert make_registration(session).is_registered
