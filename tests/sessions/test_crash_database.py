"""PostgreSQL restarted in the middle of registrations and of sending reminders: none lost, none twice, none to the
wrong person."""

import http.client
import signal
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peerhub.notifications.models import Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.people.models import Network, User
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.registration import repair_counts
from sessions.services.reminders import HOUR_BEFORE
from tests.browser.restartable import RestartableWeb
from tests.builders import make_member, make_network
from tests.sessions.builders import make_registration, make_session
from tests.sessions.crashes import let_leases_lapse, own_postgres, restart, running_worker, until
from tests.sessions.smtp_sink import SmtpSink, running_sink

PEOPLE = 30
SEATS = 22
REMINDED = 30
CSRF = "c" * 32


class Claimant(threading.Thread):
    """Somebody who claims a seat, and tries again after an error, as one does."""

    def __init__(self, port: int, session: PeerSession, cookie: str) -> None:
        super().__init__()
        self.status = 0
        self.errors = 0
        self._port = port
        self._path = reverse("sessions:register", args=[session.pk])
        self._cookies = f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={CSRF}"

    def run(self) -> None:
        while self.errors < 400:
            self.status = self._claim()
            if self.status in {302, 303, 403, 409}:
                return
            self.errors += 1
            threading.Event().wait(0.05)

    def _claim(self) -> int:
        web = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        headers = {"Cookie": self._cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            web.request("POST", self._path, urlencode({"csrfmiddlewaretoken": CSRF}), headers)
            return web.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            web.close()


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="peerhub.people.backends.AccountBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def reminded_session(network: Network) -> PeerSession:
    """It begins in half an hour; the reminder of the hour before is due, for each."""
    session = make_session(network, starts_at=timezone.now() + timedelta(minutes=90), reminder_minutes=[HOUR_BEFORE])
    for _ in range(REMINDED):
        make_registration(session)
    past = timezone.now() - timedelta(seconds=1)
    assert Reminder.objects.filter(session=session, offset_minutes=HOUR_BEFORE).update(due_at=past) == REMINDED
    return session


def registered(session: PeerSession) -> int:
    return Registration.objects.registered().filter(session=session).count()


def is_all_told(sink: SmtpSink) -> bool:
    """Once what failed was tried again."""
    let_leases_lapse()
    if sink.count() < REMINDED + SEATS:  # reading the mails takes long
        return False
    kinds = Counter(Notification.objects.values_list("kind", flat=True))
    written = (kinds["sessions.reminder"], kinds["sessions.confirmed"]) == (REMINDED, SEATS)
    return written and len({one["Message-ID"] for one in sink.messages()}) >= REMINDED + SEATS


@pytest.mark.timeout(240)
@pytest.mark.django_db(transaction=True)
def test_postgres_restarted_amid_registrations_and_reminders(tmp_path: Path) -> None:
    network = make_network()
    people = [make_member(network).user for _ in range(PEOPLE)]
    wanted = make_session(network, capacity=SEATS)
    soon = reminded_session(network)
    OutboxEvent.objects.all().delete()  # who was told before is not the matter
    cookies = [cookie_of(user) for user in people]
    with running_sink() as sink, own_postgres(tmp_path / "a server of its own") as server:
        web = RestartableWeb("127.0.0.1:1")
        web.start()
        try:
            with running_worker(sink.url):
                claimants = [Claimant(web.port, wanted, cookie) for cookie in cookies]
                began: list[Claimant] = []
                for number, how in ((10, signal.SIGINT), (20, signal.SIGQUIT), (PEOPLE, None)):
                    for one in claimants[len(began) : number]:
                        one.start()
                        began.append(one)
                    if how is not None:
                        until(lambda: registered(wanted) >= len(began) // 2)
                        restart(server, how)
                        connection.close()
                for one in claimants:
                    one.join(60)
                until(lambda: is_all_told(sink))
        finally:
            web.kill()
        seated = set(Registration.objects.registered().filter(session=wanted).values_list("user_id", flat=True))
        told = {user.pk for user, one in zip(people, claimants, strict=True) if one.status in {302, 303}}
        assert Counter(one.status in {302, 303} for one in claimants) == {True: SEATS, False: PEOPLE - SEATS}
        assert seated == told
        assert repair_counts(write=False) == []
        assert PeerSession.objects.get(pk=wanted.pk).registered_count == SEATS
        assert not OutboxEvent.objects.waiting().exists()
        assert Reminder.objects.filter(session=soon, sent_at__isnull=False).count() == REMINDED
        reminded = set(Registration.objects.filter(session=soon).values_list("user__email", flat=True))
        mails = Counter((str(one["Message-ID"]), str(one["To"])) for one in sink.messages())
        expected = reminded | {user.email for user in people if user.pk in seated}
        assert Counter(to for _id, to in mails) == dict.fromkeys(expected, 1)
        # Of the mail that was in flight when the server went, nobody could write down that it was accepted.
        assert sum(mails.values()) - len(mails) <= 2
