"""Pages of the forums, as each kind of person sees them."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from forums.models import Post, Topic, TopicRead, post_url, topic_url
from forums.services.reading import mark_read
from peerhub.people.models import Membership, User
from tests.builders import make_animator, make_member, make_network, make_suspended, make_territory, make_user
from tests.conftest import Browser
from tests.forums.builders import (
    make_confidential_forum,
    make_forum,
    make_post,
    make_posts,
    make_public_forum,
    make_topic,
)
from tests.pages import html

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


# --- Reading ------------------------------------------------------------------------------------------------------


def test_addresses_written_by_hand_are_those_of_the_table() -> None:
    assert topic_url(12, "cantines") == reverse("forums:topic", args=[12, "cantines"])
    assert post_url(12, "cantines", 20) == reverse("forums:topic", args=[12, "cantines"]) + "#message-20"
    assert post_url(12, "cantines", 21) == reverse("forums:topic", args=[12, "cantines"]) + "?page=2#message-21"
    assert reverse("forums:post", args=[7]) == "/messages/7/"
    assert reverse("forums:topic-read", args=[7]) == "/sujets/7/lu/"
    assert reverse("forums:answer-accept", args=[7]) == "/messages/7/retenir/"


def test_topic_page_says_who_wrote_under_which_hat_and_who_reads(browser: Browser, member: Membership) -> None:
    territory = make_territory("Saint-Martin", population=7130)
    helper = make_member(member.network, category="agent", territory=territory, title="Responsable restauration")
    topic = make_topic(make_forum(member.network), member.user)
    post = make_post(topic, helper.user)
    page = html(browser.as_user(member.user).get(topic.get_absolute_url()))
    assert "<h1>Cantines : qui l’a fait ?</h1>" in page
    assert f'id="auteur-2">{helper.user.full_name} <span class="hat c-agent">Agent·e</span></h2>' in page
    assert "Responsable restauration · Saint-Martin, 7\u202f100 habitants · " in page
    assert f'href="/messages/{post.pk}/"' in page
    assert "Réseau · 2 membres" in page
    assert "Sera lu par les 2 membres du réseau" in page
    assert '<span class="hat c-agent">Agent·es</span>' in page
    assert '<span class="hat hat--none c-elected">Élu·es</span>' in page


def test_the_english_page_is_in_english_where_it_is_data(browser: Browser, member: Membership) -> None:
    reader = make_member(member.network, make_user(language="en"))
    topic = make_topic(make_forum(member.network), member.user)
    page = html(browser.as_user(reader.user).get(topic.get_absolute_url()))
    assert '<span class="hat c-elected">Elected official</span>' in page


def test_a_wrong_or_missing_slug_leads_to_the_right_one(browser: Browser, topic: Topic) -> None:
    browser.as_user(topic.author)
    wrong = browser.get(f"/sujets/{topic.pk}/autre/?page=1")
    assert (wrong.status_code, wrong.headers["Location"]) == (301, f"{topic.get_absolute_url()}?page=1")
    short = browser.get(f"/sujets/{topic.pk}/")
    assert (short.status_code, short.headers["Location"]) == (302, topic.get_absolute_url())


def test_pages_are_ranges_of_numbers(browser: Browser, topic: Topic) -> None:
    make_posts(topic, topic.author, 19)
    browser.as_user(topic.author)
    one_page = html(browser.get(topic.get_absolute_url()))
    assert (one_page.count('<article class="post'), 'class="pages"' in one_page) == (20, False)
    make_post(topic, topic.author)
    first, second = html(browser.get(topic.get_absolute_url())), html(browser.get(f"{topic.get_absolute_url()}?page=2"))
    assert (first.count('<article class="post'), second.count('<article class="post')) == (20, 1)
    assert 'id="message-21"' in second
    # Changes come live to every page, new posts to the last one alone.
    assert ('after="999999999"' in first, 'after="21"' in second) == (True, True)
    assert [browser.get(f"{topic.get_absolute_url()}?page={page}").status_code for page in ("3", "0", "x")] == [404] * 3


def test_a_removed_post_keeps_its_place_and_says_nothing(browser: Browser, topic: Topic) -> None:
    post = make_post(topic, topic.author, "Ce qui ne se dit pas")
    Post.objects.filter(pk=post.pk).update(is_removed=True, removal_kind="moderation")
    page = html(browser.as_user(topic.author).get(topic.get_absolute_url()))
    assert "Ce qui ne se dit pas" not in page
    assert 'id="message-2"' in page
    assert "Message retiré par l’animation." in page


def test_the_line_stands_before_what_is_new_and_reading_moves_the_mark(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network)
    make_posts(topic, topic.author, 3)
    mark_read(user_id=reader.user_id, topic_id=topic.pk, number=2)
    browser.as_user(reader.user)
    page = html(browser.get(topic.get_absolute_url()))
    assert page.index('id="message-2"') < page.index('id="nouveau"') < page.index('id="message-3"')
    assert TopicRead.objects.get(user=reader.user, topic=topic).last_number == 4
    assert 'id="nouveau"' not in html(browser.get(topic.get_absolute_url()))


def test_what_arrived_live_is_read_up_to_what_exists(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network)
    browser.as_user(reader.user)
    make_posts(topic, topic.author, 3)

    def tell(number: str) -> tuple[int, int]:
        status = browser.post(f"/sujets/{topic.pk}/lu/", {"number": number}).status_code
        return status, getattr(TopicRead.objects.filter(user=reader.user).first(), "last_number", 0)

    assert [tell(number) for number in ("2", "1", "99", "x")] == [(204, 2), (204, 2), (204, 4), (404, 4)]
    stranger = Browser().as_user(make_user())
    assert stranger.post(f"/sujets/{topic.pk}/lu/", {"number": "2"}).status_code == 404


def test_unread_leads_to_the_first_unread_post(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network)
    make_posts(topic, topic.author, 24)
    browser.as_user(reader.user)
    url = topic.get_absolute_url()
    assert browser.get(f"{url}?non-lu").headers["Location"] == f"{url}#message-1"
    mark_read(user_id=reader.user_id, topic_id=topic.pk, number=20)
    assert browser.get(f"{url}?non-lu").headers["Location"] == f"{url}?page=2#nouveau"
    mark_read(user_id=reader.user_id, topic_id=topic.pk, number=25)
    assert browser.get(f"{url}?non-lu").headers["Location"] == f"{url}?page=2#message-25"


def test_a_permalink_leads_to_the_page_and_the_anchor(browser: Browser, topic: Topic) -> None:
    posts = make_posts(topic, topic.author, 20)
    browser.as_user(topic.author)
    assert browser.get(f"/messages/{posts[0].pk}/").headers["Location"] == f"{topic.get_absolute_url()}#message-2"
    last = browser.get(f"/messages/{posts[-1].pk}/").headers["Location"]
    assert last == f"{topic.get_absolute_url()}?page=2#message-21"


def test_catch_up_gives_what_was_missed_and_nothing_else(browser: Browser, topic: Topic) -> None:
    posts = make_posts(topic, topic.author, 3)
    browser.as_user(topic.author)
    page = html(browser.get(topic.get_absolute_url()))
    missed = browser.get(f"{topic.get_absolute_url()}?after=2")
    assert html(missed).count("<article") == 2
    assert missed.headers["Cache-Control"] == "no-store"
    for post in posts[1:]:
        fragment = html(missed).split(f'id="message-{post.number}"')[1].split("</article>")[0]
        assert fragment in page
    assert html(browser.get(f"{topic.get_absolute_url()}?after=4")) == ""
    assert html(browser.get(f"{topic.get_absolute_url()}?after=0")).count("<article") == 4
    statuses = [browser.get(f"{topic.get_absolute_url()}?after={after}").status_code for after in ("x", "-1", "1" * 10)]
    assert statuses == [404] * 3


def test_what_is_written_cannot_act_on_the_page(browser: Browser, topic: Topic) -> None:
    nasty = '<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) "><svg onload=alert(1)>'
    make_post(topic, topic.author, nasty)
    Topic.objects.filter(pk=topic.pk).update(title='<b onmouseover="alert(1)">Titre</b>')
    User.objects.filter(pk=topic.author_id).update(family_name='<i onclick="x">')
    page = html(browser.as_user(topic.author).get(topic.get_absolute_url()))
    for act in ("<script>alert", "<img", 'href="javascript', "<svg onload", "<b onmouseover", "<i onclick"):
        assert act not in page
    assert "&lt;b onmouseover=&quot;alert(1)&quot;&gt;Titre&lt;/b&gt;" in page


# --- Who sees what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "closed", "public", "confidential"),
    [
        ("anonymous", 302, 200, 302),
        ("stranger", 404, 200, 404),
        ("other network", 404, 200, 404),
        ("suspended", 404, 200, 404),
        ("member", 200, 200, 404),
        ("animator", 200, 200, 404),
        ("insider", 200, 200, 200),
    ],
)
def test_who_reads_a_topic(client: Client, who: str, closed: int, public: int, confidential: int) -> None:
    network = make_network(is_public=False)
    insider = make_member(network)
    people = {
        "stranger": lambda: make_user(),
        "other network": lambda: make_animator(make_network()).user,
        "suspended": lambda: make_suspended(network).user,
        "member": lambda: make_member(network).user,
        "animator": lambda: make_animator(network).user,
        "insider": lambda: insider.user,
    }
    forums = [make_forum(network), make_public_forum(network), make_confidential_forum(network, [insider.user])]
    topics = [make_topic(forum, insider.user, title=f"Sujet canari {number}") for number, forum in enumerate(forums)]
    posts = [make_post(topic, insider.user) for topic in topics]
    if who in people:
        client.force_login(people[who](), backend="peerhub.people.backends.AccountBackend")
    for topic, post, status in zip(topics, posts, (closed, public, confidential), strict=True):
        response = client.get(topic.get_absolute_url())
        assert response.status_code == status
        assert client.get(f"{topic.get_absolute_url()}?after=1").status_code == status
        assert client.get(f"/messages/{post.pk}/").status_code == (302 if status != 404 else 404)
        if status != 200:
            assert topic.title not in html(response)
            answer = client.post(f"/sujets/{topic.pk}/repondre/", {"body": "x", "token": uuid4()})
            assert answer.status_code == (403 if who == "anonymous" else 404)
            assert topic.posts.count() == 2


def test_a_visitor_is_led_to_sign_in_whether_the_topic_exists_or_not(client: Client, topic: Topic) -> None:
    answers = {client.get(address).headers["Location"] for address in (f"/sujets/{topic.pk}/a/", "/sujets/987654/a/")}
    assert answers == {f"/compte/login/?next=/sujets/{topic.pk}/a/", "/compte/login/?next=/sujets/987654/a/"}


def test_the_address_of_a_confidential_topic_says_nothing(member: Membership) -> None:
    topic = make_topic(make_confidential_forum(member.network, [member.user]), member.user, title="Le secret du maire")
    assert topic.get_absolute_url() == f"/sujets/{topic.pk}/sujet/"


def test_a_visitor_reads_a_public_topic_and_is_told_how_to_answer(client: Client, member: Membership) -> None:
    topic = make_topic(make_public_forum(member.network), member.user)
    page = html(client.get(topic.get_absolute_url()))
    assert "420 repas" in page
    assert "Connectez-vous pour participer" in page
    assert '<form method="post" action="/sujets' not in page


# --- Queries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 20])
def test_topic_page_queries(browser: Browser, topic: Topic, count: int, django_assert_num_queries: Any) -> None:
    helper = make_member(topic.network, category="agent", territory=make_territory())
    make_posts(topic, helper.user, count - 1)
    browser.as_user(topic.author)
    browser.get(topic.get_absolute_url())
    with django_assert_num_queries(5):
        browser.get(topic.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_public_topic_page_queries(
    client: Client, member: Membership, count: int, django_assert_num_queries: Any
) -> None:
    topic = make_topic(make_public_forum(member.network), member.user)
    make_posts(topic, member.user, count - 1)
    cache.clear()
    client.get(topic.get_absolute_url())
    with django_assert_num_queries(2):
        client.get(topic.get_absolute_url())
