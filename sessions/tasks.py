"""The worker's side of sessions."""

from celery import shared_task

from sessions.services import (
    conclusions,
    decisions,
    evaluations,
    minutes,
    polls,
    programmes,
    reminders,
    reports,
    seats_offers,
)


@shared_task(name="sessions.send_due_reminders", acks_late=False)
def send_due_reminders() -> int:
    """Send what is due. Losing this task loses nothing: beat asks again in a few seconds."""
    return reminders.deliver_due()


@shared_task(name="sessions.chase_polls", acks_late=False)
def chase_polls() -> int:
    """Remind, 48 hours before the deadline of a date poll, those who have not answered. Beat asks again."""
    return polls.chase_due()


@shared_task(name="sessions.seal_conclusions", acks_late=False)
def seal_conclusions() -> int:
    """Seal what nobody objected to within the delay. Beat asks again."""
    return conclusions.seal_due()


@shared_task(name="sessions.tend_seats", acks_late=False)
def tend_seats() -> int:
    """What time does to seats: offers end or are reminded of, floors are released. Beat asks again."""
    return seats_offers.lapse_offers() + seats_offers.remind_of_offers() + seats_offers.release_due_floors()


@shared_task(name="sessions.keep_the_past", acks_late=False)
def keep_the_past() -> int:
    """Of sessions that are over, keep the circle as it was where the programme says so. Beat asks again."""
    return programmes.keep_every_past()


@shared_task(name="sessions.follow_up", acks_late=False)
def follow_up() -> int:
    """What is owed after sessions: decisions due tomorrow, opinions to ask for, minutes that do not come. Beat asks
    again."""
    return decisions.remind_due() + evaluations.ask_due() + reports.chase_due()


@shared_task(name="sessions.merge_minutes", acks_late=False)
def merge_minutes() -> int:
    """Of minutes published for a month, keep one change that stands for all. Beat asks again."""
    return minutes.merge_old()
