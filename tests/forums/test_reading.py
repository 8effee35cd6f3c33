"""How far one has read, marking unread, printing, and finding one's way in a long topic."""

from typing import Any

import pytest
from django.test import Client

from forums.models import Topic, TopicRead
from forums.queries.feeds import unread_topics
from peerhub.people.models import Membership
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.forums.builders import (
    make_confidential_forum,
    make_post,
    make_posts,
    make_public_forum,
    make_topic,
)
from tests.pages import html

pytestmark = pytest.mark.django_db


def read_up_to(topic: Topic, user: Any) -> int | None:
    return TopicRead.objects.filter(topic=topic, user=user).values_list("last_number", flat=True).first()


def test_unread_from_here_leads_to_the_list_and_the_next_visit_opens_there(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network)
    Membership.objects.update(joined_at="2020-01-01T00:00Z")
    posts = make_posts(topic, topic.author, 3)
    browser.as_user(reader.user)
    browser.get(topic.get_absolute_url())
    response = browser.post(f"/messages/{posts[1].pk}/non-lu/")
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"/r/{topic.network.slug}/discussions/alimentation/",
    )
    assert read_up_to(topic, reader.user) == 2
    assert list(unread_topics(reader.user, topic.network, reader)) == [topic]
    listed = html(browser.get(response.headers["Location"]))
    assert f'href="{topic.get_absolute_url()}?non-lu"' in listed
    assert "Cette discussion est de nouveau non lue, à partir du message n° 3." in listed
    assert browser.get(f"{topic.get_absolute_url()}?non-lu").headers["Location"].endswith("#nouveau")
    page = html(browser.get(topic.get_absolute_url()))
    assert page.index('id="message-2"') < page.index('id="nouveau"') < page.index('id="message-3"')


def test_unread_from_the_first_message_is_as_if_never_read(browser: Browser, topic: Topic) -> None:
    opening = topic.posts.get(number=1)
    browser.as_user(topic.author)
    browser.post(f"/messages/{opening.pk}/non-lu/")
    assert read_up_to(topic, topic.author) == 0
    assert 'id="nouveau"' not in html(browser.get(topic.get_absolute_url()))
    assert read_up_to(topic, topic.author) == 1


def test_a_stranger_marks_nothing(browser: Browser, topic: Topic) -> None:
    opening = topic.posts.get(number=1)
    stranger = make_user()
    assert browser.as_user(stranger).post(f"/messages/{opening.pk}/non-lu/").status_code == 404
    assert read_up_to(topic, stranger) is None


def test_a_long_topic_says_where_its_pages_are(browser: Browser, topic: Topic) -> None:
    make_posts(topic, topic.author, 44)
    browser.as_user(topic.author)
    url = topic.get_absolute_url()
    pages = {number: html(browser.get(f"{url}?page={number}")) for number in (1, 2, 3)}
    assert f'<link rel="canonical" href="http://testserver{url}"><link rel="next" href="{url}?page=2">' in pages[1]
    assert f'<link rel="prev" href="{url}"><link rel="next" href="{url}?page=3">' in pages[2]
    assert f'<link rel="prev" href="{url}?page=2">' in pages[3]
    assert [('rel="next"' in page, 'rel="prev"' in page) for page in pages.values()] == [
        (True, False),
        (True, True),
        (False, True),
    ]
    assert f'<form class="thread__jump" method="get" action="{url}">' in pages[1]
    to = [browser.get(f"{url}?message={number}").headers["Location"] for number in ("1", "21", "999", "0")]
    assert to == [f"{url}#message-1", f"{url}?page=2#message-21", f"{url}?page=3#message-45", f"{url}#message-1"]
    assert browser.get(f"{url}?message=x").status_code == 404


# --- Paper --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 40])
def test_print_shows_every_post_on_one_page(
    browser: Browser, topic: Topic, count: int, django_assert_num_queries: Any
) -> None:
    make_posts(topic, topic.author, count - 1)
    browser.as_user(topic.author)
    address = f"/sujets/{topic.pk}/imprimer/"
    browser.get(address)
    with django_assert_num_queries(3):
        page = html(browser.get(address))
    assert page.count('<article class="printed__post">') == count
    assert ("<form" in page, "Réseau · 1 membre" in page, "Confidentiel" in page) == (False, True, False)
    assert browser.get(f"{address}?page=2").status_code == 404


def test_paper_of_a_confidential_circle_says_so(browser: Browser, member: Membership) -> None:
    topic = make_topic(make_confidential_forum(member.network, [member.user]), member.user, title="Entre nous seuls")
    page = html(browser.as_user(member.user).get(f"/sujets/{topic.pk}/imprimer/"))
    assert "Confidentiel : ce qui est écrit ici ne sort pas de son cercle." in page
    outside = make_member(member.network)
    assert browser.as_user(outside.user).get(f"/sujets/{topic.pk}/imprimer/").status_code == 404


def test_paper_marks_nothing_as_read_and_shows_nothing_removed(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network)
    post = make_post(topic, topic.author, "Ce qui ne se dit pas")
    topic.posts.filter(pk=post.pk).update(is_removed=True, removal_kind="moderation")
    page = html(browser.as_user(reader.user).get(f"/sujets/{topic.pk}/imprimer/"))
    assert ("Ce qui ne se dit pas" in page, page.count("printed__post")) == (False, 1)
    assert read_up_to(topic, reader.user) is None


def test_a_visitor_prints_what_is_public(client: Client) -> None:
    author = make_member(make_network())
    topic = make_topic(make_public_forum(author.network), author.user)
    assert client.get(f"/sujets/{topic.pk}/imprimer/").status_code == 200


# --- The head -----------------------------------------------------------------------------------------------------


def test_the_head_says_the_state_of_the_topic(browser: Browser, topic: Topic) -> None:
    states = {
        "is_pinned": True,
        "is_locked": True,
        "lock_reason": "Suite à la séance <du 3>.",
        "is_held": True,
        "slow_seconds": 900,
    }
    browser.as_user(topic.author)

    def head() -> str:
        return html(browser.get(topic.get_absolute_url())).split('id="topic-state"')[1].split("</header>")[0]

    plain = head()
    assert [word in plain for word in ("Épinglé", "close", "archivée", "ralenti", "relues")] == [False] * 5
    Topic.objects.filter(pk=topic.pk).update(**states)
    told = head()
    assert [word in told for word in ("Épinglé", "Discussion close", "Réponses relues")] == [True] * 3
    assert "Suite à la séance &lt;du 3&gt;." in told
    Topic.objects.filter(pk=topic.pk).update(is_locked=False, state="archived")
    assert [word in head() for word in ("Discussion archivée", "Suite à la séance")] == [True, False]
    Topic.objects.filter(pk=topic.pk).update(state="open")
    assert "Au ralenti : un message par personne toutes les 15 minutes" in head()
