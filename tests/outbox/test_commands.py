from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from peerhub.outbox.models import OutboxEvent

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("outbox_parked", *arguments, stdout=out)
    return out.getvalue()


def park(fact_id: int) -> OutboxEvent:
    return OutboxEvent.objects.create(
        name="samples.happened",
        payload={"fact_id": fact_id},
        attempts=8,
        parked_at=datetime(2026, 11, 21, 9, fact_id, tzinfo=UTC),
        last_error="ValueError",
    )


def test_outbox_parked_lists() -> None:
    OutboxEvent.objects.create(name="samples.happened", payload={})
    rows = [park(1), park(2)]
    assert run() == (
        f"{rows[0].pk}\tsamples.happened\t{{'fact_id': 1}}\tValueError\t2026-11-21T09:01:00Z\n"
        f"{rows[1].pk}\tsamples.happened\t{{'fact_id': 2}}\tValueError\t2026-11-21T09:02:00Z\n"
        "2 parked\n"
    )


def test_outbox_parked_retries_some_or_all() -> None:
    rows = [park(n) for n in range(4)]
    assert run("--retry", str(rows[0].pk), str(rows[2].pk)) == "2 retried\n"
    assert list(OutboxEvent.objects.due().order_by("pk")) == [rows[0], rows[2]]
    assert run("--retry", "all") == "2 retried\n"
    assert run() == "0 parked\n"


def test_outbox_parked_refuses_what_is_no_id() -> None:
    park(1)
    with pytest.raises(CommandError, match="--retry takes ids"):
        run("--retry", "some")
    assert OutboxEvent.objects.parked().count() == 1
