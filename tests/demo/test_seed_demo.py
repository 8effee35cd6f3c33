"""The demo world: whole, the same twice, silent about the past, and open to nobody whom it is not for."""

import html
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from forums.models import Forum, HeldText, Post, TagSynonym, Topic, TopicRead
from forums.queries.feeds import latest_public_topics, questions_awaiting, unread_topics_for
from forums.services.counters import find_drifts
from mentoring.models import DeclaredCompetence, DirectoryEntry
from mentoring.services.directory import wrong_entries
from peerhub.demo import world
from peerhub.demo.accounts import ACCOUNTS, PASSWORD, accounts_table
from peerhub.demo.dates import PARIS
from peerhub.moderation.models import Case
from peerhub.notifications.models import Delivery, Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.people.models import Circle, CircleMember, Membership, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import repair_circle
from sessions.models import Conclusion, Evaluated, Evaluation, PeerSession, Registration, Reminder
from sessions.queries.reports import state_of
from sessions.services.registration import repair_counts
from sessions.services.sealing import verify_chain
from tests.conftest import Browser

pytestmark = pytest.mark.django_db


def silent(_line: str) -> None:
    pass


@pytest.fixture(scope="module")
def _seeded_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """One world for the module: it takes seconds to make."""
    now = timezone.now()
    with django_db_blocker.unblock():
        world.seed(now, silent)
    yield now
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        world.clear()
        cursor.execute("TRUNCATE people_territory, people_actorcategory, people_edition, mentoring_competence CASCADE")


@pytest.fixture
def now(_seeded_once: datetime) -> datetime:
    return _seeded_once


def account(key: str) -> User:
    email = next(one.email for one in ACCOUNTS if one.key == key)
    return User.objects.get(email=email)


def counts() -> dict[str, int]:
    models = (User, Membership, CircleMember, Forum, Topic, Post, PeerSession, Registration, Reminder, Notification)
    return {model.__name__: model._default_manager.count() for model in models}


def test_world_has_the_sizes_of_the_issue(now: datetime) -> None:
    assert Membership.objects.filter(network__slug="catalyseurs").count() == 350
    assert Membership.objects.filter(network__slug="catalyseurs", role="animator").count() == 12
    programme = Network.objects.get(slug="territoires-en-chemin")
    assert programme.delegations.count() == 10
    assert programme.memberships.filter(delegation__isnull=False).count() == 90
    assert Topic.objects.filter(forum__kind="themed").count() == 74
    assert Post.objects.filter(topic__forum__kind="themed").count() == 539
    assert PeerSession.objects.exclude(circle__kind="conversation").count() == 40
    assert DirectoryEntry.objects.count() == Membership.objects.count()
    assert 3 < DeclaredCompetence.objects.count() / 400 < 5


def test_themes_stand_in_a_tree_and_topics_have_words_and_places(now: datetime) -> None:
    above = Forum.objects.filter(parent__isnull=False).values_list("slug", "parent__slug")
    assert dict(above) == {"filieres-locales": "alimentation", "financement": "ess"}
    network = Network.objects.get(slug="catalyseurs")
    assert {tag.slug for tag in network.tags.filter(topics=None)} == set()
    assert (network.tags.count(), TagSynonym.objects.filter(network=network).count()) == (9, 13)
    reports = Topic.objects.filter(network=network, kind="report")
    assert reports.filter(territory__isnull=True).count() == 0 < reports.count()


def test_every_counter_is_right(now: datetime) -> None:
    assert list(find_drifts()) == []
    assert repair_counts(write=False) == []
    assert wrong_entries() == []
    assert [repair_circle(circle, write=False) for circle in Circle.objects.all()] == [
        (set(), set(), 0) for _circle in Circle.objects.all()
    ]


def test_nothing_of_the_past_is_announced(now: datetime) -> None:
    assert OutboxEvent.objects.count() == 0
    assert Delivery.objects.count() == 0
    assert Reminder.objects.due(now).count() == 0


def test_nothing_happens_in_the_future_or_at_night(now: datetime) -> None:
    themed = Post.objects.filter(topic__forum__kind="themed")
    hours = {at.astimezone(PARIS).hour for at in themed.values_list("created_at", flat=True)}
    assert hours <= set(range(7, 22))
    assert Post.objects.filter(created_at__gt=now).count() == 0


def test_nobody_wrote_or_registered_before_joining(now: datetime) -> None:
    own = Membership.objects.filter(user=OuterRef("author"), network=OuterRef("topic__network"))
    assert Post.objects.filter(created_at__lt=Subquery(own.values("joined_at")[:1])).count() == 0
    own = Membership.objects.filter(user=OuterRef("user"), network=OuterRef("session__network"))
    assert Registration.objects.filter(registered_at__lt=Subquery(own.values("joined_at")[:1])).count() == 0
    assert Registration.objects.filter(registered_at__gt=now).count() == 0


