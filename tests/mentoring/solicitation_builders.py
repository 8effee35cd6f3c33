"""Asks for tests, made by the services that production calls."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F

from mentoring.models import Need, NeedTask, Solicitation
from mentoring.services.solicitations import send_solicitations
from peerhub.people.models import Membership

QUESTION = "Comment avez-vous gardé vos soirées ?"


def ask(need: Need, *peers: Membership, **fields: Any) -> list[Solicitation]:
    """Ask these peers in order; the first one is asked now."""
    wanted: dict[str, Any] = {"question": QUESTION, "wants_call": True, "token": uuid4(), **fields}
    return send_solicitations(asker=need.author, need=need, peers=[one.user_id for one in peers], **wanted)


def states(need: Need) -> list[str]:
    """What became of each, in the order of the steps."""
    rows = Solicitation.objects.filter(need=need).order_by("position", "pk")
    return list(rows.values_list("state", flat=True))


def move_clock(days: float) -> None:
    """So many days pass for every ask and every task."""
    gone = timedelta(days=days)
    Solicitation.objects.filter(sent_at__isnull=False).update(
        sent_at=F("sent_at") - gone, remind_at=F("remind_at") - gone, due_at=F("due_at") - gone
    )
    Need.objects.filter(opened_at__isnull=False).update(opened_at=F("opened_at") - gone)
    NeedTask.objects.update(due_at=F("due_at") - gone, rung_at=F("rung_at") - gone)
