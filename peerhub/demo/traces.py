"""What the demo accounts left behind and come back to: read marks, notifications, preferences.

Notifications are those that the handlers would have written, under the same keys; they have no delivery, so no mail
goes out for what is past.
"""

from datetime import datetime, timedelta

from forums.enums import ForumKind, TopicKind
from forums.models import Post, Topic, TopicRead
from peerhub.demo.cast import Cast, Person
from peerhub.demo.discussions import Played, speaks_in
from peerhub.notifications.enums import Channel, Frequency
from peerhub.notifications.models import Notification
from peerhub.notifications.services import set_preferences
from peerhub.people.models import User
from sessions.models import PeerSession, Registration

# When each account was here last: what moved since is new.
AWAY = {"animator": 14, "elected": 72, "agent": 30, "association": 44}
WINDOW = timedelta(days=30)
SHOWN = 24
# Announcements of sessions are opened later than discussions are read.
UNOPENED = timedelta(days=4)


def write_traces(cast: Cast, played: list[Played], sessions: list[PeerSession], now: datetime) -> None:
    notifications: list[Notification] = []
    for key, hours in AWAY.items():
        person = cast.accounts[key]
        left_at = now - timedelta(hours=hours)
        user = User.objects.get(pk=person.user_id)
        user.last_login = left_at - timedelta(minutes=25)
        user.save(update_fields=["last_login"])
        seen = set(Topic.objects.visible_to(user).values_list("pk", flat=True))
        visible = [one for one in played if one.topic.pk in seen]
        marks = _write_marks(person, visible, left_at)
        found = [*_of_topics(person, visible, marks), *_of_sessions(person, user, sessions, left_at)]
        recent = [one for one in found if one.created_at > now - WINDOW]
        notifications += sorted(recent, key=lambda one: one.created_at)[-SHOWN:]
    Notification.objects.bulk_create(sorted(notifications, key=lambda one: (one.created_at, one.recipient_id)))
    association = User.objects.get(pk=cast.accounts["association"].user_id)
    set_preferences(user=association, wishes={("forums.reply", Channel.EMAIL): Frequency.DAILY})


def _write_marks(person: Person, visible: list[Played], left_at: datetime) -> dict[int, int]:
    """Everything was read up to the last visit, the threads of sessions too, save a few discussions never opened.

    Returns the marks by topic.
    """
    marks: dict[int, int] = {}
    for index, one in enumerate(sorted(visible, key=lambda one: one.topic.last_post_at, reverse=True)):
        number = sum(at <= left_at for at in one.times)
        own = max((n for n, who in enumerate(one.scene.speakers, start=1) if who is person), default=0)
        never_opened = index % 9 == 4 and not own
        if number := 0 if never_opened else max(number, own):
            marks[one.topic.pk] = number
    prepared = Topic.objects.filter(forum__kind=ForumKind.SESSIONS, last_number__gt=0, last_post_at__lte=left_at)
    marks |= dict(prepared.filter(circle__members=person.user_id).values_list("pk", "last_number"))
    TopicRead.objects.filter(user=person.user_id).delete()
    TopicRead.objects.bulk_create(
        TopicRead(user_id=person.user_id, topic_id=topic_id, last_number=number, read_at=left_at)
        for topic_id, number in marks.items()
    )
    return marks


def _of_topics(person: Person, visible: list[Played], marks: dict[int, int]) -> list[Notification]:
    rows = []
    for one in visible:
        mark = marks.get(one.topic.pk, 0)
        if speaks_in(person, one):
            first = one.scene.speakers.index(person) + 1
            posts = Post.objects.filter(topic=one.topic, number__gt=first).exclude(author=person.user_id)
            rows += [_reply(person, one, post, is_read=post.number <= mark) for post in posts.defer("body_vector")]
        network = one.scene.theme.network
        if one.topic.kind == TopicKind.QUESTION and person.roles.get(network) == "animator":
            rows.append(
                _notification(
                    person,
                    "forums.question",
                    f"forums.question.{one.topic.pk}",
                    streak=f"topic.{one.topic.pk}",
                    target_id=one.topic.pk,
                    actor_id=one.topic.author_id,
                    network_id=one.topic.network_id,
                    created_at=one.topic.created_at,
                    is_read=mark > 0,
                )
            )
    return rows


def _reply(person: Person, one: Played, post: Post, *, is_read: bool) -> Notification:
    return _notification(
        person,
        "forums.reply",
        f"forums.reply.{post.pk}",
        streak=f"topic.{one.topic.pk}",
        target_id=post.pk,
        actor_id=post.author_id,
        network_id=one.topic.network_id,
        created_at=post.created_at,
        is_read=is_read,
    )


def _of_sessions(person: Person, user: User, sessions: list[PeerSession], left_at: datetime) -> list[Notification]:
    visible = set(PeerSession.objects.visible_to(user).values_list("pk", flat=True))
    networks = set(user.memberships.values_list("network_id", flat=True))
    registrations = list(Registration.objects.filter(user=user).select_related("session"))
    joined = {registration.session_id for registration in registrations}
    announced = [
        _notification(
            person,
            "sessions.created",
            f"session:{session.pk}:created",
            streak=f"session.{session.pk}",
            target_id=session.pk,
            actor_id=session.created_by_id,
            network_id=session.network_id,
            created_at=session.created_at,
            is_read=session.pk in joined or session.created_at < left_at - UNOPENED,
        )
        for session in sessions
        if session.pk in visible and session.network_id in networks and session.created_by_id != person.user_id
    ]
    confirmed = [
        _notification(
            person,
            "sessions.confirmed",
            f"registration:{registration.pk}:confirmed:{registration.version}",
            streak=f"session.{registration.session_id}",
            target_id=registration.session_id,
            actor_id=None,
            network_id=registration.session.network_id,
            created_at=registration.registered_at,
            is_read=True,
        )
        for registration in registrations
    ]
    return announced + confirmed


def _notification(
    person: Person,
    kind: str,
    key: str,
    *,
    streak: str,
    target_id: int,
    actor_id: int | None,
    network_id: int,
    created_at: datetime,
    is_read: bool,
) -> Notification:
    return Notification(
        recipient_id=person.user_id,
        kind=kind,
        key=key,
        streak=streak,
        target_id=target_id,
        actor_id=actor_id,
        network_id=network_id,
        created_at=created_at,
        read_at=created_at + timedelta(minutes=50) if is_read else None,
    )
