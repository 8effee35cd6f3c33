"""Who gets what at every address, and no secret for those who may not have it."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from forums.models import Post
from forums.services.saved_searches import tell_new_finds
from peerhub.live.registry import registered_groups
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Delivery
from tests.architecture.routes import ROUTES
from tests.architecture.world import CONFIDENTIAL, KINDS, SECRETS, World, canary
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

LETTERS = {200: "o", 204: "e", 403: "f", 404: "n", 405: "x"}


def route_names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from route_names(pattern.url_patterns, pattern.namespace or namespace)
        elif pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


def letter(response: Any) -> str:
    if response.status_code in {301, 302, 303}:
        return "l" if response["Location"].startswith(reverse("account_login")) else "r"
    return LETTERS.get(response.status_code, str(response.status_code))


def address(world: World, kind: str, name: str) -> str:
    route = ROUTES[name]
    return reverse(name.partition("#")[0], kwargs=dict(route.arguments(world, kind))) + route.query


def told(response: Any) -> str:
    """All that an answer says: headers and body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.headers} {body.decode(errors='replace')}".lower()


def leaks(text: str, kind: str) -> list[str]:
    """The secrets in a text that this kind of person may not be shown."""
    return [secret for secret, kinds in SECRETS.items() if kind not in kinds and canary(secret) in text.lower()]


def test_every_route_is_in_the_table() -> None:
    """Django's own administration is walked apart, by the models that it shows."""
    names = {name for name in route_names(get_resolver().url_patterns) if not name.startswith("admin:")}
    assert names == {name.partition("#")[0] for name in ROUTES}


@pytest.mark.parametrize("kind", KINDS)
def test_each_person_gets_what_the_table_says_and_no_secret(
    kind: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    found, secrets, shown = {}, {}, set()
    browser = Browser()
    if kind != "anonymous":
        browser.as_user(world.people[kind])
    for name in ROUTES:
        response = browser.get(address(world, kind, name))
        found[name] = letter(response)
        text = told(response)
        if leaked := leaks(text, kind):
            secrets[name] = leaked
        shown |= {secret for secret in SECRETS if canary(secret) in text}
    assert secrets == {}
    expected = {name: route.expected[KINDS.index(kind)] for name, route in ROUTES.items()}
    assert {name: got for name, got in found.items() if got != expected[name]} == {}
    # Each secret is shown to whom it belongs: its absence elsewhere means something.
    assert shown == {secret for secret, kinds in SECRETS.items() if kind in kinds}
    assert [line for line in caplog.text.lower().splitlines() if re.search(r"zq\w+zq", line)] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"elected", "delegate", "agent", "animator"}])
def test_posting_anywhere_tells_no_secret(kind: str, world: World) -> None:
    secrets = {}
    browser = Browser()
    for name in ROUTES:
        # Again where the last answer has ended the session, or begun another.
        if kind != "anonymous" and settings.SESSION_COOKIE_NAME not in browser.cookies:
            browser.as_user(world.people[kind])
        response = browser.post(address(world, kind, name), {})
        if settings.SESSION_COOKIE_NAME in response.cookies:
            browser.cookies.clear()
        if leaked := leaks(told(response), kind):
            secrets[name] = leaked
    assert secrets == {}


def test_administration_shows_no_confidential_text(world: World) -> None:
    browser = Browser().as_user(world.people["administrator"])
    from django.contrib.admin import site  # noqa: PLC0415 - registered by the autodiscovery

    walked = 0
    for model in site._registry:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{stem}_changelist"), reverse(f"{stem}_changelist") + "?q=potiron"]
        for pk in model._default_manager.values_list("pk", flat=True)[:40]:
            pages += [reverse(f"{stem}_change", args=[pk]), reverse(f"{stem}_history", args=[pk])]
        for page in pages:
            text = told(browser.get(page))
            assert [secret for secret in CONFIDENTIAL if canary(secret) in text] == [], page
            walked += 1
    assert walked > 100


def test_mails_say_that_something_happened_never_what(world: World) -> None:
    deliver_due()
    by_address = {user.email: kind for kind, user in world.people.items()}
    assert len(mail.outbox) > 5
    for message in mail.outbox:
        raw = message.message().as_string()
        parts = [str(part.get_payload(decode=True) or b"") for part in message.message().walk()]
        text = raw + " ".join(parts)
        kind = by_address[message.to[0]]
        assert leaks(text, kind) == [], message.subject
        assert [secret for secret in CONFIDENTIAL if canary(secret) in text.lower()] == [], message.subject


def test_calendars_say_that_something_happens_never_what(world: World) -> None:
    for kind in world.people:
        text = told(Browser().get(reverse("sessions:feed", args=[world.feeds[kind]])))
        assert leaks(text, kind) == []
        assert [secret for secret in CONFIDENTIAL if canary(secret) in text] == []


