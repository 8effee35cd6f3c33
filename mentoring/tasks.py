"""What beat asks of mentoring."""

from celery import shared_task

from mentoring.services import (
    actors,
    check_ins,
    directory,
    evidence,
    introduction_answers,
    introductions,
    lapses,
    mentorship_course,
    merging,
    need_tasks,
)


@shared_task(name="mentoring.keep_directory", acks_late=False)
def keep_directory() -> int:
    """Who is free again or no longer, and what organisations no longer offer, since the last time. Beat asks again."""
    return directory.refresh_passing()


@shared_task(name="mentoring.gather_evidence", acks_late=False)
def gather_evidence() -> int:
    """Count the sessions that ended beside the competences of who facilitated them. Beat asks again."""
    return evidence.gather_sessions()


@shared_task(name="mentoring.ask_renewals", acks_late=False)
def ask_renewals() -> int:
    """Ask whether what organisations offer still holds, a month before its date. Beat asks again."""
    return actors.ask_renewals()


@shared_task(name="mentoring.ask_check_ins", acks_late=False)
def ask_check_ins() -> int:
    """Ask how it goes at one and at two thirds of a mentorship. Beat asks again."""
    return check_ins.ask_due()


@shared_task(name="mentoring.tend_mentorships", acks_late=False)
def tend_mentorships() -> int:
    """Pauses that end, and mentorships whose end has come: their people are asked. Beat asks again."""
    return mentorship_course.tend()


@shared_task(name="mentoring.tend_introductions", acks_late=False)
def tend_introductions() -> int:
    """Draw the meetings of the month, once; close those that are over. Beat asks again."""
    return introductions.draw_due() + introduction_answers.close_over()


@shared_task(name="mentoring.tend_solicitations", acks_late=False)
def tend_solicitations() -> int:
    """What time does to asks: a reminder, a lapse, the next one in line; and the alerts of needs that wait. Beat asks
    again."""
    return lapses.tend_solicitations() + need_tasks.ring_tasks()


@shared_task(name="mentoring.forget_merges", acks_late=False)
def forget_merges() -> int:
    """Merges of competences that can be undone no more: what it would have taken is deleted. Beat asks again."""
    return merging.forget_merges()
