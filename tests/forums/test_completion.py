"""Naming people while one writes: only those who can see the discussion; and quoting a post."""

from typing import Any

import pytest

from forums.models import Post, Topic
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member, make_network, make_suspended, make_user
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_public_forum, make_topic

pytestmark = pytest.mark.django_db


def named(member: Membership, given: str, family: str) -> Membership:
    member.user.given_name, member.user.family_name = given, family
    member.user.save(update_fields=["given_name", "family_name"])
    return member


def ask(browser: Browser, topic: Topic, words: str) -> dict[str, list[str]]:
    content = browser.get(f"/sujets/{topic.pk}/personnes/", {"q": words}).json()
    return {key: [one["name"] for one in content[key]] for key in ("people", "unseen")}


def test_names_are_found_by_the_beginning_of_each_word_without_accents(browser: Browser, topic: Topic) -> None:
    named(make_member(topic.network), "Zoé", "Évrard")
    named(make_member(topic.network), "Zoé", "Martin")
    browser.as_user(topic.author)
    assert ask(browser, topic, "zoe")["people"] == ["Zoé Évrard", "Zoé Martin"]
    assert ask(browser, topic, "EVR z")["people"] == ["Zoé Évrard"]
    assert ask(browser, topic, "rard")["people"] == []
    assert ask(browser, topic, "  ")["people"] == []


def test_a_person_is_shown_with_the_hat(browser: Browser, topic: Topic) -> None:
    member = named(make_member(topic.network, category="elected"), "Zoé", "Évrard")
    (one,) = browser.as_user(topic.author).get(f"/sujets/{topic.pk}/personnes/?q=zo").json()["people"]
    assert (one["id"], one["hat"], one["category"]) == (member.user_id, "Élu·e", "elected")


def test_who_cannot_see_the_discussion_is_named_as_such_and_not_offered(browser: Browser) -> None:
    network = make_network()
    author, inside, outside = make_member(network), make_member(network), make_member(network)
    named(inside, "Zoé", "Dedans")
    named(outside, "Zoé", "Dehors")
    named(make_member(make_network()), "Zoé", "Ailleurs")
    named(make_suspended(network), "Zoé", "Suspendue")
    topic = make_topic(make_confidential_forum(network, [author.user, inside.user]), author.user)
    assert ask(browser.as_user(author.user), topic, "zoé") == {"people": ["Zoé Dedans"], "unseen": ["Zoé Dehors"]}


def test_a_public_discussion_offers_the_members_of_its_network_to_its_members_alone(browser: Browser) -> None:
    network = make_network()
    author = make_member(network)
    named(make_member(network), "Zoé", "Membre")
    topic = make_topic(make_public_forum(network), author.user)
    assert ask(browser.as_user(author.user), topic, "zo") == {"people": ["Zoé Membre"], "unseen": []}
    for visitor in (Browser(), Browser().as_user(make_user())):
        response = visitor.get(f"/sujets/{topic.pk}/personnes/?q=zo")
        assert (response.status_code, response.json()) == (403, {"people": [], "unseen": [], "categories": []})


def test_before_a_topic_exists_its_theme_is_asked(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    named(make_member(member.network), "Zoé", "Membre")
    address = f"/r/{member.network.slug}/discussions/{forum.slug}/personnes/?q=zo"
    assert [one["name"] for one in browser.as_user(member.user).get(address).json()["people"]] == ["Zoé Membre"]


def test_collecting_names_is_limited(browser: Browser, topic: Topic) -> None:
    browser.as_user(topic.author)
    answers = [browser.get(f"/sujets/{topic.pk}/personnes/?q=a").status_code for _time in range(61)]
    assert answers == [200] * 60 + [429]


@pytest.mark.parametrize("count", [1, 3])
def test_completion_costs_the_same_for_one_and_three(
    browser: Browser, django_assert_num_queries: Any, count: int
) -> None:
    network = make_network()
    author = make_member(network)
    for _one in range(count):
        named(make_member(network), "Zoé", "Dehors")
    topic = make_topic(make_confidential_forum(network, [author.user]), author.user)
    browser.as_user(author.user)
    ask(browser, topic, "x")
    with django_assert_num_queries(4):
        assert len(ask(browser, topic, "zo")["unseen"]) == count


def test_a_quote_names_its_author_and_leads_back(browser: Browser, topic: Topic) -> None:
    writer = named(make_member(topic.network), "Zoé", "[Évrard]")
    post = make_post(topic, writer.user, "> cité avant\n\nDeux **lignes**\nici")
    response = browser.as_user(topic.author).get(f"/messages/{post.pk}/citer/")
    assert response.content.decode() == (
        f"> **[Zoé \\[Évrard\\]](/messages/{post.pk}/)**\u00a0:\n>\n> Deux **lignes**\n> ici\n\n"
    )
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"


def test_what_was_removed_or_is_not_open_is_not_quoted(browser: Browser, topic: Topic) -> None:
    post = make_post(topic, topic.author)
    stranger = make_animator(make_network())
    assert Browser().as_user(stranger.user).get(f"/messages/{post.pk}/citer/").status_code == 404
    Post.objects.filter(pk=post.pk).update(is_removed=True, removal_kind="author")
    assert browser.as_user(topic.author).get(f"/messages/{post.pk}/citer/").status_code == 404


def test_an_animator_is_offered_the_categories_that_read_the_discussion(browser: Browser, topic: Topic) -> None:
    make_member(topic.network, category="agent")
    animator = make_animator(topic.network)
    address = f"/sujets/{topic.pk}/personnes/?q=él"
    assert browser.as_user(topic.author).get(address).json()["categories"] == []
    categories = Browser().as_user(animator.user).get(address).json()["categories"]
    assert categories == [{"slug": "elected", "label": "élu·es"}]
