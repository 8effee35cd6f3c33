"""What is promised to somebody who comes: no reminder that will not be sent."""

from datetime import UTC, datetime, timedelta

import pytest

from peerhub.people.models import Circle
from sessions.answer_words import reminders_to_come
from sessions.models import PeerSession

BEGINS = datetime(2026, 11, 30, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "offsets", "said"),
    [
        (timedelta(days=9), [10080, 1440, 60], "Vous recevrez 3 rappels avant."),
        (timedelta(hours=3), [10080, 1440, 60], "Un rappel vous parviendra avant."),
        (timedelta(minutes=60), [1440, 60], "C’est bientôt\u00a0: il n’y aura plus de rappel."),
        (timedelta(days=9), [], "Aucun rappel n’est prévu\u00a0: notez la date dans votre agenda."),
        (timedelta(0), [1440, 60], ""),
    ],
)
def test_only_reminders_to_come_are_promised(before: timedelta, offsets: list[int], said: str) -> None:
    session = PeerSession(circle=Circle(), starts_at=BEGINS, time_zone="Europe/Paris", reminder_minutes=offsets)
    assert reminders_to_come(session, BEGINS - before) == said
