"""Searching: stems, accents, visibility, highlights."""

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from forums import queries
from forums.models import Post, Topic
from forums.queries.search import EXCERPT_CHARACTERS, excerpt_of, transfer_marks
from peerhub.people.folding import fold
from peerhub.people.models import Membership
from peerhub.text.safe import HIGHLIGHT_START, HIGHLIGHT_STOP, highlighted
from tests.builders import make_member, make_network
from tests.forums.builders import (
    make_confidential_forum,
    make_forum,
    make_post,
    make_posts,
    make_public_forum,
    make_topic,
)

db = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_member(make_network())


def titles(member: Membership, words: str) -> list[str]:
    hits = queries.search_topics(member.user, member.network, words)
    return [Topic.objects.get(pk=hit.topic_id).title for hit in hits]


@db
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("légumerie", ["Une légumerie à plusieurs"]),
        ("LEGUMERIES", ["Une légumerie à plusieurs"]),
        ("cœur", ["La place du village"]),
        ("coeurs", ["La place du village"]),
        ('"place du village"', ["La place du village"]),
        ('"village de place"', []),
        ("place -village", []),
        ("elus", ["Une légumerie à plusieurs"]),
        ("le la les", []),
        ("", []),
        ("'&|!:*()<->\\ \"", []),
    ],
)
def test_french_words_are_found(member: Membership, words: str, found: list[str]) -> None:
    forum = make_forum(member.network)
    make_topic(forum, member.user, title="Une légumerie à plusieurs", body="Avec des **élus** convaincus.")
    make_topic(forum, member.user, title="La place du village", body="Au cœur du bourg.")
    assert titles(member, words) == found


@db
def test_a_title_comes_before_a_text_and_the_best_post_is_linked(member: Membership) -> None:
    forum = make_forum(member.network)
    told = make_topic(forum, member.user, title="Transports", body="Rien.")
    make_posts(told, member.user, 20)
    post = make_post(told, member.user, "La **navette** des collégiens, navette gratuite.")
    make_topic(forum, member.user, title="Une navette électrique", body="Bonjour.")
    first, second = queries.search_topics(member.user, member.network, "navettes")
    assert first.title == f"Une {HIGHLIGHT_START}navette{HIGHLIGHT_STOP} électrique"
    assert second.url == f"{told.get_absolute_url()}?page=2#message-{post.number}"
    assert str(highlighted(second.excerpt)) == "La <mark>navette</mark> des collégiens, <mark>navette</mark> gratuite."


@db
def test_only_what_is_visible_is_found(member: Membership) -> None:
    insider = make_member(member.network)
    forums = (
        make_forum(member.network),
        make_public_forum(member.network),
        make_confidential_forum(member.network, [insider.user]),
    )
    for forum, title in zip(forums, ("Canari du réseau", "Canari public", "Canari confidentiel"), strict=True):
        topic = make_topic(forum, insider.user, title=title, body="canari")
        Post.objects.filter(pk=make_post(topic, insider.user, "ornithorynque").pk).update(is_removed=True, removal_kind="moderation")
    assert sorted(titles(member, "canaris")) == ["Canari du réseau", "Canari public"]
    assert sorted(titles(insider, "canaris")) == ["Canari confidentiel", "Canari du réseau", "Canari public"]
    hits = queries.search_topics(AnonymousUser(), None, "canari")
    assert [Topic.objects.get(pk=hit.topic_id).title for hit in hits] == ["Canari public"]
    assert queries.search_topics(insider.user, None, "ornithorynque") == []
    other = make_member(make_network())
    assert queries.search_topics(insider.user, other.network, "canari") == []


@db
@pytest.mark.parametrize("count", [1, 3])
def test_search_is_one_query(member: Membership, count: int, django_assert_num_queries: object) -> None:
    forum = make_forum(member.network)
    for _number in range(count):
        make_topic(forum, member.user, title="Navette")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(queries.search_topics(member.user, member.network, "navette")) == count


@given(st.text(alphabet="aeéÉœŒæßçñ’ bcN\n", max_size=80), st.sets(st.integers(0, 100), max_size=6))
def test_marks_of_the_folded_text_leave_the_text_whole(text: str, places: set[int]) -> None:
    folded = list(fold(text))
    marks = sorted(place for place in places if place <= len(folded))
    for index, place in reversed(list(enumerate(marks[: len(marks) // 2 * 2]))):
        folded.insert(place, HIGHLIGHT_STOP if index % 2 else HIGHLIGHT_START)
    moved = transfer_marks(text, "".join(folded))
    assert moved.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_STOP, "") == text


@pytest.mark.parametrize(
    ("text", "expected_start", "expected_stop"),
    [
        ("mot " * 200 + HIGHLIGHT_START + "navette" + HIGHLIGHT_STOP + " fin" * 200, "… ", " …"),
        ("court", "court", "court"),
    ],
)
def test_an_excerpt_surrounds_its_first_match(text: str, expected_start: str, expected_stop: str) -> None:
    excerpt = excerpt_of(text)
    assert excerpt.startswith(expected_start)
    assert excerpt.endswith(expected_stop)
    assert len(excerpt) <= EXCERPT_CHARACTERS + 4
    assert (HIGHLIGHT_START in text) == (HIGHLIGHT_START in excerpt)
