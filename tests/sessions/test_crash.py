"""Workers killed with SIGKILL amid a thousand due reminders: none lost, none twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from peerhub.notifications.models import Delivery, Notification
from peerhub.people.models import Affiliation, Circle, CircleMember, Membership, User
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.reminders import HOUR_BEFORE
from tests.builders import make_category, make_network
from tests.sessions.builders import make_session, network_circle
from tests.sessions.smtp_sink import running_sink

PEOPLE = 1000
SESSIONS = 10


@contextmanager
def running_workers(email_url: str, how_many: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Worker processes, none of which outlives the test."""
    workers = [start_worker(email_url) for _ in range(how_many)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def start_worker(email_url: str) -> "subprocess.Popen[bytes]":
    database = connection.settings_dict
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    url = f"postgres://{who}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {
        **os.environ,
        "PEERHUB_ENV": "demo",
        "DATABASE_URL": url,
        "EMAIL_URL": email_url,
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "peerhub.settings",
    }
    return subprocess.Popen([sys.executable, "-m", "tests.sessions.reminder_worker"], env=environment)


def kill_when(worker: "subprocess.Popen[bytes]", reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not reached():
        assert worker.poll() is None, "the worker ended before it could be killed"
        assert time.monotonic() < deadline, "the worker does not get on"
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL


def let_leases_lapse() -> None:
    """What the dead worker held comes free again: later, or now for a test that does not wait minutes."""
    past = timezone.now() - timedelta(seconds=1)
    Reminder.objects.filter(lease_until__isnull=False).update(lease_until=past)
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=past)


def crowd() -> None:
    """A thousand people, a hundred in each of ten sessions that begin in half an hour."""
    network = make_network()
    circle, category = network_circle(network), make_category()
    users = User.objects.bulk_create(
        [
            User(email=f"crowd{number}@example.org", given_name="Pair", family_name=str(number), password="!")
            for number in range(PEOPLE)
        ]
    )
    hats = Affiliation.objects.bulk_create([Affiliation(user=user, category=category) for user in users])
    Membership.objects.bulk_create(
        [Membership(network=network, user=user, affiliation=hat) for user, hat in zip(users, hats, strict=True)]
    )
    CircleMember.objects.bulk_create([CircleMember(circle=circle, user=user) for user in users])
    Circle.objects.filter(pk=circle.pk).update(member_count=PEOPLE)
    starts_at = timezone.now() + timedelta(minutes=30)
    sessions = [make_session(network, starts_at=starts_at) for _ in range(SESSIONS)]
    seats = [
        (sessions[number % SESSIONS], user, hat) for number, (user, hat) in enumerate(zip(users, hats, strict=True))
    ]
    Registration.objects.bulk_create(
        [Registration(session=session, user=user, affiliation=hat) for session, user, hat in seats]
    )
    PeerSession.objects.update(registered_count=PEOPLE // SESSIONS)
    Reminder.objects.bulk_create(
        [
            Reminder(
                session=session,
                user=user,
                offset_minutes=HOUR_BEFORE,
                due_at=starts_at - timedelta(minutes=HOUR_BEFORE),
            )
            for session, user, _hat in seats
        ]
    )


@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_workers_killed_amid_a_thousand_reminders_lose_none_and_double_none() -> None:
    crowd()
    with running_sink() as sink:
        kills: list[Callable[[], bool]] = [
            lambda: Notification.objects.count() >= 150,
            lambda: sink.count() >= 100,
            lambda: sink.count() >= 400,
            lambda: sink.count() >= 700,
        ]
        for reached in kills:
            with running_workers(sink.url, 1) as (worker,):
                kill_when(worker, reached)
            let_leases_lapse()
        assert sink.count() < PEOPLE
        with running_workers(sink.url, 2) as finishers:
            assert [worker.wait(timeout=240) for worker in finishers] == [0, 0]
        messages = sink.messages()

    assert Reminder.objects.filter(sent_at__isnull=False).count() == PEOPLE
    assert Reminder.objects.pending().count() == 0
    assert Notification.objects.filter(kind="sessions.reminder").count() == PEOPLE
    assert list(Delivery.objects.values_list("state", flat=True).distinct()) == ["sent"]
    by_id = Counter(message["Message-ID"] for message in messages)
    assert len(by_id) == PEOPLE
    assert len({(message["To"], message["Message-ID"]) for message in messages}) == PEOPLE
    assert {message["To"] for message in messages} == {f"crowd{number}@example.org" for number in range(PEOPLE)}
    # SMTP cannot promise more: of the one mail in flight at each kill, the server may have said "accepted" to a
    # process that was no longer there to write it down. It comes again under the same Message-ID, which mail servers
    # and programs recognise. Nothing else may come twice.
    assert sum(times - 1 for times in by_id.values()) <= len(kills)
