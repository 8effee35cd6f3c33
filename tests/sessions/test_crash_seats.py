"""A worker killed with SIGKILL between claim and commit of a promotion: the freed seat is offered once, to the right
person, and said once."""

from collections import Counter
from datetime import timedelta
from typing import cast

import pytest
from django.utils import timezone

from peerhub.notifications.models import Delivery, Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.people.models import User
from sessions.enums import RegistrationState
from sessions.models import PeerSession, Registration, SeatEvent
from sessions.queries.seat_state import state_of
from sessions.seating.engine import Decision, Kind, replay
from sessions.services.registration import register, repair_counts, wait_for_seat, withdraw
from tests.builders import make_member, make_network
from tests.sessions.builders import make_session
from tests.sessions.crashes import kill_while_it_waits, let_leases_lapse, lock_table, running_worker, until
from tests.sessions.smtp_sink import running_sink


def hold_row(session: PeerSession) -> None:
    PeerSession.objects.select_for_update().get(pk=session.pk)


@pytest.mark.timeout(180)
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_amid_a_promotion_promotes_once() -> None:
    network = make_network()
    seated, first, second, third = (make_member(network).user for _ in range(4))
    session = make_session(network, capacity=1)
    register(user=seated, session=session)
    for user in (first, second, third):
        wait_for_seat(user=user, session=session)
    withdraw(user=seated, session=session)
    ended = Registration.objects.filter(user=first, state=RegistrationState.OFFERED)
    with running_sink() as sink:
        with running_worker(sink.url):
            until(lambda: sink.count() == 1)
        assert ended.update(offered_at=timezone.now() - timedelta(days=2), offer_ends_at=timezone.now()) == 1
        kills = [
            # Its claim is made and nothing is written yet; all is written and not committed; the event is claimed; the
            # notification is written.
            lambda: hold_row(session),
            lambda: lock_table(OutboxEvent._meta.db_table),
            lambda: lock_table(Notification._meta.db_table),
            lambda: lock_table(Delivery._meta.db_table),
        ]
        for lock in kills:
            kill_while_it_waits(sink.url, lock)
            let_leases_lapse()
        with running_worker(sink.url):
            until(lambda: not OutboxEvent.objects.waiting().exists())
            until(lambda: not Delivery.objects.filter(state="pending", due_at__lte=timezone.now()).exists())
        mails = Counter((str(one["To"]), str(one["Message-ID"])) for one in sink.messages())

    def state(user: User) -> str:
        return str(Registration.objects.get(session=session, user=user).state)

    assert [state(user) for user in (seated, first, second, third)] == ["withdrawn", "withdrawn", "offered", "waiting"]
    log = SeatEvent.objects.filter(session=session).order_by("number")
    assert list(log.filter(kind="offered").values_list("holder", flat=True)) == [f"u{first.pk}", f"u{second.pk}"]
    found = replay(Decision(cast(Kind, one.kind), one.holder, one.facts) for one in log)
    row = PeerSession.objects.get(pk=session.pk)
    assert found.offers == state_of(row, now=timezone.now()).offers
    assert repair_counts(write=False) == []
    told = Notification.objects.filter(kind__startswith="sessions.offer").order_by("pk")
    assert sorted(told.values_list("recipient", "kind")) == sorted(
        [(first.pk, "sessions.offered"), (first.pk, "sessions.offer_ended"), (second.pk, "sessions.offered")]
    )
    # None lost, none twice, none to the wrong person.
    assert set(mails.values()) == {1}
    assert Counter(to for to, _id in mails) == {first.email: 2, second.email: 1}
