"""Series under concurrency: real threads, real transactions."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction

from forums.models import Post, Topic
from forums.services.posts import create_post
from peerhub.people.errors import DomainError
from sessions.models import PeerSession, Registration, SessionSeries
from sessions.recurrence import local_of, weekly
from sessions.services.holding import hold_row
from sessions.services.registration import register
from sessions.services.series import Outcome, cancel_dates, change_rule, update_series
from tests.builders import make_member
from tests.concurrency import together
from tests.sessions.builders import animator_of
from tests.sessions.series_builders import ZONE, dates_of_series, make_series, values_of

pytestmark = pytest.mark.django_db(transaction=True)


def to_every_other_week(series: SessionSeries) -> Callable[[], object]:
    actor = animator_of(series.network)
    since = local_of(series.starts_at, ZONE).date()
    return lambda: change_rule(actor=actor, series=series, rule=weekly([1], every=2, count=2), since=since)


@pytest.mark.parametrize("attempt", range(3))
def test_who_registers_while_the_rule_changes_has_a_seat_or_is_told_that_there_is_none(attempt: int) -> None:
    series = make_series(rule=weekly([1], count=4))
    sessions = dates_of_series(series)
    people = [make_member(series.network).user for _ in sessions]
    claims = [
        lambda user=user, session=session: register(user=user, session=session)
        for user, session in zip(people, sessions, strict=True)
    ]
    outcome, *answers = together(to_every_other_week(series), *claims)
    assert isinstance(outcome, Outcome)
    seated = {one.session_id for one in answers if isinstance(one, Registration)}
    assert {one.session_id for one in Registration.objects.registered()} == seated
    refused = {session.pk for session, one in zip(sessions, answers, strict=True) if isinstance(one, Exception)}
    left = set(PeerSession.objects.filter(pk__in=[one.pk for one in sessions]).values_list("pk", flat=True))
    assert refused == {session.pk for session in sessions} - left
    assert outcome.vanished == len(refused)
    assert {one.pk for one in outcome.stayed} == seated & {sessions[1].pk, sessions[3].pk}


def test_who_waits_for_a_date_that_vanishes_gets_no_seat() -> None:
    """The claim was allowed, and waits for the row when the date goes."""
    series = make_series(rule=weekly([1], count=2))
    session = dates_of_series(series)[1]
    user = make_member(series.network).user
    results: list[object] = []

    def claim() -> None:
        try:
            results.append(register(user=user, session=session))
        except (DomainError, ObjectDoesNotExist) as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=claim)
    with transaction.atomic():
        hold_row(session.pk)
        thread.start()
        thread.join(timeout=1.0)
        to_every_other_week(series)()
    thread.join(timeout=60)
    assert [type(one) for one in results] == [PeerSession.DoesNotExist]
    assert not Registration.objects.exists()


@pytest.mark.parametrize("attempt", range(3))
def test_a_message_written_while_the_rule_changes_is_never_lost(attempt: int) -> None:
    series = make_series(rule=weekly([1], count=2))
    session = dates_of_series(series)[1]
    actor = animator_of(series.network)
    topic = Topic.objects.get(pk=session.topic_id or 0)

    def write() -> Post:
        return create_post(author=actor, topic=topic, body="J’apporte le café.", token=uuid4())

    _outcome, written = together(to_every_other_week(series), write)
    is_there = PeerSession.objects.filter(pk=session.pk).exists()
    assert isinstance(written, Post) == is_there == Post.objects.filter(topic=topic.pk).exists()


def test_changes_at_once_come_one_after_the_other() -> None:
    series = make_series(rule=weekly([1], count=4))
    sessions = dates_of_series(series)
    actor = animator_of(series.network)
    results = together(
        *(
            lambda session=session: update_series(
                actor=actor,
                session=session,
                scope="following",
                values=values_of(session, title=f"À partir de {session.pk}"),
            )
            for session in sessions[1:3]
        ),
        lambda: cancel_dates(actor=actor, session=sessions[3], scope="following"),
    )
    assert len(results) == 3
    left = list(PeerSession.objects.exclude(series=None).order_by("starts_at"))
    assert {one.pk for one in sessions[:3]} <= {one.pk for one in left}
    for one in SessionSeries.objects.all():
        dates = dates_of_series(one)
        assert dates == [date for date in left if date.series_id == one.pk]
        assert all(date.occurs_at == date.starts_at for date in dates)
