"""What waits for the animators: nobody's but its author's, once only, and published as if written now."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums.enums import HeldState, TopicKind
from forums.handlers import on_text_held
from forums.models import Draft, ForumAnimator, HeldText, Post, Topic
from forums.queries.curating import held_to_judge
from forums.services.approving import judge_held, publish_held, refuse_held, withdraw_held
from forums.services.counters import find_drifts
from forums.services.curating import set_approval
from forums.services.holding import Held
from forums.services.posts import create_post
from forums.services.topics import create_topic
from forums.services.writing import BadText
from peerhub.moderation.enums import AppealOutcome, CaseState, Decision, NewcomerPolicy
from peerhub.moderation.events import CaseOpened
from peerhub.moderation.models import Case, NetworkRules
from peerhub.moderation.services.appeals import appeal, decide_appeal
from peerhub.moderation.services.cases import decide
from peerhub.moderation.services.screening import forget_rules
from peerhub.notifications.models import Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership, Network
from peerhub.people.services.memberships import end_membership, silence_member
from tests.builders import make_animator, make_member
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_topic

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


# --- Those who look after one theme -----------------------------------------------------------------------------------


def named_for(topic: Topic) -> Membership:
    keeper = make_member(topic.network)
    ForumAnimator.objects.create(forum=topic.forum, user=keeper.user)
    return keeper


def opened() -> None:
    dispatch_all()
    on_text_held(CaseOpened(Case.objects.get().pk))


def test_who_is_named_for_the_theme_is_told_once_and_decides(
    browser: Browser, topic: Topic, animator: Membership, held: HeldText
) -> None:
    keeper, neighbour = named_for(topic), make_member(topic.network)
    ForumAnimator.objects.create(forum=make_forum(topic.network, slug="eau"), user=neighbour.user)
    opened()
    assert list(Notification.objects.filter(kind="forums.held").values_list("recipient", flat=True)) == [keeper.user.pk]
    assert "Un texte attend votre relecture" in browser.as_user(keeper.user).get("/notifications/").content.decode()
    pages = [Browser().as_user(one).get("/textes-a-relire/") for one in (keeper.user, neighbour.user, topic.author)]
    seen = ["À relire d’abord" in page.content.decode() for page in pages]
    assert ([page.status_code for page in pages], seen) == ([200] * 3, [True, False, False])
    address = f"/textes-a-relire/{held.pk}/"
    assert Browser().as_user(neighbour.user).post(address, {"publier": "1"}).status_code == 409
    assert Browser().as_user(topic.author).post(address, {"publier": "1"}).status_code == 409
    assert Post.objects.filter(topic=topic).count() == 1
    assert browser.post(address, {"publier": "1"}).status_code == 303
    again = browser.post(address, {"publier": "1"})
    assert (again.status_code, 'href="/textes-a-relire/"' in again.content.decode()) == (409, True)
    case = Case.objects.get()
    assert (Post.objects.filter(topic=topic).count(), case.state, case.decided_by) == (
        2,
        CaseState.DECIDED,
        keeper.user,
    )
    assert "Un texte attend votre relecture" not in browser.get("/notifications/").content.decode()


def test_a_refusal_says_why_and_its_author_may_appeal_to_the_network(
    browser: Browser, topic: Topic, animator: Membership, held: HeldText
) -> None:
    keeper = named_for(topic)
    browser.as_user(keeper.user)
    silent = browser.post(f"/textes-a-relire/{held.pk}/", {"refuser": "1"})
    assert (silent.status_code, "Dites pourquoi, en une ligne." in silent.content.decode()) == (422, True)
    assert browser.post(f"/textes-a-relire/{held.pk}/", {"refuser": "1", "reason": "Ailleurs"}).status_code == 303
    case = Case.objects.get()
    assert (HeldText.objects.get().state, case.reason) == (HeldState.REFUSED, "Ailleurs")
    appeal(author=topic.author, case=case, words="Pourtant…")
    with pytest.raises(Refused):
        decide_appeal(moderator=keeper.user, case=case, outcome=AppealOutcome.UPHELD, reason="Non")
    decide_appeal(moderator=animator.user, case=case, outcome=AppealOutcome.OVERTURNED, reason="Oui")
    assert HeldText.objects.get().state == HeldState.PUBLISHED


@pytest.mark.parametrize("how", ["silenced", "suspended", "outside", "author"])
def test_being_named_opens_no_circle_and_outlasts_no_sanction(
    browser: Browser, topic: Topic, animator: Membership, held: HeldText, how: str
) -> None:
    keeper = named_for(topic)
    if how == "silenced":
        silence_member(membership=keeper, until=timezone.now() + timedelta(days=2))
    elif how == "suspended":
        end_membership(membership=keeper, status=MembershipStatus.SUSPENDED)
    elif how == "outside":
        secret = make_confidential_forum(topic.network, [topic.author, animator.user])
        HeldText.objects.filter(pk=held.pk).update(circle=secret.circle)
        Case.objects.update(circle=secret.circle)
    else:
        HeldText.objects.filter(pk=held.pk).update(author=keeper.user)
        Case.objects.update(author=keeper.user)
    assert list(held_to_judge(animator.user)) == [held]
    assert list(held_to_judge(keeper.user)) == []
    assert "À relire d’abord" not in browser.as_user(keeper.user).get("/textes-a-relire/").content.decode()
    with pytest.raises(Refused):
        judge_held(actor=keeper.user, held_id=held.pk, is_published=True)
    assert Post.objects.filter(topic=topic).count() == 1


def test_being_named_gives_no_sanction_to_impose(topic: Topic, animator: Membership, held: HeldText) -> None:
    """The queue, and what it may do to a person, stay with the animators of the network."""
    keeper = named_for(topic)
    browser = Browser().as_user(keeper.user)
    pages = [f"/moderation/{Case.objects.get().pk}/", f"/r/{topic.network.slug}/moderation/"]
    assert [browser.get(page).status_code in {403, 404} for page in pages] == [True, True]


@pytest.mark.parametrize("texts", [1, 3])
def test_the_page_of_texts_to_read_costs_the_same_for_one_and_for_three(
    browser: Browser, topic: Topic, animator: Membership, held: HeldText, texts: int
) -> None:
    keeper = named_for(topic)
    for number in range(1, texts):
        with pytest.raises(Held):
            make_post(topic, topic.author, f"Encore {number}")
    browser.as_user(keeper.user)
    browser.get("/textes-a-relire/")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/textes-a-relire/").content.decode()
    assert (page.count('name="publier"'), len(queries)) == (texts, 3)
