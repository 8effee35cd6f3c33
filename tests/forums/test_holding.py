"""What waits for the animators: nobody's but its author's, once only, and published as if written now."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from forums.enums import HeldState, TopicKind
from forums.models import Draft, HeldText, Post, Topic
from forums.services.approving import publish_held, refuse_held, withdraw_held
from forums.services.counters import find_drifts
from forums.services.curating import set_approval
from forums.services.holding import Held
from forums.services.posts import create_post
from forums.services.topics import create_topic
from forums.services.writing import BadText
from peerhub.moderation.enums import CaseState, Decision, NewcomerPolicy
from peerhub.moderation.models import Case, NetworkRules
from peerhub.moderation.services.cases import decide
from peerhub.moderation.services.screening import forget_rules
from peerhub.outbox.models import OutboxEvent
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership, Network
from peerhub.people.services.memberships import silence_member
from tests.builders import make_animator, make_member
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def animator(topic: Topic) -> Membership:
    return make_animator(topic.network)


@pytest.fixture
def held(topic: Topic, animator: Membership) -> HeldText:
    set_approval(actor=animator.user, topic=topic, is_held=True)
    with pytest.raises(Held) as waiting:
        make_post(topic, topic.author, "À relire d’abord")
    return waiting.value.held


def rules(network: Network, **fields: Any) -> None:
    NetworkRules.objects.update_or_create(network=network, defaults=fields)
    forget_rules(network.pk)


def test_a_reply_waits_and_its_token_is_one_text(topic: Topic, held: HeldText) -> None:
    with pytest.raises(Held) as again:
        create_post(author=topic.author, topic=topic, body="À relire d’abord", token=held.token)
    case = Case.objects.get()
    assert (again.value.held, HeldText.objects.count(), Post.objects.count()) == (held, 1, 1)
    assert (case.kind, case.held_reasons, case.target_key, case.target_id) == (
        "held",
        ["approval"],
        "forums.held",
        held.pk,
    )
    assert not OutboxEvent.objects.filter(name="forums.post_created").exists()


def test_animators_are_exempt(topic: Topic, animator: Membership, held: HeldText) -> None:
    assert make_post(topic, animator.user).number == 2


def test_publishing_makes_the_post_as_of_now(topic: Topic, animator: Membership, held: HeldText) -> None:
    before = timezone.now()
    publish_held(actor=animator.user, held_id=held.pk)
    publish_held(actor=animator.user, held_id=held.pk)
    post = Post.objects.get(number=2)
    assert (post.author, post.token, post.affiliation, post.created_at > before) == (
        topic.author,
        held.token,
        held.affiliation,
        True,
    )
    assert (HeldText.objects.get().state, list(find_drifts())) == (HeldState.PUBLISHED, [])
    assert OutboxEvent.objects.filter(name="forums.post_created").count() == 1
    assert create_post(author=topic.author, topic=topic, body="À relire d’abord", token=held.token) == post


def test_refusing_publishes_nothing_ever(animator: Membership, held: HeldText) -> None:
    refuse_held(actor=animator.user, held_id=held.pk)
    with pytest.raises(DomainError, match="refusé"):
        publish_held(actor=animator.user, held_id=held.pk)
    assert (HeldText.objects.get().state, Post.objects.count()) == (HeldState.REFUSED, 1)


@pytest.mark.parametrize(("decision", "posts"), [(Decision.PUBLISH, 2), (Decision.REFUSE, 1)])
def test_the_case_decides(animator: Membership, held: HeldText, decision: Decision, posts: int) -> None:
    decide(moderator=animator.user, case=Case.objects.get(), decision=decision, reason="Merci")
    assert (Post.objects.count(), Case.objects.get().state) == (posts, CaseState.DECIDED)


def test_taking_it_back_makes_it_a_draft(topic: Topic, animator: Membership, held: HeldText) -> None:
    with pytest.raises(Refused):
        withdraw_held(author=animator.user, held=held)
    withdraw_held(author=topic.author, held=held)
    draft = Draft.objects.get()
    assert (HeldText.objects.count(), Case.objects.count()) == (0, 0)
    assert (draft.user, draft.key, draft.fields) == (topic.author, f"topic-{topic.pk}", {"body": "À relire d’abord"})
    with pytest.raises(DomainError, match="repris"):
        publish_held(actor=animator.user, held_id=held.pk)


def test_its_author_alone_sees_it(browser: Browser, topic: Topic, animator: Membership, held: HeldText) -> None:
    seen = []
    for person in (topic.author, animator.user, make_member(topic.network).user):
        browser.as_user(person)
        page = browser.get(topic.get_absolute_url()).content.decode()
        seen.append(("À relire d’abord" in page, browser.get(f"/textes-en-attente/{held.pk}/").status_code))
    assert seen == [(True, 200), (False, 404), (False, 404)]
    browser.as_user(animator.user)
    assert "À relire d’abord" in browser.get(f"/moderation/{Case.objects.get().pk}/").content.decode()


def test_the_page_answers_that_it_waits(browser: Browser, topic: Topic, held: HeldText) -> None:
    browser.as_user(topic.author)
    fields = {"body": "Un autre texte", "token": str(uuid4())}
    response = browser.post(f"/sujets/{topic.pk}/repondre/", fields, headers={"HX-Request": "true"})
    assert (response.status_code, "attend l’accord" in response.content.decode()) == (202, True)
    plain = browser.post(f"/sujets/{topic.pk}/repondre/", {"body": "Encore un autre", "token": str(uuid4())})
    last = HeldText.objects.order_by("-pk")[0]
    assert (plain.status_code, plain.headers["Location"]) == (303, f"{topic.get_absolute_url()}#en-attente-{last.pk}")


def test_a_newcomers_topic_waits_whole(animator: Membership, topic: Topic) -> None:
    rules(topic.network, newcomer_policy=NewcomerPolicy.HELD, newcomer_posts=2)
    newcomer = make_member(topic.network)
    with pytest.raises(Held) as waiting:
        create_topic(
            author=newcomer.user,
            forum=topic.forum,
            kind=TopicKind.REPORT,
            title="Ce que nous avons fait",
            body="Nous avons planté.",
            token=uuid4(),
        )
    assert Topic.objects.count() == 1
    publish_held(actor=animator.user, held_id=waiting.value.held.pk)
    made = Topic.objects.get(author=newcomer.user)
    assert (made.kind, made.title, made.post_count) == ("report", "Ce que nous avons fait", 1)
    assert list(find_drifts()) == []


def test_refused_words_give_the_text_back(browser: Browser, topic: Topic) -> None:
    rules(topic.network, refused_words=["miracle"])
    with pytest.raises(BadText, match="miracle"):
        make_post(topic, topic.author, "Un remède miracle")
    browser.as_user(topic.author)
    fields = {"body": "Un remède miracle", "token": str(uuid4())}
    response = browser.post(f"/sujets/{topic.pk}/repondre/", fields)
    assert (response.status_code, "Un remède miracle</textarea>" in response.content.decode()) == (422, True)


def test_who_is_silenced_reads_and_does_not_write(browser: Browser, topic: Topic, member: Membership) -> None:
    silence_member(membership=member, until=timezone.now() + timedelta(days=2))
    with pytest.raises(Refused, match="Mes dossiers"):
        make_post(topic, member.user)
    with pytest.raises(Refused, match="Mes dossiers"):
        make_topic(make_forum(topic.network, slug="eau"), member.user)
    browser.as_user(member.user)
    assert "sans pouvoir y écrire jusqu’au" in browser.get(topic.get_absolute_url()).content.decode()