def test_posts_of_a_topic_follow_each_other(now: datetime) -> None:
    by_topic: dict[int, list[datetime]] = {}
    for topic, at in Post.objects.order_by("topic", "number").values_list("topic", "created_at"):
        by_topic.setdefault(topic, []).append(at)
    assert all(times == sorted(times) for times in by_topic.values())


def test_in_the_space_of_a_category_only_that_category_writes(now: datetime) -> None:
    """The animator, who prepares the sessions of every category, is the only other one."""
    rows = Post.objects.filter(topic__circle__kind="category").exclude(author=account("animator"))
    pairs = set(rows.values_list("topic__circle__category__slug", "affiliation__category__slug"))
    assert pairs == {(slug, slug) for slug in ("elected", "agent", "association")}


@pytest.mark.parametrize("demo", ACCOUNTS, ids=lambda one: one.key)
def test_each_account_signs_in(now: datetime, demo: Any, browser: Browser) -> None:
    page = browser.post("/compte/login/", {"login": demo.email, "password": PASSWORD})
    assert page.status_code == 302, page.content.decode()[:2000]
    assert browser.session["_auth_user_id"] == str(User.objects.get(email=demo.email).pk)


@pytest.mark.parametrize("key", ["animator", "elected", "agent", "association"])
def test_each_member_finds_something_new(now: datetime, key: str) -> None:
    user = account(key)
    network = Network.objects.get(slug="catalyseurs")
    membership = membership_for(user, network)
    assert len(unread_topics_for(user, network, membership)) >= 3
    assert len(questions_awaiting(user, membership)) == 3
    assert Notification.objects.filter(recipient=user).listed().unread().count() >= 1


def test_newcomer_arrives_with_little_to_read(now: datetime) -> None:
    user = account("newcomer")
    network = Network.objects.get(slug="catalyseurs")
    assert TopicRead.objects.filter(user=user).count() == 0
    assert 1 <= len(unread_topics_for(user, network, membership_for(user, network), limit=50)) <= 15


def test_a_reminder_falls_due_within_minutes(now: datetime) -> None:
    soon = Reminder.objects.filter(offset_minutes=60, due_at__range=(now, now + timedelta(minutes=8)))
    assert {"elue@example.org", "agent@example.org", "association@example.org", "nouveau@example.org"} <= set(
        soon.values_list("user__email", flat=True)
    )
    assert soon.count() < 15


def test_elected_official_has_a_session_tomorrow(now: datetime) -> None:
    tomorrow = now.astimezone(PARIS).date() + timedelta(days=1)
    starts = PeerSession.objects.joined_by(account("elected")).values_list("starts_at", flat=True)
    assert tomorrow in {at.astimezone(PARIS).date() for at in starts}


def test_some_session_is_full_and_none_too_full(now: datetime) -> None:
    sessions = list(PeerSession.objects.upcoming(now).filter(opens_to=None))  # drafts wait for their invitations
    assert any(session.is_full for session in sessions)
    assert all(session.registered_count > 0 for session in sessions)


def test_public_page_shows_something(now: datetime) -> None:
    network = Network.objects.get(slug="catalyseurs")
    assert len(latest_public_topics(network)) == 5


def test_confidential_theme_stays_in_its_circle(now: datetime, browser: Browser) -> None:
    forum = Forum.objects.get(slug="entre-elus")
    topic = Topic.objects.filter(forum=forum).first()
    assert topic is not None
    url = f"/sujets/{topic.pk}/{topic.slug}/"
    assert browser.as_user(account("elected")).get(url).status_code == 200
    for key in ("animator", "agent", "association", "newcomer", "administrator"):
        assert browser.as_user(account(key)).get(url).status_code == 404
    assert "sujet" in url


def test_the_animation_has_something_to_show(now: datetime, browser: Browser) -> None:
    """A closed discussion, one that leads to another, a text that waits, and an open case with a word to its author."""
    animator, agent = account("animator"), account("agent")
    closed = Topic.objects.get(is_locked=True)
    browser.as_user(animator)
    assert closed.lock_reason in html.unescape(browser.get(closed.get_absolute_url()).content.decode())
    merged = Topic.objects.get(state="merged")
    led = browser.as_user(agent).get(merged.get_absolute_url())
    assert merged.merged_into is not None
    assert (led.status_code, led.headers["Location"]) == (302, merged.merged_into.get_absolute_url())
    held = HeldText.objects.get()
    assert (held.state, held.author, held.topic.is_held if held.topic else None) == (
        "waiting",
        account("association"),
        True,
    )
    cases = Case.objects.visible_to(animator).judged_by(animator).waiting().order_by("kind")
    assert [(one.kind, one.report_count, one.messages.count()) for one in cases] == [("held", 0, 0), ("report", 1, 1)]
    queue = browser.as_user(animator).get("/r/catalyseurs/moderation/").content.decode()
    assert [f"/moderation/{one.pk}/" in queue for one in cases] == [True, True]


