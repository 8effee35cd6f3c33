"""Bookmarks, and the hour of their reminders."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from forums.acting_forms import suggested_days
from forums.models import Bookmark, Post, Topic
from forums.services.bookmarks import due_at, keep_post, let_go, tell_due
from forums.services.editing import remove_post
from peerhub.notifications.models import Notification
from peerhub.notifications.queries import lines_for
from peerhub.people.errors import DomainError, Refused
from peerhub.people.services.circles import remove_member
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_post, make_posts, make_topic

pytestmark = pytest.mark.django_db


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


@pytest.fixture
def post(topic: Topic) -> Post:
    return make_post(topic, topic.author)


@pytest.mark.parametrize(
    ("day", "zone", "hour"),
    [
        (date(2027, 3, 27), "Europe/Paris", datetime(2027, 3, 27, 7, tzinfo=UTC)),
        (date(2027, 3, 28), "Europe/Paris", datetime(2027, 3, 28, 6, tzinfo=UTC)),  # the hour changed that night
        (date(2027, 10, 30), "Europe/Paris", datetime(2027, 10, 30, 6, tzinfo=UTC)),
        (date(2027, 10, 31), "Europe/Paris", datetime(2027, 10, 31, 7, tzinfo=UTC)),
        (date(2027, 7, 14), "Indian/Reunion", datetime(2027, 7, 14, 4, tzinfo=UTC)),
        (date(2027, 7, 14), "Pacific/Noumea", datetime(2027, 7, 13, 21, tzinfo=UTC)),
    ],
)
def test_the_reminder_is_due_at_eight_where_the_person_is(day: date, zone: str, hour: datetime) -> None:
    assert due_at(day, zone) == hour


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2027, 1, 31), [("Demain", date(2027, 2, 1)), ("Dans un mois", date(2027, 2, 28))]),  # a Sunday
        (
            date(2027, 2, 1),
            [("Demain", date(2027, 2, 2)), ("Lundi", date(2027, 2, 8)), ("Dans un mois", date(2027, 3, 1))],
        ),
    ],
)
def test_the_days_that_are_offered(today: date, days: list[tuple[str, date]]) -> None:
    assert suggested_days(today) == days


def test_a_post_is_kept_once_and_its_note_and_day_may_change(topic: Topic, post: Post) -> None:
    user = topic.author
    keep_post(user=user, post=post, note="À relire")
    kept = keep_post(user=user, post=post, note=" Pour  mardi ", remind_on=tomorrow())
    assert Bookmark.objects.get() == kept
    assert (kept.note, kept.remind_on, kept.due_at) == ("Pour mardi", tomorrow(), due_at(tomorrow(), user.time_zone))
    assert keep_post(user=user, post=post).due_at is None
    let_go(user=user, pk=kept.pk)
    let_go(user=user, pk=kept.pk)
    assert Bookmark.objects.count() == 0


def test_what_may_not_be_kept(topic: Topic, post: Post) -> None:
    with pytest.raises(DomainError, match="à venir"):
        keep_post(user=topic.author, post=post, remind_on=timezone.localdate())
    with pytest.raises(Refused):
        keep_post(user=make_user(), post=post)
    assert Bookmark.objects.count() == 0


def test_nobody_lets_go_of_a_bookmark_of_somebody_else(topic: Topic, post: Post) -> None:
    kept = keep_post(user=topic.author, post=post)
    Browser().as_user(make_member(topic.network).user).post(f"/mes-signets/{kept.pk}/retirer/")
    assert Bookmark.objects.count() == 1


def test_what_is_due_is_told_once_with_its_note(topic: Topic, post: Post) -> None:
    kept = keep_post(user=topic.author, post=post, note="Pour le budget", remind_on=tomorrow())
    assert tell_due() == 0
    Bookmark.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert [tell_due(), tell_due()] == [1, 0]
    notification = Notification.objects.get(kind="forums.bookmark")
    (line,) = lines_for(topic.author, [notification])
    assert (line.subject.url, line.subject.context["note"]) == (f"/messages/{post.pk}/", "Pour le budget")
    kept.refresh_from_db()
    assert (kept.remind_on, kept.due_at) == (tomorrow(), None)
    keep_post(user=topic.author, post=post, note="Encore", remind_on=tomorrow())
    assert tell_due() == 0
    remove_post(actor=topic.author, post=post)
    assert lines_for(topic.author, [notification]) == []


def test_a_bookmark_in_a_confidential_circle_says_nothing_and_ends_with_the_membership() -> None:
    network = make_network()
    one, other = make_member(network), make_member(network)
    forum = make_confidential_forum(network, [one.user, other.user])
    post = make_post(make_topic(forum, one.user, title="CANARI"), one.user, "CANARI texte")
    keep_post(user=other.user, post=post, note="CANARI note", remind_on=tomorrow())
    Bookmark.objects.update(due_at=timezone.now())
    tell_due()
    notification = Notification.objects.get(kind="forums.bookmark")
    assert [line.subject.context for line in lines_for(other.user, [notification])] == [{"is_confidential": True}]
    browser = Browser().as_user(other.user)
    assert "CANARI note" in browser.get("/mes-signets/").content.decode()
    remove_member(circle=forum.circle, user=other.user)
    page = browser.get("/mes-signets/").content.decode()
    assert ("CANARI" in page, page.count("Ce message n’est plus ouvert.")) == (False, 1)
    assert lines_for(other.user, [notification]) == []


def test_a_post_is_kept_from_its_menu_and_shows_it(browser: Browser, topic: Topic, post: Post) -> None:
    browser.as_user(topic.author)
    address = f"/messages/{post.pk}/signet/"
    assert address in browser.get(f"/messages/{post.pk}/actions/").content.decode()
    refused = browser.post(address, {"note": "x", "remind_on": "2020-01-01"})
    assert (refused.status_code, "Choisissez un jour à venir." in refused.content.decode()) == (422, True)
    day = tomorrow().isoformat()
    assert browser.post(address, {"note": "À relire", "remind_on": "", "quick": day}).status_code == 303
    assert Bookmark.objects.get().remind_on == tomorrow()
    assert "Dans vos signets" in browser.get(topic.get_absolute_url()).content.decode()
    assert 'value="À relire"' in browser.get(address).content.decode()
    assert browser.post(f"/mes-signets/{Bookmark.objects.get().pk}/retirer/").status_code == 303
    assert "Aucun signet" in browser.get("/mes-signets/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_is_a_fixed_number_of_queries(
    count: int, browser: Browser, topic: Topic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for post in make_posts(topic, topic.author, count):
        keep_post(user=topic.author, post=post)
    browser.as_user(topic.author)
    browser.get("/mes-signets/")
    with django_assert_num_queries(5):
        page = browser.get("/mes-signets/").content.decode()
    assert page.count('class="bookmark__title"') == count
