"""What a bench asks of the application itself, in a process with Django: `python -m tests.bench.inside <what> <JSON>`.

Each function answers with JSON on the last line of stdout.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.cached_db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, QuerySet  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from forums.enums import ForumKind  # noqa: E402
from forums.models import POSTS_PER_PAGE, Forum, Post, Topic  # noqa: E402
from forums.queries.lists import TOPICS_PER_PAGE  # noqa: E402
from peerhub.demo.bulk import LONGEST, SLUG  # noqa: E402
from peerhub.demo.bulk_texts import COMMON_WORD  # noqa: E402
from peerhub.notifications import delivery  # noqa: E402
from peerhub.notifications.models import Delivery  # noqa: E402
from peerhub.outbox.models import OutboxEvent  # noqa: E402
from peerhub.people.enums import CircleKind  # noqa: E402
from peerhub.people.models import Membership, Network, User  # noqa: E402
from sessions.enums import RegistrationState  # noqa: E402
from sessions.models import PeerSession, Registration, Reminder  # noqa: E402
from sessions.services import reminders  # noqa: E402
from tests.bench.directory import run  # noqa: E402
from tests.bench.matching import run as find_peers  # noqa: E402

READERS = 50
CSRF = "b" * 32


def scene(readers: int = READERS, hot: int = 60, wide: int = 1000) -> dict[str, Any]:
    """Who reads, and what there is to read. Deterministic for one world."""
    network = Network.objects.get(slug=SLUG)
    people = _people(network)[:readers]
    open_topics = Topic.objects.filter(
        network=network, circle__kind=CircleKind.NETWORK, forum__kind=ForumKind.THEMED, is_locked=False
    )
    long_enough = open_topics.filter(last_number__gte=POSTS_PER_PAGE, last_number__lt=LONGEST // 2)
    topics = [_address(topic) for topic in long_enough.order_by("-last_post_at")[:wide]]
    public = Topic.objects.filter(network=network, circle__kind=CircleKind.PUBLIC, forum__kind=ForumKind.THEMED)
    public = public.filter(last_number__gte=POSTS_PER_PAGE).order_by("-last_post_at")
    longest = Topic.objects.filter(network=network).order_by("-last_number")[0]
    sessions = PeerSession.objects.filter(network=network, circle__kind=CircleKind.NETWORK).scheduled().upcoming()
    first = f"/r/{network.slug}"
    return {
        "cookies": [_sign_in(user) for user in people],
        "csrf": CSRF,
        "topics": topics[:hot],
        "topics_wide": topics,
        "topic_public": [_address(topic) for topic in public[:hot]],
        "topics_for_replies": [f"/sujets/{pk}/repondre/" for pk in open_topics.values_list("pk", flat=True)[:400]],
        "lists": _lists(network, CircleKind.NETWORK),
        "lists_public": _lists(network, CircleKind.PUBLIC),
        "home": [f"{first}/"],
        "sessions": [f"/seances/{pk}/" for pk in sessions.values_list("pk", flat=True)[:hot]],
        "month": [f"{first}/seances/?mois={timezone.localdate():%Y-%m}"],
        "agenda_public": [f"{first}/seances/"],
        "deep": [f"{_address(longest)}?page={page}" for page in (1, min(60, longest.page_count))],
        "deep_posts": longest.last_number,
        "search": [f"/recherche/?q={COMMON_WORD}&reseau={network.slug}"],
        "posts": Post.objects.count(),
        "members": Membership.objects.count(),
        "sessions_count": PeerSession.objects.count(),
    }


def _people(network: Network) -> list[User]:
    memberships = Membership.objects.active().filter(network=network).select_related("user").order_by("user_id")
    # The first one runs the network.
    return [membership.user for membership in memberships[1 : READERS + 1]]


def _address(topic: Topic) -> str:
    return str(topic.get_absolute_url())


def _lists(network: Network, kind: CircleKind) -> list[str]:
    forums = Forum.objects.themed().filter(network=network, circle__kind=kind).annotate(n=Count("topics"))
    rich: QuerySet[Forum] = forums.filter(n__gte=TOPICS_PER_PAGE).order_by("pk")
    return [f"/r/{network.slug}/discussions/{forum.slug}/" for forum in rich[:20]]


def _sign_in(user: User) -> str:
    """A session as signing in makes it; the value of the Cookie header."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def queries(addresses: dict[str, str], cookie: str, reply: str) -> dict[str, int]:
    """How many queries each page takes when the caches are warm, and a reply."""
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0], "cookie": cookie, "x-forwarded-proto": "https"})
    for part in cookie.split("; "):
        name, _, value = part.partition("=")
        client.cookies[name] = value
    counts = {}
    for name, address in addresses.items():
        for _ in range(2):
            client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")
        counts[name] = len(captured)
    for number in range(2):
        with CaptureQueriesContext(connection) as captured:
            response = client.post(
                reply,
                {"body": "Merci !", "token": f"00000000-0000-4000-9000-{time.time_ns() % 10**12:012}"},
                headers={"origin": settings.PUBLIC_URL, "x-csrftoken": CSRF, "hx-request": "true"},
            )
        if response.status_code != 201:
            raise RuntimeError(f"reply {number}: {response.status_code}")
    return {**counts, "reply": len(captured)}


