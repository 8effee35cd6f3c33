"""A plain claim is written in one statement: the same rows as by the ORM, table by table."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils import timezone

from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.services import emit
from sessions.events import Registered
from sessions.models import Reminder, SeatEvent
from sessions.services.registration import register
from sessions.services.reminders import plan_reminders
from sessions.services.seats_room import blank_row
from tests.builders import make_member
from tests.sessions.builders import make_session

pytestmark = pytest.mark.django_db


def columns(row: Model, *left: str) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in {"id", *left}}


@pytest.mark.parametrize("hours", [2, 30, 24 * 30])
def test_a_plain_claim_writes_what_the_orm_writes(hours: int) -> None:
    session = make_session(capacity=3, starts_at=timezone.now() + timedelta(hours=hours))
    one, other = make_member(session.network, category="elected"), make_member(session.network)
    register(user=one.user, session=session)  # the log has begun
    before = timezone.now()
    seat = register(user=other.user, session=session)
    seat.refresh_from_db()
    session.refresh_from_db()

    plain = blank_row(session, other)
    assert columns(seat, "registered_at") == columns(plain, "registered_at")
    assert before <= seat.registered_at <= timezone.now()

    plan_reminders(session=session, user_ids=[one.user_id])  # by the ORM, over the rows of the first
    written = Reminder.objects.filter(session=session).order_by("-offset_minutes")
    by_statement = [columns(row, "user_id") for row in written.filter(user=other.user)]
    assert by_statement == [columns(row, "user_id") for row in written.filter(user=one.user)]
    assert len(by_statement) > 1

    with transaction.atomic():
        emit(Registered(registration_id=seat.pk, version=1))
    plainly, told = OutboxEvent.objects.filter(name="sessions.registered").order_by("-pk")[:2]
    times = ("created_at", "available_at")
    assert columns(told, *times) == columns(plainly, *times)

    entry = SeatEvent.objects.filter(session=session).latest("number")
    assert model_to_dict(entry, exclude=["id"]) == {
        "session": session.pk,
        "number": 3,  # after the rules, and the first
        "kind": "seated",
        "holder": f"u{other.user_id}",
        "facts": {
            "category": other.affiliation.category_id,
            "delegation": None,
            "capacity": 3,
            "why": "free",
            "taken": 2,
        },
        "actor": other.user_id,
        "at": seat.registered_at,
    }
    assert (session.registered_count, session.held_count) == (2, 0)
