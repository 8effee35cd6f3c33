"""What beat asks of the workers, and how often: the one list of every room's recurring work."""

from typing import Any


def every(seconds: float, task: str) -> dict[str, Any]:
    """A sweep that waited longer than its period is pointless: the next one is there."""
    return {"task": task, "schedule": seconds, "options": {"expires": int(seconds)}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": every(10.0, "peerhub.portal.heartbeat"),
    "outbox-sweep": every(5.0, "peerhub.outbox.sweep"),
    "outbox-purge": every(60 * 60.0, "peerhub.outbox.purge"),
    "notifications-deliver": every(3.0, "peerhub.notifications.deliver"),
    "files-purge": every(60 * 60.0, "peerhub.files.purge"),
    "forums-bookmarks": every(120.0, "forums.remind_of_bookmarks"),
    "forums-new-finds": every(10 * 60.0, "forums.tell_new_finds"),
    "forums-unpin": every(60 * 60.0, "forums.unpin_expired"),
    "sessions-reminders": every(15.0, "sessions.send_due_reminders"),
    "sessions-seats": every(30.0, "sessions.tend_seats"),
    "sessions-poll-chases": every(300.0, "sessions.chase_polls"),
    "sessions-seals": every(60.0, "sessions.seal_conclusions"),
    "sessions-follow-up": every(300.0, "sessions.follow_up"),
    "sessions-past": every(10 * 60.0, "sessions.keep_the_past"),
    "sessions-minutes": every(60 * 60.0, "sessions.merge_minutes"),
    "mentoring-renewals": every(60 * 60.0, "mentoring.ask_renewals"),
    "mentoring-asks": every(10 * 60.0, "mentoring.tend_solicitations"),
    "mentoring-directory": every(5 * 60.0, "mentoring.keep_directory"),
    "mentoring-evidence": every(60 * 60.0, "mentoring.gather_evidence"),
    "mentoring-check-ins": every(60 * 60.0, "mentoring.ask_check_ins"),
    "mentoring-mentorships": every(60 * 60.0, "mentoring.tend_mentorships"),
    "mentoring-introductions": every(60 * 60.0, "mentoring.tend_introductions"),
    "mentoring-merges": every(60 * 60.0, "mentoring.forget_merges"),
    "moderation-end": every(120.0, "peerhub.moderation.end_sanctions"),
}
