"""Replying and opening topics through the pages: with htmx, without JavaScript, twice, too late, refused."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from forums.models import Forum, Post, Topic
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import Membership
from peerhub.people.services.memberships import end_membership
from tests.builders import make_animator, make_member, make_user
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

HTMX = {"HX-Request": "true"}


def reply(client: Client, topic: Topic, body: str = "Voici.", token: UUID | None = None, **headers: Any) -> Any:
    data = {"body": body, "token": str(token or uuid4())}
    return client.post(f"/sujets/{topic.pk}/repondre/", data, **headers)


# --- Replying -----------------------------------------------------------------------------------------------------


def test_a_reply_without_javascript_leads_to_its_place(browser: Browser, topic: Topic) -> None:
    make_posts(topic, topic.author, 19)
    response = reply(browser.as_user(topic.author), topic)
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"{topic.get_absolute_url()}?page=2#message-21",
    )
    page = html(browser.get(response.headers["Location"].partition("#")[0]))
    assert "<p>Voici.</p>" in page


def test_a_reply_by_htmx_is_the_post_itself(browser: Browser, topic: Topic) -> None:
    response = reply(browser.as_user(topic.author), topic, "Voici **cela**.", headers=HTMX)
    assert response.status_code == 201
    assert response.headers["Location"] == f"{topic.get_absolute_url()}#message-2"
    fragment, _partial, fields = html(response).partition('<hx-partial hx-target="#reply-fields"')
    assert 'name="token"' in fields
    assert fragment.startswith('<article class="post" id="message-2" data-seq="2"')
    assert "<p>Voici <strong>cela</strong>.</p>" in fragment
    assert fragment in html(browser.get(topic.get_absolute_url()))


def test_sent_twice_is_one_post_and_the_same_answer(browser: Browser, topic: Topic) -> None:
    browser.as_user(topic.author)
    token = uuid4()
    answers = (html(reply(browser, topic, token=token, headers=HTMX)) for _attempt in range(2))
    first, again = (answer.partition("<hx-partial")[0] for answer in answers)
    assert first == again
    assert topic.posts.count() == 2


@pytest.mark.parametrize("headers", [{}, {"headers": HTMX}])
def test_an_empty_reply_comes_back_with_a_sentence(browser: Browser, topic: Topic, headers: Any) -> None:
    response = reply(browser.as_user(topic.author), topic, "  ", **headers)
    assert response.status_code == 422
    assert "Écrivez votre message avant de le publier." in html(response)
    assert ("<html" in html(response)) == (not headers)
    assert topic.posts.count() == 1


@pytest.mark.parametrize("headers", [{}, {"headers": HTMX}])
def test_a_topic_locked_meanwhile_keeps_the_text(browser: Browser, topic: Topic, headers: Any) -> None:
    Topic.objects.filter(pk=topic.pk).update(is_locked=True)
    response = reply(browser.as_user(topic.author), topic, "Mon long texte & moi", **headers)
    assert response.status_code == 403
    assert "Cette discussion est close" in html(response)
    assert "Mon long texte &amp; moi</textarea>" in html(response)


@pytest.mark.parametrize("headers", [{}, {"headers": HTMX}])
def test_a_session_that_ended_keeps_the_text(client: Client, topic: Topic, headers: Any) -> None:
    response = reply(client, topic, "Mon long texte & moi", **headers)
    assert response.status_code == 403
    assert "Vous n’êtes plus connecté·e" in html(response)
    assert "Mon long texte &amp; moi</textarea>" in html(response)
    assert topic.title not in html(response)
    assert topic.posts.count() == 1


def test_a_token_used_elsewhere_keeps_the_text(browser: Browser, topic: Topic) -> None:
    token = uuid4()
    other = make_topic(topic.forum, topic.author)
    browser.as_user(topic.author)
    reply(browser, other, token=token)
    response = reply(browser, topic, "Mon texte", token=token, headers=HTMX)
    assert response.status_code == 409
    assert "Ce formulaire a déjà servi" in html(response)
    assert "Mon texte</textarea>" in html(response)


def test_who_is_suspended_meanwhile_is_refused(browser: Browser, member: Membership) -> None:
    topic = make_topic(make_public_forum(member.network), member.user)
    browser.as_user(member.user)
    end_membership(membership=member, status=MembershipStatus.SUSPENDED)
    response = reply(browser, topic, "Mon texte", headers=HTMX)
    assert response.status_code == 403
    assert "Rejoignez ce réseau" in html(response)
    assert topic.posts.count() == 1


def test_a_stranger_to_a_public_topic_is_refused_with_a_sentence(browser: Browser, member: Membership) -> None:
    topic = make_topic(make_public_forum(member.network), member.user)
    response = reply(browser.as_user(make_user()), topic, "Mon texte")
    assert response.status_code == 403
    assert "Rejoignez ce réseau pour participer à ses discussions." in html(response)
    assert "Mon texte</textarea>" in html(response)


def test_a_bad_token_is_no_post(browser: Browser, topic: Topic) -> None:
    response = browser.as_user(topic.author).post(f"/sujets/{topic.pk}/repondre/", {"body": "x", "token": "y"})
    assert (response.status_code, topic.posts.count()) == (422, 1)


@pytest.mark.parametrize("posts", [1, 3, 20])
def test_reply_queries(browser: Browser, topic: Topic, posts: int, django_assert_num_queries: Any) -> None:
    make_posts(topic, topic.author, posts - 1)
    browser.as_user(topic.author)
    with django_assert_num_queries(8):
        assert reply(browser, topic, headers=HTMX).status_code == 201


def test_a_get_writes_nothing(browser: Browser, topic: Topic) -> None:
    browser.as_user(topic.author)
    assert browser.get(f"/sujets/{topic.pk}/repondre/").status_code == 405
    assert topic.posts.count() == 1


# --- Opening a topic ----------------------------------------------------------------------------------------------


def opening(forum: Forum, **changes: str) -> dict[str, str]:
    return {
        "kind": "question",
        "title": "Qui a déjà fait une légumerie ?",
        "body": "Nous y pensons.",
        "token": str(uuid4()),
        **changes,
    }


def address(forum: Forum) -> str:
    return f"/r/{forum.network.slug}/discussions/{forum.slug}/nouveau/"


def test_opening_a_topic_leads_to_it(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    response = browser.as_user(member.user).post(address(forum), opening(forum))
    topic = Topic.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, topic.get_absolute_url())
    assert (topic.title, topic.kind, topic.slug) == (
        "Qui a déjà fait une légumerie ?",
        "question",
        "qui-a-deja-fait-une-legumerie",
    )
    assert topic.author_affiliation == member.affiliation
    assert Post.objects.get().body_text == "Nous y pensons."
    forum.refresh_from_db()
    assert forum.topic_count == 1


def test_a_title_keeps_its_no_break_spaces(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    browser.as_user(member.user).post(address(forum), opening(forum, title="Qui  l’a\tfait\u202f?"))
    assert Topic.objects.get().title == "Qui l’a fait\u202f?"


def test_opening_twice_is_once(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    browser.as_user(member.user)
    data = opening(forum)
    places = {browser.post(address(forum), data).headers["Location"] for _attempt in range(2)}
    assert places == {Topic.objects.get().get_absolute_url()}


def test_an_incomplete_topic_comes_back_whole(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    response = browser.as_user(member.user).post(address(forum), opening(forum, title="", kind="discussion"))
    page = html(response)
    assert response.status_code == 422
    assert "Nous y pensons.</textarea>" in page
    assert '<input type="hidden" name="kind" value="discussion">' in page
    assert Topic.objects.count() == 0


def test_the_page_offers_the_kinds_that_one_may_open(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    kinds = {
        who: [choice.value for choice in Browser().as_user(person.user).get(address(forum)).context["kinds"]]
        for who, person in {"member": member, "animator": make_animator(member.network)}.items()
    }
    assert kinds == {
        "member": ["question", "discussion", "report"],
        "animator": ["question", "discussion", "report", "announcement"],
    }
    refused = browser.as_user(member.user).post(address(forum), opening(forum, kind="announcement"))
    assert (refused.status_code, Topic.objects.count()) == (422, 0)


def test_where_animators_open_topics_a_member_is_refused_and_keeps_the_text(
    browser: Browser, member: Membership
) -> None:
    forum = make_forum(member.network, topic_policy="animators")
    response = browser.as_user(member.user).post(address(forum), opening(forum))
    assert response.status_code == 403
    assert "c’est l’animation du réseau qui ouvre les discussions" in html(response)
    assert "Nous y pensons.</textarea>" in html(response)
    assert Topic.objects.count() == 0
    animator = make_animator(member.network)
    assert browser.as_user(animator.user).post(address(forum), opening(forum)).status_code == 303


def test_a_forum_of_others_does_not_exist(browser: Browser, member: Membership) -> None:
    forum = make_confidential_forum(member.network, [member.user])
    outsider = make_animator(member.network)
    browser.as_user(outsider.user)
    assert browser.get(address(forum)).status_code == 404
    assert browser.post(address(forum), opening(forum)).status_code == 404
    assert Topic.objects.count() == 0


# --- The answer kept ----------------------------------------------------------------------------------------------


def test_the_author_keeps_an_answer_and_takes_it_back(browser: Browser, topic: Topic) -> None:
    helper = make_member(topic.network)
    post = make_post(topic, helper.user)
    browser.as_user(topic.author)
    assert f'formaction="/messages/{post.pk}/retenir/"' in html(browser.get(topic.get_absolute_url()))
    response = browser.post(f"/messages/{post.pk}/retenir/")
    assert (response.status_code, response.headers["Location"]) == (303, f"{topic.get_absolute_url()}#message-2")
    page = html(browser.get(topic.get_absolute_url()))
    assert page.count("post--accepted") == 1
    assert page.count("Réponse retenue") == 2  # on the answer, and at the top
    assert browser.post(f"/messages/{post.pk}/ne-plus-retenir/").status_code == 303
    assert "post--accepted" not in html(browser.get(topic.get_absolute_url()))


@pytest.mark.parametrize(("who", "status"), [("author", 303), ("animator", 303), ("member", 403), ("stranger", 404)])
def test_who_keeps_an_answer(browser: Browser, topic: Topic, who: str, status: int) -> None:
    post = make_post(topic, make_member(topic.network).user)
    people = {
        "author": lambda: topic.author,
        "animator": lambda: make_animator(topic.network).user,
        "member": lambda: make_member(topic.network).user,
        "stranger": lambda: make_user(),
    }
    response = browser.as_user(people[who]()).post(f"/messages/{post.pk}/retenir/")
    topic.refresh_from_db()
    assert (response.status_code, topic.accepted_post_id) == (status, post.pk if status == 303 else None)


def test_only_a_reply_to_a_question_is_kept(browser: Browser, topic: Topic) -> None:
    talk = make_topic(topic.forum, topic.author, kind="discussion")
    browser.as_user(topic.author)
    opening_post, reply_to_talk = topic.posts.get(), make_post(talk, topic.author)
    statuses = [browser.post(f"/messages/{post.pk}/retenir/").status_code for post in (opening_post, reply_to_talk)]
    assert statuses == [409, 403]
    assert set(Topic.objects.values_list("accepted_post", flat=True)) == {None}


@pytest.mark.parametrize("headers", [{}, {"headers": HTMX}])
def test_writing_too_fast_is_refused_and_keeps_the_text(
    browser: Browser, topic: Topic, settings: Settings, headers: Any
) -> None:
    settings.WRITES_PER_MINUTE = 2
    browser.as_user(topic.author)
    assert [reply(browser, topic, headers=HTMX).status_code for _ in range(2)] == [201, 201]
    response = reply(browser, topic, "Mon texte", **headers)
    assert response.status_code == 429
    assert "Vous publiez très vite" in html(response)
    assert "Mon texte</textarea>" in html(response)
    assert topic.posts.count() == 3
