"""Ways around the rules that somebody tried: each was open once."""

import json
import time

import pytest

from forums.difference import difference_html
from forums.enums import ReactionKind, RemovalKind, TopicPolicy, TopicState
from forums.models import HeldText, Post, Reaction, Topic
from forums.policies import can_curate
from forums.services.approving import publish_held
from forums.services.curating import remove_topic, restore_topic, set_approval, set_lock
from forums.services.editing import edit_post, remove_post, restore_post
from forums.services.holding import Held
from forums.services.moving import move_topic
from forums.services.reactions import react
from forums.services.themes import ThemeTexts, edit_theme
from forums.services.writing import MOST_NAMED, BadText
from peerhub.moderation.enums import NewcomerPolicy, Reason
from peerhub.moderation.models import Case, NetworkRules
from peerhub.moderation.services.reports import report
from peerhub.moderation.services.screening import forget_rules
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import CircleMember, Membership, Network
from peerhub.people.services.choosing import CircleChoice
from peerhub.people.services.memberships import silence_member
from tests.builders import make_animator, make_category, make_member, make_network
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_public_forum, make_topic

pytestmark = pytest.mark.django_db


def rules(network: Network, **fields: object) -> None:
    NetworkRules.objects.update_or_create(network=network, defaults=fields)
    forget_rules(network.pk)


def look_after(topic: Topic) -> Membership:
    """A member who is named for the theme, and nothing more."""
    named = make_member(topic.network)
    topic.forum.animator_rows.create(user=named.user)
    return named


@pytest.fixture
def answer(topic: Topic) -> Post:
    return make_post(topic, make_member(topic.network).user, "Fait en deux ans.")


# --- What was removed stays unread ----------------------------------------------------------------------------------


