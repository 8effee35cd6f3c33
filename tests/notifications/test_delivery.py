"""Deliveries: judged again when they leave, sent once, retried, gathered into digests."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from peerhub.notifications.delivery import MAX_ATTEMPTS, deliver_due
from peerhub.notifications.enums import Channel, DeliveryState, Frequency, SkipReason
from peerhub.notifications.models import Delivery
from peerhub.notifications.services import digest_due_at, mark_read, notify, set_preferences
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import Membership
from peerhub.people.services.memberships import deactivate_user, end_membership
from tests.builders import make_member, make_network, make_user
from tests.notifications.builders import KEY

pytestmark = pytest.mark.django_db


def tell(*members: Membership, key: str = "k", streak: str = "") -> int:
    network = members[0].network
    recipients = [member.user_id for member in members]
    return notify(
        kind=KEY, recipients=recipients, target_id=network.pk, dedupe_key=key, network_id=network.pk, streak=streak
    )


def outcome() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "skipped_reason"))


def test_notify_twice_with_one_key_tells_once() -> None:
    network = make_network()
    members = [make_member(network) for _ in range(3)]
    assert (tell(*members), tell(*members)) == (3, 0)
    assert deliver_due() == 3
    assert deliver_due() == 0
    assert sorted(message.to[0] for message in mail.outbox) == sorted(member.user.email for member in members)


def test_mail_has_both_parts_a_stable_id_and_a_one_click_unsubscribe() -> None:
    member = make_member(make_network(name="Réseau du Val"))
    tell(member)
    deliver_due()
    (message,) = mail.outbox
    delivery = Delivery.objects.get()
    assert message.subject == "Bonjour de Réseau du Val"
    assert f"Bonjour {member.user.given_name}," in message.body
    assert isinstance(message, mail.EmailMultiAlternatives)
    assert [alternative[1] for alternative in message.alternatives] == ["text/html"]
    assert message.extra_headers["Message-ID"] == f"<delivery-{delivery.pk}@127.0.0.1>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_subject_is_cut_after_a_word() -> None:
    network = make_network(name=f"Réseau {'des communes ' * 7}du Val")
    tell(make_member(network))
    deliver_due()
    (message,) = mail.outbox
    assert message.subject == "Bonjour de Réseau des communes des communes des communes des communes des…"


def test_someone_who_left_meanwhile_gets_no_mail() -> None:
    member = make_member(make_network())
    tell(member)
    end_membership(membership=member, status=MembershipStatus.LEFT)
    deliver_due()
    assert (mail.outbox, outcome()) == ([], [(DeliveryState.SKIPPED, SkipReason.GONE)])


def test_a_closed_account_gets_no_mail() -> None:
    member = make_member(make_network())
    tell(member)
    deactivate_user(user=member.user)
    deliver_due()
    assert (mail.outbox, outcome()) == ([], [(DeliveryState.SKIPPED, SkipReason.INACTIVE)])


def test_reading_cancels_the_pending_mail() -> None:
    member = make_member(make_network())
    tell(member, streak="topic.1")
    mark_read(user=member.user, streak="topic.1")
    assert deliver_due() == 0
    assert outcome() == [(DeliveryState.SKIPPED, SkipReason.READ)]


def test_one_mail_for_each_unread_streak() -> None:
    member = make_member(make_network())
    tell(member, key="a", streak="topic.1")
    deliver_due()
    tell(member, key="b", streak="topic.1")
    deliver_due()
    assert len(mail.outbox) == 1
    mark_read(user=member.user, streak="topic.1")
    tell(member, key="c", streak="topic.1")
    deliver_due()
    assert len(mail.outbox) == 2


def test_a_daily_digest_gathers_and_waits_for_the_morning() -> None:
    network = make_network(name="Réseau du Val")
    member = make_member(network, make_user(time_zone="Indian/Reunion"))
    set_preferences(user=member.user, wishes={(KEY, Channel.EMAIL): Frequency.DAILY})
    with time_machine.travel(datetime(2026, 11, 21, 12, 0, tzinfo=UTC), tick=False):
        tell(member, key="a")
        tell(member, key="b")
        assert set(Delivery.objects.values_list("due_at", flat=True)) == {datetime(2026, 11, 22, 3, 30, tzinfo=UTC)}
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    deliver_due()
    (message,) = mail.outbox
    assert message.body.count("Bonjour de Réseau du Val") == 2
    assert message.subject == "2 nouvelles depuis votre dernier résumé"


@pytest.mark.parametrize(
    ("frequency", "now", "expected"),
    [
        (Frequency.DAILY, datetime(2026, 11, 21, 5, 0, tzinfo=UTC), datetime(2026, 11, 21, 6, 30, tzinfo=UTC)),
        (Frequency.DAILY, datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 30, tzinfo=UTC)),
        (Frequency.DAILY, datetime(2027, 3, 27, 12, 0, tzinfo=UTC), datetime(2027, 3, 28, 5, 30, tzinfo=UTC)),
        (Frequency.WEEKLY, datetime(2026, 11, 21, 12, 0, tzinfo=UTC), datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        (Frequency.WEEKLY, datetime(2026, 11, 23, 12, 0, tzinfo=UTC), datetime(2026, 11, 30, 6, 30, tzinfo=UTC)),
    ],
)
def test_digests_are_due_at_half_past_seven_in_the_own_zone(
    frequency: Frequency, now: datetime, expected: datetime
) -> None:
    assert digest_due_at(frequency, "Europe/Paris", now) == expected


def test_a_mail_server_that_refuses_is_asked_again_then_given_up(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.refusing.RefusingBackend"
    member = make_member(make_network())
    tell(member)
    for _attempt in range(MAX_ATTEMPTS):
        Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        assert deliver_due() == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_error) == (
        DeliveryState.FAILED,
        MAX_ATTEMPTS,
        "SMTPServerDisconnected",
    )


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_mail_once(settings: Settings) -> None:
    network = make_network()
    members = [make_member(network) for _ in range(40)]
    tell(*members)

    def work() -> None:
        try:
            deliver_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(member.user.email for member in members)
