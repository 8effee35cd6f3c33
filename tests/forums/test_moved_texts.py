"""Those whose texts the animation puts elsewhere are told why, once, and only where they read."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from forums.events import TextsMoved
from forums.handlers import on_texts_moved
from forums.models import Topic
from forums.services.moving import merge_topic, move_topic, split_topic
from peerhub.moderation.models import TrailEntry
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import CircleMember, Membership
from tests.builders import make_animator, make_member
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db
WHY = "Pour qu’on la retrouve"


@pytest.fixture
def animator(topic: Topic) -> Membership:
    return make_animator(topic.network)


def told() -> list[int]:
    """After each event was handled twice."""
    dispatch_all()
    for act in TrailEntry.objects.filter(verb__startswith="forums.topic_"):
        on_texts_moved(TextsMoved(act.pk))
    rows = Notification.objects.filter(kind="forums.moved").order_by("recipient")
    return list(rows.values_list("recipient", flat=True))


def lines_of(browser: Browser) -> str:
    return browser.get("/notifications/").content.decode().replace("\u00a0", " ")


def test_who_opened_a_discussion_learns_where_it_is_and_why(
    browser: Browser, topic: Topic, animator: Membership
) -> None:
    make_post(topic, make_member(topic.network).user)
    place = make_forum(topic.network, slug="eau", title="Eau")
    move_topic(actor=animator.user, topic=topic, forum=place, reason=WHY)
    move_topic(actor=animator.user, topic=topic, forum=place, reason=WHY)
    assert told() == [topic.author_id]
    page = lines_of(browser.as_user(topic.author))
    assert f"a déplacé votre discussion « {topic.title} » dans le thème « Eau »." in page
    assert f"Raison : {WHY}" in page
    deliver_due()
    (message,) = [one for one in mail.outbox if one.to == [topic.author.email] and "déplacé" in one.subject]
    assert (WHY in message.body, f"/sujets/{topic.pk}/" in message.body) == (True, True)


def test_authors_of_messages_learn_of_the_discussion_they_went_to(
    browser: Browser, topic: Topic, animator: Membership
) -> None:
    one, other = make_member(topic.network).user, make_member(topic.network).user
    posts = [make_post(topic, author) for author in (one, other, one, animator.user)]
    chosen = [posts[0].pk, posts[2].pk, posts[3].pk]
    split_topic(actor=animator.user, topic=topic, post_ids=chosen, title="À part", token=uuid4(), reason=WHY)
    assert told() == [one.pk]
    assert "dans une nouvelle discussion, « À part »." in lines_of(browser.as_user(one))
    into = make_topic(topic.forum, animator.user, title="La grande")
    merge_topic(actor=animator.user, topic=topic, into=into, reason=WHY)
    assert told() == sorted([topic.author_id, one.pk, other.pk])
    assert "à une autre discussion, « La grande »." in lines_of(browser.as_user(other))


def test_who_does_not_read_there_is_told_nothing(browser: Browser, topic: Topic, animator: Membership) -> None:
    inside = make_member(topic.network).user
    secret = make_confidential_forum(topic.network, [animator.user, inside])
    post = make_post(topic, inside, "Chut")
    agreed: dict[str, Any] = {"actor": animator.user, "agreed_circle_id": secret.circle_id, "reason": "CANARI"}
    split_topic(topic=topic, post_ids=[post.pk], title="CANARI titre", token=uuid4(), forum=secret, **agreed)
    move_topic(topic=topic, forum=secret, **agreed)
    assert told() == [inside.pk]
    assert "CANARI" not in browser.as_user(topic.author).get("/mes-dossiers/").content.decode()
    page = lines_of(browser.as_user(inside))
    assert ("dans un espace confidentiel" in page, "CANARI" in page) == (True, False)
    deliver_due()
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        assert "canari" not in f"{message.message().as_string()} {message.body} {message.alternatives}".lower()
    CircleMember.objects.filter(circle=secret.circle, user=inside).delete()
    assert "espace confidentiel" not in lines_of(browser)
