import logging
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from peerhub.outbox import registry, services
from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.services import (
    BACKOFF_MAX_SECONDS,
    NotInTransaction,
    backoff_seconds,
    dispatch_due,
    emit,
    purge,
    retry_parked,
)
from peerhub.outbox.testing import dispatch_all
from tests.outbox.samples import Followed, Happened


class Killed(BaseException):
    """What a SIGKILL looks like from inside a test: nothing after the handler runs."""


def make_due() -> None:
    """Let the back-off and the lease of every waiting event run out."""
    OutboxEvent.objects.waiting().update(available_at=Now() - timedelta(seconds=1))
    OutboxEvent.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(seconds=1))


def record() -> list[int]:
    """Register a handler of `Happened` that notes what it sees."""
    seen: list[int] = []
    registry.handles(Happened)(lambda event: seen.append(event.fact_id))
    return seen


def fail_on(*fact_ids: int) -> None:
    @registry.handles(Happened)
    def on_happened(event: Happened) -> None:
        if event.fact_id in fact_ids:
            raise ZeroDivisionError("said in confidence")


@pytest.mark.django_db(transaction=True)
def test_emit_outside_of_a_transaction_raises() -> None:
    with pytest.raises(NotInTransaction):
        emit(Happened(1))
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_emit_rolled_back_leaves_no_row() -> None:
    def fail() -> None:
        with transaction.atomic():
            emit(Happened(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_emit_refuses_an_unregistered_event() -> None:
    with pytest.raises(TypeError, match="is not registered"):
        emit("samples.happened")
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_emit_is_one_query_for_one_or_three(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        emit(Happened(1))
    with django_assert_num_queries(1):
        emit(Happened(2), Happened(3), Followed(4, "x"))
    stored = list(OutboxEvent.objects.order_by("pk").values_list("name", "payload"))
    assert stored == [
        ("samples.happened", {"fact_id": 1}),
        ("samples.happened", {"fact_id": 2}),
        ("samples.happened", {"fact_id": 3}),
        ("samples.followed", {"fact_id": 4, "note": "x"}),
    ]


@pytest.mark.django_db
def test_dispatch_runs_every_handler_once_and_marks_done() -> None:
    first, second = record(), record()
    emit(Happened(1), Happened(2))
    assert dispatch_due() == 2
    assert (first, second) == ([1, 2], [1, 2])
    assert dispatch_due() == 0
    row = OutboxEvent.objects.earliest("pk")
    assert row.done_at is not None
    assert (row.attempts, row.lease_until, row.lease_token, row.last_error) == (1, None, None, "")


@pytest.mark.django_db
def test_dispatch_of_an_event_without_handlers_is_done() -> None:
    emit(Happened(1))
    assert dispatch_due() == 1
    assert OutboxEvent.objects.filter(done_at__isnull=False).count() == 1


@pytest.mark.django_db
def test_dispatch_stops_at_its_limit() -> None:
    seen = record()
    emit(*(Happened(number) for number in range(50)))
    assert dispatch_due(limit=45) == 45
    assert seen == list(range(45))
    assert dispatch_due(limit=45) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(("count", "queries"), [(1, 10), (3, 16)])
def test_dispatch_queries(count: int, queries: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """3 for each event (savepoint, mark, release), 4 for the claim, 3 for the one that finds nothing more."""
    record()
    emit(*(Happened(number) for number in range(count)))
    with django_assert_num_queries(queries):
        dispatch_due()


@pytest.mark.django_db
def test_a_failing_handler_is_retried_later_and_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    seen = record()
    fail_on(2)
    emit(Happened(1), Happened(2), Happened(3))
    with caplog.at_level(logging.WARNING, "peerhub.outbox"):
        assert dispatch_due() == 3
    assert seen == [1, 2, 3]
    failed = OutboxEvent.objects.waiting().get()
    assert (failed.payload, failed.attempts, failed.last_error) == ({"fact_id": 2}, 1, "ZeroDivisionError")
    assert failed.lease_token is None
    assert timedelta(seconds=2) < failed.available_at - failed.created_at < timedelta(seconds=6)
    assert [entry.message for entry in caplog.records] == ["outbox.failed"]
    assert "confidence" not in str(caplog.records[0].__dict__)
    assert dispatch_due() == 0
    make_due()
    assert dispatch_due() == 1
    assert seen == [1, 2, 3, 2]


@pytest.mark.django_db
def test_what_a_failing_handler_wrote_is_undone() -> None:
    @registry.handles(Happened)
    def writes_then_fails(event: Happened) -> None:
        emit(Followed(event.fact_id))
        raise ZeroDivisionError

    emit(Happened(1))
    dispatch_due()
    assert list(OutboxEvent.objects.values_list("name", "done_at")) == [("samples.happened", None)]


@pytest.mark.django_db
def test_a_handler_breaking_the_database_is_a_failure_like_another() -> None:
    @registry.handles(Happened)
    def breaks(event: Happened) -> None:
        OutboxEvent.objects.update(done_at=Now(), parked_at=Now())

    emit(Happened(1))
    dispatch_due()
    assert OutboxEvent.objects.waiting().get().last_error == IntegrityError.__name__


@pytest.mark.django_db
def test_parked_after_the_last_attempt(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 3
    fail_on(1)
    emit(Happened(1))
    for _ in range(3):
        assert OutboxEvent.objects.parked().count() == 0
        assert dispatch_due() == 1
        make_due()
    row = OutboxEvent.objects.parked().get()
    assert (row.attempts, row.last_error) == (3, "ZeroDivisionError")
    assert dispatch_due() == 0
    error = caplog.records[-1]
    assert (error.levelname, error.message) == ("ERROR", "outbox.parked")
    assert (error.__dict__["event"], error.__dict__["event_id"]) == ("samples.happened", row.pk)
    assert "confidence" not in str([entry.__dict__ for entry in caplog.records])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "payload", "error"),
    [("samples.gone", {}, "UnknownEvent"), ("samples.happened", {"other": 1}, "BadPayload")],
)
def test_what_this_version_cannot_read_is_parked_at_once(
    name: str, payload: dict[str, int], error: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = record()
    row = OutboxEvent.objects.create(name=name, payload=payload)
    emit(Happened(1))
    assert dispatch_due() == 2
    row.refresh_from_db()
    assert row.parked_at is not None
    assert row.last_error == error
    assert [entry.message for entry in caplog.records] == ["outbox.parked"]
    assert seen == [1]


@pytest.mark.django_db
def test_retry_parked_begins_afresh() -> None:
    seen = record()
    rows = [
        OutboxEvent.objects.create(name="samples.happened", payload={"fact_id": n}, attempts=8, parked_at=Now())
        for n in range(3)
    ]
    assert retry_parked([rows[1].pk, -5]) == 1
    assert dispatch_due() == 1
    assert seen == [1]
    assert retry_parked() == 2
    assert dispatch_due() == 2
    assert seen == [1, 0, 2]
    assert retry_parked() == 0


@pytest.mark.django_db
def test_a_killed_dispatcher_leaves_a_lease_that_runs_out() -> None:
    def dies(event: Happened) -> None:
        raise Killed

    registry.handles(Happened)(dies)
    emit(Happened(1))
    with pytest.raises(Killed):
        dispatch_due()
    row = OutboxEvent.objects.get()
    assert row.done_at is None
    assert row.lease_token is not None
    assert dispatch_due() == 0
    make_due()
    with pytest.raises(Killed):
        dispatch_due()
    row.refresh_from_db()
    assert row.attempts == 2


@pytest.mark.django_db
def test_what_kills_dispatchers_is_parked_alone(settings: Settings) -> None:
    """Each death costs its batch one attempt; after the first, suspects are taken one by one."""
    settings.OUTBOX_MAX_ATTEMPTS = 3
    seen = record()

    @registry.handles(Happened)
    def poisonous(event: Happened) -> None:
        if event.fact_id == 3:
            raise Killed

    emit(*(Happened(number) for number in range(10)))
    for _ in range(10):
        make_due()
        try:
            if not dispatch_due():
                break
        except Killed:
            continue
    parked = OutboxEvent.objects.parked().get()
    assert (parked.payload, parked.attempts, parked.last_error) == ({"fact_id": 3}, 3, "LeaseExpired")
    assert OutboxEvent.objects.filter(done_at__isnull=False).count() == 9
    assert set(seen) == set(range(10))


@pytest.mark.django_db
def test_an_event_taken_by_another_dispatcher_is_left_to_it() -> None:
    """The first handler outlives the lease, and another dispatcher claims the row before the second handler."""
    second: list[int] = []

    @registry.handles(Happened)
    def slow(event: Happened) -> None:
        OutboxEvent.objects.update(lease_token="00000000-0000-0000-0000-000000000001")

    registry.handles(Happened)(lambda event: second.append(event.fact_id))
    emit(Happened(1))
    assert dispatch_due() == 1
    assert second == []
    row = OutboxEvent.objects.get()
    assert (row.done_at, str(row.lease_token)) == (None, "00000000-0000-0000-0000-000000000001")


@pytest.mark.django_db
@pytest.mark.parametrize("handlers", [1, 2, 3])
def test_lease_lost_before_any_handler_runs_none(handlers: int) -> None:
    seen = [record() for _ in range(handlers)]
    emit(Happened(1))
    lost = OutboxEvent.objects.get()
    (claimed,) = services._claim(5)
    OutboxEvent.objects.update(lease_token="00000000-0000-0000-0000-000000000001")
    services._handle(claimed, services.log_failure)
    assert seen == [[] for _ in range(handlers)]
    lost.refresh_from_db()
    assert lost.done_at is None


@pytest.mark.django_db
def test_dispatch_all_follows_chains_and_raises() -> None:
    notes: list[int] = []
    registry.handles(Happened)(lambda event: emit(Followed(event.fact_id)))
    registry.handles(Followed)(lambda event: notes.append(event.fact_id))
    emit(Happened(1), Happened(2))
    assert dispatch_all() == 4
    assert notes == [1, 2]
    fail_on(3)
    emit(Happened(3))
    with pytest.raises(ZeroDivisionError):
        dispatch_all()


@pytest.mark.django_db
def test_purge_deletes_old_done_events_only() -> None:
    old, young = Now() - timedelta(days=8), Now() - timedelta(days=6)
    for number in range(5):
        OutboxEvent.objects.create(name="samples.happened", payload={"fact_id": number}, done_at=old)
    kept = [
        OutboxEvent.objects.create(name="samples.happened", payload={}, done_at=young),
        OutboxEvent.objects.create(name="samples.happened", payload={}, parked_at=old),
        OutboxEvent.objects.create(name="samples.happened", payload={}, created_at=old),
    ]
    assert purge(older_than=timedelta(days=7), batch_size=2) == 5
    assert set(OutboxEvent.objects.all()) == set(kept)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"done_at": Now(), "parked_at": Now()}, {"lease_until": Now()}],
)
def test_the_database_refuses_impossible_states(wrong: dict[str, object]) -> None:
    emit(Happened(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxEvent.objects.update(**wrong)


@pytest.mark.django_db
def test_due_rows_come_from_the_partial_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = OutboxEvent.objects.due().order_by("available_at", "pk")[:20].explain()
    assert "outbox_waiting" in plan
    assert "Sort" not in plan


@given(attempts=st.integers(1, 100), jitter=st.floats(0, 1))
def test_backoff_grows_within_bounds(attempts: int, jitter: float) -> None:
    delay = backoff_seconds(attempts, jitter)
    assert backoff_seconds(attempts, 0) / 2 <= delay <= backoff_seconds(attempts, 0) <= BACKOFF_MAX_SECONDS
    assert backoff_seconds(attempts + 1, jitter) >= delay >= 2.5


@pytest.mark.django_db
@given(outcomes=st.lists(st.sampled_from(["ok", "fail", "die"]), min_size=1, max_size=8))
@profile(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_ends_handled_or_parked(outcomes: list[str], settings: Settings) -> None:
    """Whatever fails or dies, in any order: handled once and done, or parked after all attempts, or waiting."""
    settings.OUTBOX_MAX_ATTEMPTS = 4
    script = iter(outcomes)
    history: list[str] = []

    def act(event: Happened) -> None:
        history.append(next(script))
        if history[-1] == "fail":
            raise ZeroDivisionError
        if history[-1] == "die":
            raise Killed

    with registry.isolated():
        registry.handles(Happened)(act)
        emit(Happened(1))
        for _ in outcomes:
            make_due()
            try:
                dispatch_due()
            except Killed:
                continue
        row = OutboxEvent.objects.get()
        expected = outcomes[: outcomes.index("ok") + 1] if "ok" in outcomes else outcomes
        assert history == expected[:4]
        assert row.attempts == len(history)
        assert (row.done_at is not None) == (history[-1] == "ok")
        if row.done_at is None:
            given_up = len(history) == 4 and (history[-1] == "fail" or len(outcomes) > 4)
            assert (row.parked_at is not None) == given_up
        row.delete()
