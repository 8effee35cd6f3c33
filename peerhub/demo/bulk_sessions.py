"""The sessions of the bench, their seats, their reminders, and the empty threads in which they are prepared."""

from datetime import UTC, datetime, timedelta

from forums.models import Topic
from forums.services.forums import sessions_forum
from peerhub.demo.bulk_discussions import COUNT_TOPICS
from peerhub.demo.bulk_ground import SECONDS_OF_DAY, Ground, at
from peerhub.demo.copying import (
    NULL,
    copy_lines,
    escaped,
    next_id,
    run,
    timed,
    without_indexes,
)
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle
from peerhub.text.markdown import RENDER_VERSION
from sessions.enums import Format
from sessions.local_time import days_before
from sessions.models import PeerSession, Registration, Reminder


def write_sessions(ground: Ground) -> None:
    rows, seats, reminders = _draw_sessions(ground)
    with timed(ground.say, "Sessions, seats and reminders") as written:
        with without_indexes(PeerSession):
            written.append(copy_lines(PeerSession, _SESSION, rows, _session_constants(ground)))
        with without_indexes(Registration):
            taken = {"state": "registered", "version": "1"}
            written.append(copy_lines(Registration, _REGISTRATION, seats, taken))
        written.append(copy_lines(Reminder, _REMINDER, reminders, {"attempts": "0", "skipped_reason": ""}))
        _write_threads(ground)


def _write_threads(ground: Ground) -> None:
    """The empty thread in which each session is prepared."""
    params = {"network": ground.network.pk, "forum": sessions_forum(ground.network).pk, "first": next_id(Topic)}
    run(_THREADS, params)
    run(_HANG_THREADS, params)
    run(COUNT_TOPICS, params)


def _draw_sessions(ground: Ground) -> tuple[list[str], list[str], list[str]]:
    """Rows of sessions, of registrations and of reminders; a third of the sessions lies ahead."""
    dice, first = ground.dice, next_id(PeerSession)
    own = Circle.objects.of_network(ground.network, CircleKind.NETWORK).pk
    public = Circle.objects.public().pk
    formats = [form.value for form in Format]
    rows, seats, reminders = [], [], []
    today = ground.now_s - ground.now_s % SECONDS_OF_DAY
    for number in range(ground.scale.sessions):
        day = dice.randrange(-700, 365)
        begins = today + day * SECONDS_OF_DAY + dice.randrange(7 * 4, 17 * 4) * 900
        capacity = dice.choice((8, 12, 12, 16, 20, 30, 60))
        people = dice.sample(range(ground.scale.members), min(capacity, dice.randrange(2, 26), ground.scale.members))
        body = ground.texts.pool[dice.randrange(len(ground.texts.pool))]
        rows.append(
            f"{first + number}\t{escaped(ground.texts.title(number))}\t{body.source}\t{body.html}\t{body.plain}\t"
            f"{formats[number % len(formats)]}\t{at(begins)}\t{at(begins + 5400)}\t{capacity}\t{len(people)}\t"
            f"{ground.token()}\t{at(begins - 30 * SECONDS_OF_DAY)}\t{at(begins - 30 * SECONDS_OF_DAY)}\t"
            f"{public if number % 10 == 0 else own}"
        )
        for person in people:
            taken_s = min(begins, ground.now_s) - dice.randrange(3600, 20 * SECONDS_OF_DAY)
            seats.append(f"{first + number}\t{ground.first_user + person}\t{ground.first_hat + person}\t{at(taken_s)}")
            if begins > ground.now_s:
                reminders += _reminders(ground, first + number, ground.first_user + person, begins)
    return rows, seats, reminders


def _reminders(ground: Ground, session: int, user: int, begins: int) -> list[str]:
    starts_at = datetime.fromtimestamp(begins, UTC)
    hours = ((1440, days_before(starts_at, "Europe/Paris")), (60, starts_at - timedelta(minutes=60)))
    return [
        f"{session}\t{user}\t{offset}\t{due.isoformat()}\t{due.isoformat() if due <= ground.now else NULL}"
        for offset, due in hours
    ]


def _session_constants(ground: Ground) -> dict[str, str]:
    return {
        "network_id": f"{ground.network.pk}",
        "created_by_id": f"{ground.first_user}",
        "time_zone": "Europe/Paris",
        "render_version": f"{RENDER_VERSION}",
        "state": "scheduled",
        "place": "",
        "video_url": "https://visio.example.org/banc",
        "is_invited_only": "f",
        "offer_minutes": "1440",
        "held_count": "0",
        "reminder_minutes": "{1440,60}",
        "reminder_note": "",
        "cancelled_reason": "",
        "sequence": "0",
    }


_SESSION = (
    "id", "title", "description", "description_html", "description_text", "format", "starts_at", "ends_at", "capacity",
    "registered_count", "uid", "created_at", "updated_at", "circle_id",
)  # fmt: skip
_REGISTRATION = ("session_id", "user_id", "affiliation_id", "registered_at")
_REMINDER = ("session_id", "user_id", "offset_minutes", "due_at", "sent_at")
_THREADS = """
INSERT INTO forums_topic (forum_id, network_id, circle_id, kind, title, slug, author_id, last_author_id, is_pinned,
  is_locked, post_count, last_number, last_post_at, answered_categories, token, created_at,
  accepted_reason, state, lock_reason, slow_seconds, is_held)
SELECT %(forum)s, network_id, circle_id, 'discussion', title, 'seance', created_by_id, created_by_id, false,
  false, 0, 0, created_at, '{}', md5('thread' || id)::uuid, created_at,
  '', 'open', '', 0, false
FROM peer_sessions_peersession WHERE network_id = %(network)s ORDER BY id
"""
_HANG_THREADS = """
UPDATE peer_sessions_peersession session SET topic_id = topic.id
FROM forums_topic topic
WHERE topic.forum_id = %(forum)s AND topic.token = md5('thread' || session.id)::uuid
"""