def test_atom_feeds_say_that_something_was_written_never_what(world: World) -> None:
    for kind in world.people:
        for name in ("own-feed", "own-followed-feed"):
            text = told(Browser().get(reverse(f"forums:{name}", args=[world.atoms[kind]])))
            assert leaks(text, kind) == []
            assert [secret for secret in CONFIDENTIAL if canary(secret) in text] == []
        searched = told(
            Browser().get(reverse("forums:own-search-feed", args=[world.atoms[kind], world.searches[kind]]))
        )
        assert leaks(searched, kind) == []
        assert [secret for secret in CONFIDENTIAL if canary(secret) in searched] == []
    theirs = world.forums["elected"].pk
    text = told(Browser().get(reverse("forums:own-theme-feed", args=[world.atoms["elected"], theirs])))
    assert text.count("<entry>") == Post.objects.filter(topic=world.topics["elected"], is_removed=False).count()
    assert [secret for secret in SECRETS if canary(secret) in text] == []


def test_kept_searches_tell_of_confidential_texts_only_that_something_was_found(world: World) -> None:
    assert tell_new_finds(now=timezone.now() + timedelta(minutes=2)) > 5
    Delivery.objects.filter(notification__kind="forums.saved_search").update(due_at=timezone.now())
    mail.outbox.clear()
    deliver_due()
    by_address = {user.email: kind for kind, user in world.people.items()}
    assert len(mail.outbox) > 5
    for message in mail.outbox:
        text = " ".join(str(part.get_payload(decode=True) or b"") for part in message.message().walk())
        assert leaks(f"{message.subject} {text}", by_address[message.to[0]]) == []
        assert [secret for secret in CONFIDENTIAL if canary(secret) in f"{message.subject} {text}".lower()] == []


def test_sockets_are_opened_to_those_who_see_the_page(world: World) -> None:
    # The tests of the socket itself register a room of their own.
    ours = [group for group in registered_groups() if not group.can_watch.__module__.startswith("tests.")]
    judges = {group.name: group.can_watch for group in ours}
    assert set(judges) == {"topic", "session", "minutes", "poll", "user"}
    for kind, user in world.kinds():
        user_id = user.pk if user else None
        for secret, kinds in SECRETS.items():
            if secret in world.topics:
                assert judges["topic"](user_id, world.topics[secret].pk) == (kind in kinds), (kind, secret)
                assert judges["session"](user_id, world.sessions[secret].pk) == (kind in kinds), (kind, secret)
                # Of a session that is open to the web, what is being written is for the members of its network.
                readers = kinds & SECRETS["network"] if secret == "public" else kinds
                assert judges["minutes"](user_id, world.sessions[secret].pk) == (kind in readers), (kind, secret)
        for secret, poll in world.polls.items():
            runs_it = kind == "animator" and kind in SECRETS[secret]
            assert judges["poll"](user_id, poll.pk) == runs_it, (kind, secret)
        for other in world.people.values():
            assert judges["user"](user_id, other.pk) == (user_id == other.pk)


def test_who_reads_is_known_inside_the_circle_alone(world: World) -> None:
    """Never to visitors, and nowhere where the whole web reads."""
    tells = {group.name: group.presence for group in registered_groups() if group.presence}
    tells = {name: names for name, names in tells.items() if not names.__module__.startswith("tests.")}
    assert set(tells) == {"topic"}
    told = 0
    for secret, topic in world.topics.items():
        circle = topic.circle
        for kind, user in world.kinds():
            if user is None:
                continue
            is_inside = kind in SECRETS[secret] and circle.kind != "public" and circle.members.contains(user)
            assert (tells["topic"](user.pk, topic.pk) is not None) == is_inside, (kind, secret)
            told += is_inside
    assert told > 5


def test_searching_counts_only_what_one_may_see(world: World) -> None:
    for kind, user in world.kinds():
        browser = Browser()
        if user:
            browser.as_user(user)
        found = browser.get(reverse("portal:search"), {"q": "potiron"}).context["found"]
        mine = {secret for secret, kinds in SECRETS.items() if kind in kinds and secret in world.topics}
        assert {hit.topic_id for hit in found.topics.hits} == {world.topics[secret].pk for secret in mine}, kind
        planned = {session.pk for secret, session in world.sessions.items() if kind in SECRETS[secret]}
        assert {session.pk for session in found.sessions} == planned, kind
        themes = {one.label for facet in found.topics.facets if facet.name == "theme" for one in facet.values}
        assert themes == ({world.forums[secret].title for secret in mine} if len(mine) > 1 else set()), kind