def sizes(addresses: dict[str, str]) -> dict[str, int]:
    return {name: len(Client().get(address).content) for name, address in addresses.items()}


def many_seats(claimants: int, seats: int) -> dict[str, Any]:
    """A session with `seats` free seats, and people who have none yet; their cookies."""
    network = Network.objects.get(slug=SLUG)
    session = PeerSession.objects.filter(network=network, circle__kind=CircleKind.NETWORK).scheduled().upcoming()[5]
    session = PeerSession.objects.get(pk=session.pk)
    memberships = list(
        Membership.objects.active().filter(network=network).select_related("user").order_by("-user_id")[:claimants]
    )
    # Nobody has a seat elsewhere at that time.
    Reminder.objects.filter(session=session).delete()
    Registration.objects.filter(session=session).delete()
    Registration.objects.filter(user__in=[one.user_id for one in memberships]).delete()
    start = timezone.now() + timedelta(days=400)
    PeerSession.objects.filter(pk=session.pk).update(
        capacity=seats, registered_count=0, starts_at=start, ends_at=start + timedelta(hours=1)
    )
    return {"session": session.pk, "cookies": [_sign_in(one.user) for one in memberships], "csrf": CSRF}


def seats_taken(session: int) -> dict[str, int]:
    held = Registration.objects.filter(session=session, state=RegistrationState.REGISTERED).count()
    return {"held": held, "counted": PeerSession.objects.get(pk=session).registered_count}


def send_reminders(count: int) -> dict[str, Any]:
    """Make `count` reminders due, of sessions of about twenty people, and send them: one process, as a worker does.

    Seconds from "due" to the last one accepted by the SMTP server.
    """
    network = Network.objects.get(slug=SLUG)
    Delivery.objects.all().delete()
    now = timezone.now()
    first = Reminder.objects.filter(
        offset_minutes=reminders.DAY_BEFORE, sent_at=None, skipped_reason="", session__network=network
    )
    sessions: list[int] = []
    found = 0
    upcoming = PeerSession.objects.filter(network=network).scheduled().filter(starts_at__gt=now + timedelta(days=2))
    for pk in upcoming.order_by("pk").values_list("pk", flat=True):
        sessions.append(pk)
        found += first.filter(session=pk).count()
        if found >= count:
            break
    start = now + timedelta(hours=20)
    PeerSession.objects.filter(pk__in=sessions).update(starts_at=start, ends_at=start + timedelta(hours=1))
    Reminder.objects.filter(session__in=sessions, offset_minutes=reminders.HOUR_BEFORE).update(
        due_at=start - timedelta(hours=1)
    )
    first.filter(session__in=sessions).update(due_at=now)
    due = first.filter(session__in=sessions).count()
    began = time.perf_counter()
    while reminders.deliver_due():
        pass
    planned = time.perf_counter() - began
    while delivery.deliver_due():
        pass
    took = time.perf_counter() - began
    return {
        "due": due,
        "seconds": took,
        "notify_seconds": planned,
        # The others were set aside: read meanwhile, or told by an earlier mail.
        "sent": Delivery.objects.filter(state="sent").count(),
        "waiting": Delivery.objects.filter(state="pending").count(),
    }


def backlog() -> dict[str, int]:
    """What the workers have still to do."""
    waiting = OutboxEvent.objects.waiting()
    return {"events": waiting.count()}


def directory(people: int, count: int) -> dict[str, float]:
    return run(people, count, say=lambda line: print(line, file=sys.stderr))


def matching(people: int, count: int) -> dict[str, Any]:
    return find_peers(people, count, say=lambda line: print(line, file=sys.stderr))


WHAT: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (scene, queries, sizes, many_seats, seats_taken, send_reminders, backlog, directory, matching)
}

if __name__ == "__main__":
    print(json.dumps(WHAT[sys.argv[1]](**json.loads(sys.argv[2]))))