def test_the_peer_day_of_the_past_left_all_that_a_peer_day_leaves(now: datetime, browser: Browser) -> None:
    held = PeerSession.objects.filter(peer_day__isnull=False, ends_at__lt=now).order_by("starts_at", "pk")
    formats = sorted(held.values_list("format", flat=True))
    assert formats == ["agora", "peer_group", "peer_group", "peer_group"]
    agora = held.get(format="agora")
    assert [str(state_of(one)) for one in held] == ["published"] * 4
    for session in held:
        assert Evaluation.objects.filter(session=session).count() >= 6
        assert Evaluated.objects.filter(session=session).count() == Evaluation.objects.filter(session=session).count()
        assert session.attendances.filter(is_present=True).count() >= 6
        assert session.decisions.count() >= 2
    assert Conclusion.objects.filter(state="revealed", agora=agora).count() == 3
    assert verify_chain() == []
    elected = account("elected")
    (group,) = [one for one in held if one.registrations.filter(user=elected).exists() and one.format != "agora"]
    browser.as_user(elected)
    assert "Nous décidons mieux" in browser.get(f"/seances/{group.pk}/conclusions/").content.decode()
    assert "On s’est parlé sans détour." in browser.get(f"/seances/{group.pk}/avis/").content.decode()
    assert "Partager nos délibérations" in browser.get("/suites/").content.decode()
    network = group.network
    assert Membership.objects.filter(network=network, role="animator").count() == 2


def test_seeding_again_changes_nothing(now: datetime) -> None:
    before = counts()
    call_command("seed_demo", verbosity=0)
    assert counts() == before


def test_production_is_refused(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRODUCTION", True)
    with pytest.raises(CommandError, match="published password"):
        call_command("seed_demo", verbosity=0)
    with pytest.raises(CommandError, match="never reset"):
        call_command("seed_demo", "--reset", "--yes", verbosity=0)
    with pytest.raises(CommandError, match="No bench in production"):
        call_command("seed_bench", verbosity=0)


def test_accounts_are_told_in_columns() -> None:
    lines = accounts_table().splitlines()
    assert len(lines) == 7
    assert lines[-1].endswith(PASSWORD)


def _digest(now: datetime) -> list[Any]:
    """What a world says, its dates as distances from its day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(concat_ws('|', u.email, u.given_name, t.code, a.title), ',' ORDER BY u.email)) "
            "FROM people_user u JOIN people_affiliation a ON a.user_id = u.id "
            "JOIN people_territory t ON t.id = a.territory_id"
        )
        people = cursor.fetchall()
        cursor.execute(
            "SELECT md5(string_agg(concat_ws('|', p.body, u.email, p.token, p.created_at - %s), ',' ORDER BY p.token)) "
            "FROM forums_post p JOIN people_user u ON u.id = p.author_id JOIN forums_topic t ON t.id = p.topic_id "
            "JOIN forums_forum f ON f.id = t.forum_id WHERE f.kind = 'themed'",
            [now],
        )
        posts = cursor.fetchall()
        cursor.execute(
            "SELECT md5(string_agg(concat_ws('|', s.title, u.email), ',' ORDER BY s.title, s.id, u.email)) "
            "FROM peer_sessions_registration r JOIN people_user u ON u.id = r.user_id "
            "JOIN peer_sessions_peersession s ON s.id = r.session_id"
        )
        return [people, posts, cursor.fetchall()]


def test_same_day_gives_the_same_world(now: datetime) -> None:
    """Made twice, a week apart: the same people say the same at the same distance."""
    first = datetime(2027, 3, 9, 9, tzinfo=UTC)
    digests = []
    for moment in (first, first + timedelta(days=7)):
        world.clear()
        world.seed(moment, silent)
        digests.append(_digest(moment))
    assert digests[0] == digests[1]


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 26), date(2028, 2, 29)])
def test_any_day_will_do(now: datetime, day: date) -> None:
    """The eve of changes of hour, a leap day, weekends."""
    world.clear()
    call_command("seed_demo", "--today", day.isoformat(), verbosity=0)
    assert Post.objects.filter(created_at__gt=datetime.combine(day, datetime.max.time(), tzinfo=PARIS)).count() == 0
    assert list(find_drifts()) == []
