"""Promise 3, on the server: a retry is the same message, one that changed is not taken for it, a text comes back."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import override_settings

from forums.models import Post, Topic
from forums.services.answers import accept_answer
from forums.services.drafts import save_draft
from forums.services.editing import edit_post
from forums.services.posts import create_post
from forums.services.writing import OtherText
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Membership
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def bodies(topic: Topic) -> list[str]:
    return list(Post.objects.filter(topic=topic, number__gt=1).order_by("number").values_list("body", flat=True))


def test_a_retry_that_says_something_else_is_not_dropped(browser: Browser, topic: Topic) -> None:
    token = uuid4()
    create_post(author=topic.author, topic=topic, body="Première idée", token=token)
    with pytest.raises(OtherText):
        create_post(author=topic.author, topic=topic, body="Seconde idée", token=token)
    content = {"body": "Seconde idée", "token": str(token)}
    response = browser.as_user(topic.author).post(f"/sujets/{topic.pk}/repondre/", content, headers=HTMX)
    page = response.content.decode()
    assert (response.status_code, "Seconde idée" in page, str(token) in page) == (409, True, False)
    assert bodies(topic) == ["Première idée"]


def test_a_retry_after_an_edit_is_still_the_same_message(topic: Topic) -> None:
    token = uuid4()
    post = create_post(author=topic.author, topic=topic, body="Première idée", token=token)
    edit_post(actor=topic.author, post=post, body="Corrigée", version=0)
    again = create_post(author=topic.author, topic=topic, body="Première idée", token=token)
    assert (again.pk, bodies(topic)) == (post.pk, ["Corrigée"])


def test_a_topic_sent_again_with_another_text_is_not_dropped(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    address = f"/r/{member.network.slug}/discussions/{forum.slug}/nouveau/"
    content = {"kind": "question", "title": "Qui a essayé ?", "body": "Un", "token": str(uuid4())}
    browser.as_user(member.user)
    assert browser.post(address, content).status_code == 303
    assert browser.post(address, content).status_code == 303
    response = browser.post(address, content | {"body": "Deux"})
    assert (response.status_code, "Deux" in response.content.decode()) == (409, True)
    assert Topic.objects.filter(network=member.network).count() == 1


def test_a_message_is_written_while_redis_is_away(topic: Topic) -> None:
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0", CELERY_BROKER_URL="redis://127.0.0.1:1/0"):
        post = create_post(author=topic.author, topic=topic, body="Sans Redis", token=uuid4())
    assert bodies(topic) == [post.body]


def test_a_topic_sent_after_the_session_ended_comes_back_whole(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    address = f"/r/{member.network.slug}/discussions/{forum.slug}/nouveau/"
    content = {"kind": "question", "title": "Qui a essayé ?", "body": "Nous hésitons.", "token": str(uuid4())}
    response = browser.post(address, content)
    page = response.content.decode()
    assert (response.status_code, "Qui a essayé ?" in page, "Nous hésitons." in page) == (403, True, True)
    report = {"kind": "report", "title": "Une cantine", "context": "Trois communes.", "cost": "12 €"}
    page = browser.post(address, report).content.decode()
    assert ("Trois communes." in page, "12 €" in page, forum.title in page) == (True, True, False)
    assert browser.get(address).status_code == 302


def test_the_draft_of_an_edit_ends_with_the_edit(topic: Topic) -> None:
    post = make_post(topic, topic.author, "Avant")
    key = f"edit-{post.pk}"
    save_draft(user=topic.author, key=key, title="", address="/", fields={"body": "Apr"}, version=0)
    edit_post(actor=topic.author, post=post, body="Après", version=0)
    assert topic.author.drafts.filter(key=key).count() == 0


def test_a_page_that_went_stale_gets_a_token_with_its_draft(browser: Browser, topic: Topic) -> None:
    browser.as_user(topic.author)
    response = browser.get("/brouillons/topic-1/")
    assert (response.status_code, len(response.headers["CSRF-Token"])) == (204, 64)
    assert response.headers["Cache-Control"] == "no-store"
    assert "CSRF-Token" not in Browser().get("/brouillons/topic-1/").headers


# --- Who was not told ------------------------------------------------------------------------------------------------


def confidential_topic() -> tuple[Topic, Membership, Membership]:
    network = make_network()
    author, outside, elsewhere = make_member(network), make_member(network), make_member(make_network())
    topic = make_topic(make_confidential_forum(network, [author.user]), author.user)
    return topic, outside, elsewhere


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_naming_who_cannot_see_the_discussion_says_so(browser: Browser, headers: dict[str, str]) -> None:
    topic, outside, elsewhere = confidential_topic()
    body = f"@[X](user:{outside.user_id}) @[Y](user:{elsewhere.user_id}) @[Z](user:{topic.author_id})"
    content = {"body": body, "token": str(uuid4())}
    response = browser.as_user(topic.author).post(f"/sujets/{topic.pk}/repondre/", content, headers=headers)
    told = response.content.decode() if headers else str(next(iter(get_messages(response.wsgi_request))))
    assert f"{outside.user.full_name} ne voit pas cette discussion et n’a pas été prévenu·e." in told
    # Of another network's people, nothing is told: not even that they exist.
    assert elsewhere.user.full_name not in told
    dispatch_all()
    assert not Notification.objects.filter(recipient=outside.user).exists()


def test_naming_readers_says_nothing(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network)
    content = {"body": f"@[X](user:{reader.user_id})", "token": str(uuid4())}
    response = browser.as_user(topic.author).post(f"/sujets/{topic.pk}/repondre/", content, headers=HTMX)
    assert (response.status_code, "ne voit pas" in response.content.decode()) == (201, False)


# --- Quoting without JavaScript --------------------------------------------------------------------------------------


def test_the_form_begins_with_the_quoted_post_of_this_topic_alone(browser: Browser, topic: Topic) -> None:
    post = make_post(topic, topic.author, "À citer")
    other = make_post(make_topic(topic.forum, topic.author), topic.author, "D’ailleurs")
    browser.as_user(topic.author)

    def typed(pk: Any) -> bool:
        return "&gt; " in browser.get(f"{topic.get_absolute_url()}?citer={pk}").content.decode()

    assert [typed(pk) for pk in (post.pk, other.pk, 10**15, "x")] == [True, False, False, False]


# --- What the bell says of a topic under one's eyes ------------------------------------------------------------------


def test_reading_answering_and_keeping_an_answer_clear_the_bell(browser: Browser, topic: Topic) -> None:
    peer = make_member(topic.network)

    def rings() -> int:
        return Notification.objects.unread().filter(recipient=topic.author).count()

    def answered() -> Post:
        post = make_post(topic, peer.user, f"Réponse {uuid4()}")
        dispatch_all()
        assert rings() == 1
        return post

    browser.as_user(topic.author)
    post = answered()
    browser.post(f"/messages/{post.pk}/retenir/", {"lu": "2"})
    assert rings() == 0
    answered()
    browser.post(f"/sujets/{topic.pk}/repondre/", {"body": "Merci", "token": str(uuid4())})
    assert rings() == 0
    answered()
    browser.get(topic.get_absolute_url())
    assert rings() == 0


def test_what_rings_without_a_new_post_is_read_with_the_topic(browser: Browser, topic: Topic) -> None:
    peer = make_member(topic.network)
    post = make_post(topic, peer.user)
    dispatch_all()
    browser.as_user(peer.user).get(topic.get_absolute_url())
    accept_answer(user=topic.author, post=post)
    dispatch_all()
    unread = Notification.objects.unread().filter(recipient=peer.user)
    assert [one.kind for one in unread] == ["forums.accepted"]
    browser.get(topic.get_absolute_url())
    assert unread.all().count() == 0
