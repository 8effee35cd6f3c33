"""A worker killed with SIGKILL between the mark and the word of what is owed after a session: neither is kept, and
everybody is told once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from peerhub.notifications.models import Delivery, Notification
from peerhub.people.models import User
from sessions.models import Decision, PeerSession
from sessions.services import decisions, evaluations, reports
from tests.builders import make_network
from tests.sessions.builders import make_registration, make_session
from tests.sessions.crashes import kill_while_it_waits, let_leases_lapse, lock_table, running_worker, until
from tests.sessions.smtp_sink import running_sink

KINDS = ("sessions.decision_due", "sessions.evaluation_asked", "sessions.report_late")


def told() -> Counter[str]:
    return Counter(Notification.objects.filter(kind__in=KINDS).order_by().values_list("kind", flat=True))


def make_owed() -> User:
    """Somebody who facilitated a session five days ago, and has something to do by tomorrow; it is noon there."""
    session = make_session(make_network(), title="Passée")
    user = make_registration(session).user
    session.facilitators.add(user)
    ended = timezone.now() - timedelta(days=5)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=ended - timedelta(hours=2), ends_at=ended)
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(time_zone=f"Etc/GMT{now.hour - 12:+d}")
    there = now - timedelta(hours=now.hour - 12)
    Decision.objects.create(session=session, text="Écrire", owner=user, due_on=there.date() + timedelta(days=1))
    return user


@pytest.mark.timeout(180)
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_the_mark_and_the_word_keeps_neither() -> None:
    user = make_owed()
    acts = (decisions.remind_due, evaluations.ask_due, reports.chase_due)
    with running_sink() as sink:
        for number, act in enumerate(acts):
            kill_while_it_waits(sink.url, lambda: lock_table(Notification._meta.db_table))
            let_leases_lapse()
            session, decision = PeerSession.objects.get(), Decision.objects.get()
            marks = (decision.reminded_at, session.evaluation_asked_at, session.report_chases)
            assert [bool(mark) for mark in marks] == [one < number for one in range(3)]
            assert act() == 1
        with running_worker(sink.url):
            until(lambda: not Delivery.objects.filter(state="pending", due_at__lte=timezone.now()).exists())
            until(lambda: sink.count() == len(KINDS))
        mails = Counter(str(one["To"]) for one in sink.messages())
    assert told() == Counter(KINDS)
    assert mails == {user.email: 3}
    assert [act() for act in acts] == [0, 0, 0]
