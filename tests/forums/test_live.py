"""What open pages learn of a topic: who may, under which name, and what changed since they were written."""

import re

import pytest

from forums.live import last_change, name_in_topic
from forums.models import Post, Topic
from forums.services.changes import note_change, note_many_changes
from forums.stamps import moment, stamp
from peerhub.people.models import User
from peerhub.people.services.circles import remove_member
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_posts, make_public_forum, make_topic
from tests.pages import html

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> User:
    return make_member(make_network()).user


@pytest.fixture
def topic(member: User) -> Topic:
    topic = make_topic(make_forum(member.memberships.get().network), member)
    make_posts(topic, member, 3)
    return Topic.objects.get(pk=topic.pk)


def catch_up(browser: Browser, topic: Topic, query: str) -> tuple[list[str], str]:
    response = browser.get(f"{topic.get_absolute_url()}?{query}")
    assert response.status_code == 200
    return re.findall(r'data-seq="(\d+)"', html(response)), response.headers["Live-Changed"]


def test_presence_names_members_of_the_circle_only(member: User, topic: Topic) -> None:
    hidden = make_member(member.memberships.get().network).user
    hidden.shows_presence = False
    hidden.save()
    outsider, elsewhere = make_user(), make_member(make_network(slug="ailleurs")).user
    names = [name_in_topic(user.pk, topic.pk) for user in (member, hidden, outsider, elsewhere)]
    assert names == [f"{member.given_name} {member.family_name[0]}.", "", None, None]
    assert name_in_topic(member.pk, topic.pk + 1000) is None


def test_presence_is_told_nowhere_where_the_whole_web_reads(member: User) -> None:
    topic = make_topic(make_public_forum(member.memberships.get().network), member)
    assert name_in_topic(member.pk, topic.pk) is None


def test_presence_ends_with_the_circle_and_with_the_account(member: User) -> None:
    topic = make_topic(make_confidential_forum(member.memberships.get().network, [member]), member)
    assert name_in_topic(member.pk, topic.pk) is not None
    member.is_active = False
    member.save()
    assert name_in_topic(member.pk, topic.pk) is None
    member.is_active = True
    member.save()
    remove_member(circle=topic.circle, user=member)
    assert name_in_topic(member.pk, topic.pk) is None


def test_stamps_follow_each_other(topic: Topic) -> None:
    assert last_change(topic.pk) == ""
    first = note_change(topic.pk)
    second = note_change(topic.pk, [topic.posts.get(number=2).pk])
    assert (first["before"], second["before"], last_change(topic.pk)) == ("", first["changed"], second["changed"])
    assert int(second["changed"]) > int(first["changed"])
    many = note_many_changes(topic.pk)
    assert many["before"] == many["changed"] == last_change(topic.pk)
    changed = topic.posts.exclude(changed_at=None).values_list("number", "changed_at")
    assert [(number, stamp(at)) for number, at in changed] == [(2, second["changed"])]


def test_a_stamp_is_later_than_the_one_before_also_when_the_clock_goes_back(topic: Topic) -> None:
    ahead = moment("4000000000000000")
    Topic.objects.filter(pk=topic.pk).update(changed_at=ahead)
    assert note_change(topic.pk) == {"before": "4000000000000000", "changed": "4000000000000001"}


def test_catching_up_brings_what_is_new_and_what_changed_of_what_is_shown(
    browser: Browser, member: User, topic: Topic
) -> None:
    browser.as_user(member)
    assert catch_up(browser, topic, "after=2") == (["3", "4"], "")
    assert catch_up(browser, topic, "after=4&changed=0&shown=1-4") == ([], "")
    posts = {post.number: post.pk for post in topic.posts.all()}
    first = note_change(topic.pk, [posts[1]])["changed"]
    last = note_change(topic.pk, [posts[2], posts[4]])["changed"]
    assert catch_up(browser, topic, "after=4&changed=0&shown=1-4") == (["1", "2", "4"], last)
    assert catch_up(browser, topic, f"after=4&changed={first}&shown=1-4") == (["2", "4"], last)
    assert catch_up(browser, topic, f"after=4&changed={first}&shown=3-4") == (["4"], last)
    # A post that the page does not have yet comes once, as it is now.
    assert catch_up(browser, topic, f"after=3&changed={first}&shown=1-3") == (["2", "4"], last)
    assert catch_up(browser, topic, "after=999999999&changed=0&shown=1-2") == (["1", "2"], last)
    assert catch_up(browser, topic, f"after=4&changed={last}&shown=1-4") == ([], last)


def test_a_removed_post_comes_as_its_stub(browser: Browser, member: User, topic: Topic) -> None:
    post = topic.posts.get(number=2)
    Post.objects.filter(pk=post.pk).update(is_removed=True, removal_kind="moderation")
    note_change(topic.pk, [post.pk])
    text = html(browser.as_user(member).get(f"{topic.get_absolute_url()}?after=4&changed=0&shown=1-4"))
    assert 'class="post post--removed" id="message-2"' in text
    assert post.body not in text


@pytest.mark.parametrize("query", ["changed=x&shown=1-4", "changed=0", "changed=0&shown=1", "changed=0&shown=a-b",
                                   "changed=-1&shown=1-4", "changed=99999999999999999999&shown=1-4"])  # fmt: skip
def test_a_strange_question_is_not_answered(browser: Browser, member: User, topic: Topic, query: str) -> None:
    assert browser.as_user(member).get(f"{topic.get_absolute_url()}?after=4&{query}").status_code == 404


def test_the_page_holds_its_stamp(browser: Browser, member: User, topic: Topic) -> None:
    changed = note_change(topic.pk)["changed"]
    assert f'changed="{changed}"' in html(browser.as_user(member).get(topic.get_absolute_url()))


def test_who_reads_is_on_the_page_inside_the_circle_alone(browser: Browser, member: User, topic: Topic) -> None:
    public = make_topic(make_public_forum(topic.network), member)

    def element(topic: Topic) -> list[str]:
        return re.findall("<live-presence[^>]*>", html(browser.get(topic.get_absolute_url())))

    assert element(public) == []
    browser.as_user(member)
    assert element(public) == []
    assert element(topic) == [f'<live-presence group="topic.{topic.pk}" me="{member.pk}">']
    User.objects.filter(pk=member.pk).update(shows_presence=False)
    assert element(topic) == [f'<live-presence group="topic.{topic.pk}">']
