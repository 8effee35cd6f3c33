"""What moderation may see and do of the forums."""

import pytest

from forums.enums import ReactionKind, RemovalKind, TopicState
from forums.models import Post, Reaction, Topic
from forums.moderation_targets import load_held, load_posts, load_topics, load_trials
from forums.services.editing import remove_post
from forums.services.moving import move_topic
from forums.services.reactions import react
from peerhub.moderation.enums import AppealOutcome, Decision, Reason
from peerhub.moderation.models import Case
from peerhub.moderation.services.appeals import appeal, decide_appeal
from peerhub.moderation.services.cases import decide
from peerhub.moderation.services.reports import report
from peerhub.moderation.targets import Standing
from peerhub.people.errors import DomainError
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_post, make_posts, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def animator(topic: Topic) -> Membership:
    return make_animator(topic.network)


def test_a_reported_post_is_hidden_shown_to_moderators_and_restored(
    browser: Browser, topic: Topic, animator: Membership
) -> None:
    second, author = make_animator(topic.network), make_member(topic.network)
    post = make_post(topic, author.user, "Un propos de trop")
    report(reporter=topic.author, target_key="forums.post", target_id=post.pk, reason=Reason.CHARTER)
    case = Case.objects.get()
    browser.as_user(animator.user)
    assert "Un propos de trop" in browser.get(f"/moderation/{case.pk}/").content.decode()
    decide(moderator=animator.user, case=case, decision=Decision.HIDE, reason="Charte")
    post.refresh_from_db()
    assert (post.removal_kind, post.removal_reason) == (RemovalKind.MODERATION, "Charte")
    assert load_posts(second.user, [post.pk])[post.pk].standing == Standing.HIDDEN
    assert "Un propos de trop" in browser.get(f"/moderation/{case.pk}/").content.decode()
    appeal(author=author.user, case=Case.objects.get(), words="Je citais")
    decide_appeal(
        moderator=second.user, case=Case.objects.get(), outcome=AppealOutcome.OVERTURNED, reason="C’était une citation"
    )
    post.refresh_from_db()
    assert (post.is_removed, load_posts(second.user, [post.pk])[post.pk].standing) == (False, Standing.LIVE)


def test_a_reported_topic_is_removed(topic: Topic, animator: Membership) -> None:
    reporter = make_member(topic.network)
    report(reporter=reporter.user, target_key="forums.topic", target_id=topic.pk, reason=Reason.OFF_TOPIC)
    decide(moderator=animator.user, case=Case.objects.get(), decision=Decision.REMOVE, reason="Hors sujet")
    assert Topic.objects.get().state == TopicState.REMOVED
    assert load_topics(animator.user, [topic.pk])[topic.pk].url == f"/sujets/{topic.pk}/retire/"


def test_a_note_of_a_trial_is_reported_apart_from_its_post(
    browser: Browser, topic: Topic, animator: Membership
) -> None:
    second, teller = make_animator(topic.network), make_member(topic.network)
    post = make_post(topic, make_member(topic.network).user)
    react(user=teller.user, post=post, kind=ReactionKind.TRIED, note="Achetez chez moi")
    trial = Reaction.objects.get()
    address = f"/messages/{post.pk}/essais/"
    report_url = f"/signaler/forums.trial/{trial.pk}/"
    pages = [Browser().as_user(one).get(address).content.decode() for one in (topic.author, teller.user)]
    assert [report_url in page for page in pages] == [True, False]
    browser.as_user(topic.author)
    assert "Achetez chez moi" in browser.get(report_url).content.decode()
    assert browser.post(report_url, {"reason": "advertising"}).status_code == 303
    case = Case.objects.get()
    assert (case.author, case.circle, case.target_id) == (teller.user, topic.circle, trial.pk)
    decide(moderator=animator.user, case=case, decision=Decision.HIDE, reason="Publicité")
    shown = [browser.get(one).content.decode() for one in (address, topic.get_absolute_url())]
    assert ["Achetez chez moi" in page for page in shown] == [False, False]
    post.refresh_from_db()
    assert (post.is_removed, post.tried_count) == (False, 1)
    assert "Achetez chez moi" in Browser().as_user(second.user).get(f"/moderation/{case.pk}/").content.decode()
    with pytest.raises(DomainError, match="Mes dossiers"):
        react(user=teller.user, post=post, kind=ReactionKind.TRIED, note="Achetez encore")
    appeal(author=teller.user, case=Case.objects.get(), words="C’était vrai")
    decide_appeal(moderator=second.user, case=Case.objects.get(), outcome=AppealOutcome.OVERTURNED, reason="Soit")
    assert "Achetez chez moi" in browser.get(address).content.decode()


def test_the_case_of_a_trial_goes_where_its_post_goes(topic: Topic, animator: Membership) -> None:
    second, teller = make_animator(topic.network), make_member(topic.network)
    post = make_post(topic, second.user)
    react(user=teller.user, post=post, kind=ReactionKind.TRIED, note="Deux ans")
    report(reporter=topic.author, target_key="forums.trial", target_id=Reaction.objects.get().pk, reason=Reason.CHARTER)
    place = make_confidential_forum(topic.network, [animator.user])
    move_topic(actor=animator.user, topic=topic, forum=place, agreed_circle_id=place.circle_id)
    seen = [Case.objects.visible_to(one.user).exists() for one in (animator, second)]
    assert (Case.objects.get().circle, seen) == (place.circle, [True, False])
    assert load_trials(second.user, [Reaction.objects.get().pk]) == {}
    assert load_trials(teller.user, [Reaction.objects.get().pk])[Reaction.objects.get().pk].title == ""


def test_nothing_of_a_closed_circle_is_loaded_but_ones_own(topic: Topic, animator: Membership) -> None:
    insider = make_member(topic.network)
    secret = make_topic(make_confidential_forum(topic.network, [insider.user]), insider.user, title="Entre nous")
    post = make_post(secret, insider.user)
    assert (load_posts(animator.user, [post.pk]), load_topics(animator.user, [secret.pk])) == ({}, {})
    assert list(load_posts(insider.user, [post.pk])) == [post.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_loading_costs_the_same_for_many(
    topic: Topic, animator: Membership, count: int, django_assert_num_queries: object
) -> None:
    posts = [post.pk for post in make_posts(topic, topic.author, count)]
    remove_post(actor=topic.author, post=Post.objects.get(pk=posts[0]))
    topics = [make_topic(topic.forum, topic.author, title=f"Sujet {one}").pk for one in range(count)]
    for load, ids in ((load_posts, posts), (load_topics, topics)):
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(load(animator.user, ids)) == count
    assert load_held(animator.user, [1]) == {}