def test_the_page_of_a_bookmark_does_not_show_what_was_removed(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(topic.author)
    assert "Fait en deux ans." in browser.get(f"/messages/{answer.pk}/signet/").content.decode()
    remove_post(actor=answer.author, post=answer)
    for response in (browser.get(f"/messages/{answer.pk}/signet/"), browser.post(f"/messages/{answer.pk}/signet/")):
        assert response.status_code == 404
        assert "Fait en deux ans." not in response.content.decode()


def test_a_text_that_was_approved_then_removed_is_not_read_by_reporting_it(browser: Browser, topic: Topic) -> None:
    animator = make_animator(topic.network)
    set_approval(actor=animator.user, topic=topic, is_held=True)
    with pytest.raises(Held) as waiting:
        make_post(topic, topic.author, "Un nom de trop")
    publish_held(actor=animator.user, held_id=waiting.value.held.pk)
    remove_post(actor=topic.author, post=Post.objects.get(number=2))
    reader = make_member(topic.network).user
    address = f"/signaler/forums.held/{waiting.value.held.pk}/"
    response = browser.as_user(reader).get(address)
    assert (response.status_code, "Un nom de trop" in response.content.decode()) == (404, False)
    assert browser.post(address, {"reason": "charter"}).status_code == 404
    with pytest.raises(Refused):
        report(reporter=reader, target_key="forums.held", target_id=waiting.value.held.pk, reason=Reason.CHARTER)


# --- Nobody judges a case of their own ------------------------------------------------------------------------------


def test_an_animator_does_not_bring_back_the_own_post_that_another_removed(topic: Topic) -> None:
    author, other = make_animator(topic.network), make_animator(topic.network)
    post = make_post(topic, author.user, "Un propos de trop")
    remove_post(actor=other.user, post=post, reason="Charte", kind=RemovalKind.MODERATION)
    with pytest.raises(Refused):
        restore_post(actor=author.user, post=post)
    restore_post(actor=other.user, post=post)
    assert not Post.objects.get(pk=post.pk).is_removed


def test_an_animator_does_not_bring_back_the_own_topic_that_another_removed(browser: Browser, topic: Topic) -> None:
    author, other = make_animator(topic.network), make_animator(topic.network)
    own = make_topic(topic.forum, author.user, title="Un sujet de trop")
    remove_topic(actor=other.user, topic=own, reason="Charte")
    with pytest.raises(Refused):
        restore_topic(actor=author.user, topic=own)
    page = browser.as_user(author.user).get(f"/sujets/{own.pk}/retire/").content.decode()
    assert ("Un sujet de trop" in page, "/retablir/" in page) == (True, False)
    restore_topic(actor=other.user, topic=own)
    remove_topic(actor=author.user, topic=own, reason="En double")
    restore_topic(actor=author.user, topic=own)
    assert Topic.objects.get(pk=own.pk).state == TopicState.OPEN


def test_who_is_silenced_looks_after_nothing_either(topic: Topic) -> None:
    named = look_after(topic)
    assert can_curate(named, looks_after=True)
    silence_member(membership=named, until=topic.created_at.replace(year=2099))
    with pytest.raises(Refused):
        set_lock(actor=named.user, topic=topic, is_locked=True, reason="Ce que j’ai encore à dire")


# --- What must be approved, or is refused, does not come in by another door -----------------------------------------


def test_refused_words_do_not_come_in_by_an_edit(topic: Topic, answer: Post) -> None:
    rules(topic.network, refused_words=["casino"], refused_domains=["mauvais.example"])
    for body in ("Le casino en ligne", "Voir https://www.mauvais.example/"):
        with pytest.raises(BadText):
            edit_post(actor=answer.author, post=answer, body=body, version=0)
    with pytest.raises(BadText):
        edit_post(
            actor=topic.author, post=topic.posts.get(number=1), body="Corrigé.", title="Le casino en ligne", version=0
        )
    assert Post.objects.get(pk=answer.pk).body == "Fait en deux ans."
    # What the animation writes passes, as everywhere.
    animator = make_animator(topic.network).user
    edit_post(actor=animator, post=answer, body="Le casino en ligne", reason="Citation", version=0)
    # What stands there already may stay.
    edit_post(actor=answer.author, post=answer, body="Le casino en lignes", version=1)


def test_held_words_and_first_texts_do_not_come_in_by_an_edit(topic: Topic, answer: Post) -> None:
    rules(topic.network, held_words=["casino"])
    with pytest.raises(BadText):
        edit_post(actor=answer.author, post=answer, body="Le casino en ligne", version=0)
    rules(topic.network, newcomer_policy=NewcomerPolicy.HELD, newcomer_posts=2, held_words=[])
    with pytest.raises(BadText):
        edit_post(actor=answer.author, post=answer, body="Achetez ici", version=0)
    assert Post.objects.get(pk=answer.pk).body == "Fait en deux ans."


def test_a_discussion_that_is_read_first_is_not_rewritten_unread(topic: Topic, answer: Post) -> None:
    animator = make_animator(topic.network)
    set_approval(actor=animator.user, topic=topic, is_held=True)
    with pytest.raises(BadText):
        edit_post(actor=answer.author, post=answer, body="Ce qui aurait attendu", version=0)
    edit_post(actor=animator.user, post=answer, body="Corrigé.", reason="Une faute", version=0)
    assert Post.objects.get(pk=answer.pk).body == "Corrigé."


def test_what_is_told_of_a_trial_is_screened(topic: Topic, answer: Post) -> None:
    reader = make_member(topic.network)
    rules(topic.network, refused_words=["casino"])
    with pytest.raises(DomainError):
        react(user=reader.user, post=answer, kind=ReactionKind.TRIED, note="Le casino en ligne")
    rules(topic.network, refused_words=[], newcomer_policy=NewcomerPolicy.HELD)
    with pytest.raises(DomainError):
        react(user=reader.user, post=answer, kind=ReactionKind.TRIED, note="Achetez ici")
    react(user=reader.user, post=answer, kind=ReactionKind.TRIED)
    assert [one.note for one in Reaction.objects.all()] == [""]


def test_telling_of_trials_again_and_again_has_a_limit(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(topic.author)
    seen = {browser.post(f"/messages/{answer.pk}/essayer/", {"note": ""}).status_code for _number in range(60)}
    assert seen == {303, 429}


# --- Circles --------------------------------------------------------------------------------------------------------


def test_cases_follow_the_circle_of_a_theme(topic: Topic, answer: Post) -> None:
    """Else the words of the next report would be read by animators outside."""
    animator = make_animator(topic.network, make_member(topic.network, category="agent").user)
    report(reporter=topic.author, target_key="forums.post", target_id=answer.pk, reason=Reason.CHARTER)
    case = Case.objects.get()
    assert Case.objects.visible_to(animator.user).filter(pk=case.pk).exists()
    choice = CircleChoice(CircleKind.CATEGORY, categories=(make_category("elected"),), is_confidential=True)
    insider = make_animator(topic.network, topic.author)
    circle = edit_theme(user=insider.user, forum=topic.forum, texts=ThemeTexts("Clos"), choice=choice).circle
    case.refresh_from_db()
    assert case.circle_id == circle.pk
    assert not Case.objects.visible_to(animator.user).filter(pk=case.pk).exists()


def test_a_text_that_waits_tells_its_author_no_title_of_a_circle_that_closed(browser: Browser) -> None:
    network = make_network()
    author, animator = make_member(network), make_animator(network)
    topic = make_topic(make_confidential_forum(network, [author.user, animator.user]), animator.user)
    set_approval(actor=animator.user, topic=topic, is_held=True)
    with pytest.raises(Held) as waiting:
        make_post(topic, author.user, "Mon texte")
    CircleMember.objects.filter(circle=topic.circle, user=author.user).delete()
    Topic.objects.filter(pk=topic.pk).update(title="Le potiron secret")
    address = f"/textes-en-attente/{waiting.value.held.pk}/"
    page = browser.as_user(author.user).get(address).content.decode()
    assert ("Mon texte" in page, "potiron" in page) == (True, False)
    browser.post(f"{address}reprendre/")
    assert HeldText.objects.count() == 0
    drafts = browser.get("/brouillons/").content.decode()
    assert ("Mon texte" in drafts, "potiron" in drafts) == (True, False)


def test_who_is_named_for_a_theme_puts_nothing_into_one_that_is_reserved(topic: Topic) -> None:
    named = look_after(topic)
    reserved = make_forum(topic.network, slug="annonces", title="Annonces", topic_policy=TopicPolicy.ANIMATORS)
    own = make_topic(topic.forum, named.user, title="Ma réclame")
    with pytest.raises(Refused):
        move_topic(actor=named.user, topic=own, forum=reserved, agreed_circle_id=reserved.circle_id)
    animator = make_animator(topic.network)
    assert move_topic(actor=animator.user, topic=own, forum=reserved).forum_id == reserved.pk


# --- Naming ---------------------------------------------------------------------------------------------------------


def test_numbers_do_not_tell_the_names_of_people_of_other_networks() -> None:
    network, stranger = make_network(), make_member(make_network()).user
    author, peer = make_member(network).user, make_member(network).user
    topic = make_topic(make_public_forum(network), author)
    post = make_post(topic, author, f"@[x](user:{stranger.pk}) et @[x](user:{peer.pk})")
    assert (stranger.given_name in post.body_html, peer.given_name in post.body_html) == (False, True)
    assert f'data-user="{peer.pk}"' in post.body_html
    dispatch_all()
    told = Notification.objects.filter(kind="forums.mention").values_list("recipient", flat=True)
    assert list(told) == [peer.pk]


@pytest.mark.parametrize(
    "call", ["`@[x](category:elected)`", "\\\\@[x](category:elected)", "    @[x](category:elected)"]
)
def test_code_calls_no_category(topic: Topic, call: str) -> None:
    """What is told is read from the source, where the rendered text names nobody."""
    peer = make_member(topic.network, category="elected").user
    with pytest.raises(BadText):
        make_post(topic, topic.author, f"Voici :\n\n{call}")
    dispatch_all()
    assert not Notification.objects.filter(recipient=peer, kind="forums.mention").exists()


def test_naming_everybody_one_by_one_is_refused(topic: Topic) -> None:
    body = " ".join(f"@[x](user:{number})" for number in range(1, MOST_NAMED + 2))
    with pytest.raises(BadText):
        make_post(topic, topic.author, body)


# --- Weight ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n" * 20_000, "b\n" + "a\n" * 19_999),
        ("a b\n" * 10_000, "b a\n" * 10_000),
        ("a " * 990, "a " * 989 + "b "),
        ("\n".join("ab"[n * n % 7 % 2] for n in range(20_000)), "\n".join("ab"[n * n % 5 % 2] for n in range(20_000))),
        (" ".join("ab"[n * n % 7 % 2] for n in range(999)), " ".join("ab"[n * n % 11 % 2] for n in range(999))),
    ],
)
def test_no_two_texts_take_long_to_compare(before: str, after: str) -> None:
    begun = time.process_time()
    difference_html(before, after)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"fields": {"body": "\\ud800"}, "title": "", "address": "/", "version": 0}']
)
def test_a_draft_that_no_browser_sends_is_refused(browser: Browser, topic: Topic, body: str) -> None:
    response = browser.as_user(topic.author).put("/brouillons/topic-1/", body, content_type="application/json")
    assert response.status_code == 422
    assert json.loads(response.content)["error"]
