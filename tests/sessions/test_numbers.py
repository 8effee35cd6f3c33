"""Numbers that a form or an address carries, as somebody may write them by hand: never a crash."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sessions.enums import RegistrationState
from sessions.models import Attendance, PeerSession, PollGuest, Registration
from sessions.services.charters import write_charter
from sessions.services.peer_days import send_invitations
from sessions.services.seats import invite_people
from tests.builders import make_animator, make_member, make_network
from tests.conftest import Browser
from tests.sessions.builders import animator_of, make_registration, make_session
from tests.sessions.poll_builders import make_guest, make_poll, slots_of
from tests.sessions.test_peer_days import make_day

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("written", ["²", "9" * 30, "9" * 5000, "-1", "x", ""])]


@pytest.mark.parametrize("act", ["remove", "restore"])
def test_no_slot_has_such_a_number(act: str, written: str, browser: Browser) -> None:
    poll = make_poll()
    browser.as_user(animator_of(poll.network))
    address = reverse("sessions:poll-slots", args=[poll.pk])
    assert browser.post(address, {act: written}).status_code == 404
    assert len(slots_of(poll)) == 2


@pytest.mark.parametrize("act", ["remove", "renew"])
def test_no_guest_has_such_a_number(act: str, written: str, browser: Browser) -> None:
    poll = make_poll()
    guest = make_guest(poll)
    browser.as_user(animator_of(poll.network))
    address = reverse("sessions:poll-guests", args=[poll.pk])
    assert browser.post(address, {act: written}).status_code == 404
    assert PollGuest.objects.filter(pk=guest.pk, nonce=guest.nonce, removed_at=None).count() == 1


def test_no_delegation_has_such_a_number(written: str, browser: Browser) -> None:
    session = make_session()
    animator = animator_of(session.network)
    invite_people(actor=animator, session=session, user_ids=[make_member(session.network).user.pk])
    browser.as_user(animator)
    assert browser.post(reverse("sessions:seat-chase", args=[session.pk]), {"delegation": written}).status_code == 303
    assert browser.get(reverse("sessions:seat-log", args=[session.pk]), {"avant": written}).status_code == 200
    assert Registration.objects.filter(session=session, state=RegistrationState.INVITED).count() == 1


def test_no_line_of_a_peer_day_has_such_a_number(written: str, browser: Browser) -> None:
    day = make_day()
    animator = animator_of(day.programme.network)
    browser.as_user(animator)
    assert browser.get(reverse("sessions:invitations", args=[day.pk]), {"pour": written}).status_code == 200
    send_invitations(actor=animator, peer_day=day)
    chased = browser.post(reverse("sessions:peer-day-chase", args=[day.pk]), {"delegation": written})
    assert chased.status_code == 303


def test_nobody_on_the_list_has_such_a_number(written: str, browser: Browser) -> None:
    session = make_session()
    make_registration(session)
    begun = timezone.now() - timedelta(minutes=5)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=2))
    browser.as_user(animator_of(session.network))
    address = reverse("sessions:attendance", args=[session.pk])
    assert browser.post(address, {"half_day": written}).status_code == 303
    assert Attendance.objects.count() == 0
    present = {"half_day": "0", "present": [f"u{written}", f"g{written}"]}
    assert browser.post(address, present).status_code == 303
    assert list(Attendance.objects.values_list("is_present", flat=True)) == [False]


def test_no_charter_has_such_a_version(written: str, browser: Browser) -> None:
    animator = make_animator(make_network())
    charter = write_charter(actor=animator.user, network=animator.network, body="Nous écoutons.")
    browser.as_user(animator.user)
    address = reverse("sessions:charter-accept", args=[animator.network.slug])
    assert browser.post(address, {"version": written}).status_code == 303
    assert charter.acceptances.count() == 0
