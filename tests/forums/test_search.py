"""Searching: stems, accents, beginnings, filters, visibility, highlights, counts."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from forums.enums import TopicKind
from forums.models import Post, Tag, TagSynonym, Topic
from forums.queries.search import Answer, Asked, PageTooFar, asked_from, search
from forums.queries.search.criteria import criteria_of
from forums.queries.search.excerpts import EXCERPT_CHARACTERS, excerpt_of, marked
from forums.queries.search.finding import PER_PAGE
from forums.queries.search.grammar import parse, terms_of
from forums.queries.search.words import TextQuery, text_query
from peerhub.people.models import Membership, Territory
from peerhub.text.safe import HIGHLIGHT_START, HIGHLIGHT_STOP, highlighted
from tests.builders import make_member, make_network, make_user
from tests.forums.builders import (
    make_confidential_forum,
    make_forum,
    make_post,
    make_posts,
    make_public_forum,
    make_topic,
)

db = pytest.mark.django_db
FIELDS = {"words", "network", "theme", "kind", "author", "category", "territory", "tag", "status", "after", "before"}


@pytest.fixture
def member() -> Membership:
    return make_member(make_network())


def found(member: Membership, typed: str, **params: str) -> Answer:
    return search(member.user, member.network, asked_from({"q": typed, **params}))


def titles(member: Membership, typed: str, **params: str) -> list[str]:
    return [plain(hit.title) for hit in found(member, typed, **params).hits]


def plain(text: str) -> str:
    return text.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_STOP, "")


# --- Words --------------------------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("légumerie", ["Une légumerie à plusieurs"]),
        ("LEGUMERIES", ["Une légumerie à plusieurs"]),
        ("légum", ["Une légumerie à plusieurs"]),
        ("légum plusieurs", []),  # a beginning is the last word's alone
        ("plusieurs légum", ["Une légumerie à plusieurs"]),
        ("cœur", ["La place du village"]),
        ("coeurs", ["La place du village"]),
        ('"place du village"', ["La place du village"]),
        ("« place du village »", ["La place du village"]),
        ('"village de place"', []),
        ("place -village", []),
        ("place -légumerie", ["La place du village"]),
        ("légumerie OU village", ["La place du village", "Une légumerie à plusieurs"]),
        ("elus", ["Une légumerie à plusieurs"]),
        ("tiers lieu", ["La place du village"]),
        ("tiers-lieu", ["La place du village"]),
        ("tiers lieux", ["La place du village"]),
        ("lieux", ["La place du village"]),
        ("élu convaincu", ["Une légumerie à plusieurs"]),
        ("légumerie à plusieurs", ["Une légumerie à plusieurs"]),
        ("le la les", []),
        ("-village", []),
        ("", []),
        ("'&|!:*()<->\\ \"", []),
        ("a:b:c 12:30 http://x.y", []),
    ],
)
def test_french_words_are_found(member: Membership, words: str, expected: list[str]) -> None:
    forum = make_forum(member.network)
    make_topic(forum, member.user, title="Une légumerie à plusieurs", body="Avec des **élus** convaincus.")
    make_topic(forum, member.user, title="La place du village", body="Au cœur du bourg, un tiers-lieu.")
    assert sorted(titles(member, words)) == expected


@db
def test_words_spread_over_a_title_and_posts_find_the_topic(member: Membership) -> None:
    forum = make_forum(member.network)
    topic = make_topic(forum, member.user, title="Cantines", body="Bonjour.")
    make_post(topic, member.user, "Du potiron chaque lundi.")
    make_post(topic, member.user, "Et de la ratatouille.")
    make_topic(forum, member.user, title="Le potiron", body="Sans rapport.")
    assert titles(member, "cantine potiron") == ["Cantines"]
    assert titles(member, "potiron ratatouille") == ["Cantines"]
    assert titles(member, "cantine potiron -ratatouille") == ["Cantines"]  # the post that is shown does not say it
    assert titles(member, "cantine potiron -cantines") == []
    (hit,) = found(member, "cantine potiron").hits
    assert hit.url == f"{topic.get_absolute_url()}#message-2"
    assert str(highlighted(hit.excerpt)) == "Du <mark>potiron</mark> chaque lundi."
    whole = make_topic(forum, member.user, title="Autre", body="Cantine et potiron.")
    assert [one.topic_id for one in found(member, "cantine potiron").hits] == [whole.pk, topic.pk]


@db
def test_a_title_comes_before_a_text_and_the_best_post_is_linked(member: Membership) -> None:
    forum = make_forum(member.network)
    told = make_topic(forum, member.user, title="Transports", body="Rien.")
    make_posts(told, member.user, 20)
    post = make_post(told, member.user, "La **navette** des collégiens, navette gratuite.")
    make_topic(forum, member.user, title="Une navette électrique", body="Bonjour.")
    first, second = found(member, "navettes").hits
    assert first.title == f"Une {HIGHLIGHT_START}navette{HIGHLIGHT_STOP} électrique"
    assert second.url == f"{told.get_absolute_url()}?page=2#message-{post.number}"
    assert str(highlighted(second.excerpt)) == "La <mark>navette</mark> des collégiens, <mark>navette</mark> gratuite."


@db
def test_what_helped_comes_first_and_the_newest_of_equals(member: Membership) -> None:
    forum = make_forum(member.network)
    for name in "abc":
        make_post(make_topic(forum, member.user, title=f"Sujet {name}", body="Bonjour."), member.user, "Une navette.")
    assert titles(member, "navette") == ["Sujet c", "Sujet b", "Sujet a"]
    tried = Post.objects.get(topic__title="Sujet a", number=2)
    Post.objects.filter(pk=tried.pk).update(tried_count=2)
    assert titles(member, "navette") == ["Sujet a", "Sujet c", "Sujet b"]
    Topic.objects.filter(title="Sujet b").update(accepted_post=Post.objects.get(topic__title="Sujet b", number=2))
    assert titles(member, "navette") == ["Sujet b", "Sujet a", "Sujet c"]
    assert titles(member, "navette", tri="recent") == ["Sujet c", "Sujet b", "Sujet a"]


# --- Who may see --------------------------------------------------------------------------------------------------


@db
def test_only_what_is_visible_is_found_and_counted(member: Membership) -> None:
    insider = make_member(member.network, category="elected")
    forums = (
        make_forum(member.network),
        make_public_forum(member.network),
        make_confidential_forum(member.network, [insider.user]),
    )
    for forum, title in zip(forums, ("Canari du réseau", "Canari public", "Canari confidentiel"), strict=True):
        topic = make_topic(forum, insider.user, title=title, body="canari")
        Post.objects.filter(pk=make_post(topic, insider.user, "ornithorynque").pk).update(
            is_removed=True, removal_kind="moderation"
        )
    assert sorted(titles(member, "canaris")) == ["Canari du réseau", "Canari public"]
    assert sorted(titles(insider, "canaris")) == ["Canari confidentiel", "Canari du réseau", "Canari public"]
    (outside,) = found(member, "canari").facets
    assert {one.label: one.number for one in outside.values} == {"Alimentation": 1, "Ouvert à tous": 1}
    (inside,) = found(insider, "canari").facets
    assert {one.label for one in inside.values} == {"Alimentation", "Ouvert à tous", "Entre nous"}
    hits = search(AnonymousUser(), None, asked_from({"q": "canari"})).hits
    assert [plain(hit.title) for hit in hits] == ["Canari public"]
    assert titles(insider, "ornithorynque") == []
    assert titles(insider, "canari", theme="entre-nous") == ["Canari confidentiel"]
    secret = found(member, "canari", theme="Entre nous")
    unknown = found(member, "canari", theme="Nulle part")
    assert secret.total == unknown.total == 2
    sentences = [one.criteria.problems["theme"] for one in (secret, unknown)]
    assert sentences[0].replace("Entre nous", "Nulle part") == sentences[1]
    other = make_member(make_network())
    assert search(insider.user, other.network, asked_from({"q": "canari"})).total == 0


@db
@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_as_many_queries_for_one_as_for_three(
    member: Membership, count: int, django_assert_num_queries: object
) -> None:
    """Circles, candidates, texts; with more than one, no more: its facets tell nothing apart. (Words that were asked
    before are known.)"""
    forum = make_forum(member.network)
    for _number in range(count):
        make_topic(forum, member.user, title="Navette")
    found(member, "navette")
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert found(member, "navette").total == count


@db
def test_an_empty_discussion_is_no_find(member: Membership) -> None:
    """As those that wait beside a session."""
    topic = make_topic(make_forum(member.network), member.user, title="Navette fluviale")
    assert found(member, "navette").total == 1
    topic.posts.all().delete()
    Topic.objects.filter(pk=topic.pk).update(post_count=0, last_number=0)
    assert found(member, "navette").total == 0


# --- Filters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "words", "filters"),
    [
        ('cantine auteur:"Claire Martin"', "cantine", {"author": "Claire Martin"}),
        ("AUTRICE:claire bio", "bio", {"author": "claire"}),
        ("by:elected par:élu", "", {"category": "élu"}),
        ("catégorie:élu", "", {"category": "élu"}),
        ("theme:« Aller et venir » vélo", "vélo", {"theme": "Aller et venir"}),
        ("mot-clé:bio tag:eau", "", {"tag": "eau"}),
        ("après:2025-01 before:2026", "", {"after": "2025-01", "before": "2026"}),
        ("statut:sans-réponse", "", {"status": "sans-réponse"}),
        ("is:solved type:question", "", {"status": "solved", "kind": "question"}),
        ("objet:truc 12:30 https://a.b/", "objet:truc 12:30 https://a.b/", {}),
        ("auteur: claire", "auteur: claire", {}),
        ("auteur:", "auteur:", {}),
        ('auteur:"claire', 'auteur:"claire', {}),
    ],
)
def test_filters_are_typed_among_the_words(typed: str, words: str, filters: dict[str, str]) -> None:
    assert parse(typed) == (words, filters)


@given(st.text(max_size=120))
def test_no_text_breaks_the_grammar(typed: str) -> None:
    asked = asked_from({"q": typed})
    assert set(asked.filters) <= FIELDS
    assert asked_from(dict(_pairs(asked))) == Asked(**vars(asked))
    assert len(terms_of(asked.words)) <= 12


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl  # noqa: PLC0415 - beside its one use

    return parse_qsl(asked.query_string())


@db
@pytest.mark.parametrize(
    "typed", ["'", "\\", "''''", "a'b", "é\\'é", "%s", "%(x)s", ":*", "a:*", "l’eau", "«»", "\ue000"]
)
def test_no_sign_breaks_the_query(member: Membership, typed: str) -> None:
    assert found(member, typed).total == 0
    assert found(member, f"navette {typed}", auteur=typed, mot=typed, territoire=typed, par=typed).total == 0


@db
def test_topics_are_found_by_what_they_are(member: Membership) -> None:
    elected = make_member(member.network, make_user(given_name="Hélène", family_name="Brûlé"), category="elected")
    food = make_forum(member.network)
    roads = make_forum(member.network, slug="routes", title="Aller et venir")
    question = make_topic(food, member.user, title="Question", body="navette")
    report = make_topic(roads, elected.user, title="Retour", kind=TopicKind.DISCUSSION, body="navette")
    make_post(question, elected.user, "Une navette aussi.")
    old = make_topic(food, member.user, title="Ancien", body="navette")
    at = datetime(2025, 3, 10, 12, tzinfo=ZoneInfo("Europe/Paris"))
    Topic.objects.filter(pk=old.pk).update(created_at=at)
    Post.objects.filter(topic=old).update(created_at=at)
    tag = Tag.objects.create(network=member.network, slug="velo", name="Vélo")
    TagSynonym.objects.create(network=member.network, tag=tag, slug="bicyclette", name="Bicyclette")
    report.tags.add(tag)
    assert titles(member, "navette theme:routes") == ["Retour"]
    assert titles(member, "navette thème:aller") == ["Retour"]
    assert titles(member, "nature:discussion") == ["Retour"]
    assert sorted(titles(member, "navette par:élus")) == ["Question", "Retour"]
    assert sorted(titles(member, "by:elected")) == ["Question", "Retour"]
    assert sorted(titles(member, "navette auteur:helene")) == ["Question", "Retour"]
    assert sorted(titles(member, 'auteur:"BRULE hélène"')) == ["Question", "Retour"]
    assert titles(member, "navette auteur:inconnu") == []
    assert sorted(titles(elected, "auteur:moi")) == ["Question", "Retour"]
    assert titles(member, "mot:velo") == titles(member, "tag:bicyclette navette") == ["Retour"]
    assert titles(member, "statut:sans-reponse") == ["Ancien"]
    assert sorted(titles(member, "statut:à-résoudre")) == ["Ancien", "Question"]
    Topic.objects.filter(pk=question.pk).update(accepted_post=Post.objects.get(topic=question, number=2))
    assert titles(member, "statut:résolu") == ["Question"]
    assert titles(member, "navette avant:2025-04") == titles(member, "après:2025-03-10 avant:11/03/2025") == ["Ancien"]
    assert titles(member, "après:2025-03-11 avant:2025-04") == []
    (hit,) = found(member, "navette par:elected theme:alimentation").hits
    assert (hit.number, hit.category_slug, hit.author_name) == (2, "elected", "Hélène Brûlé")


@db
def test_a_territory_holds_those_within_it(member: Membership) -> None:
    region = Territory.objects.create(kind="region", code="97", name="Orsenne", name_folded="orsenne")
    county = Territory.objects.create(kind="departement", code="971", name="Val", name_folded="val", parent=region)
    town = Territory.objects.create(kind="commune", code="97101", name="Bourg", name_folded="bourg", parent=county)
    there = make_member(member.network, territory=town)
    forum = make_forum(member.network)
    make_topic(forum, there.user, title="De là", body="navette")
    about = make_topic(forum, member.user, title="Là", body="navette")
    Topic.objects.filter(pk=about.pk).update(territory=county)
    make_topic(forum, member.user, title="Ailleurs", body="navette")
    assert sorted(titles(member, "navette territoire:Orsenne")) == ["De là", "Là"]
    assert sorted(titles(member, "territoire:971")) == ["De là", "Là"]
    assert titles(member, "navette territoire:Bourg") == ["De là"]
    assert found(member, "", territoire="commune-97101").criteria.labels == {"territory": "Bourg"}


@db
@pytest.mark.parametrize("name", ["theme", "nature", "par", "territoire", "mot", "statut", "apres", "avant"])
def test_a_wrong_filter_is_said_and_loses_nothing(member: Membership, name: str) -> None:
    make_topic(make_forum(member.network), member.user, title="Navette")
    answer = found(member, "navette", **{name: "zzz"})
    assert (answer.total, len(answer.criteria.problems), answer.criteria.labels) == (1, 1, {})
    assert "zzz" in next(iter(answer.criteria.problems.values()))
    assert found(member, "", **{name: "zzz"}).total == 0


@db
@pytest.mark.parametrize("day", ["2025-13", "2025-02-30", "0000", "9999-12-31", "20250101", "hier", "31/02/2025"])
def test_days_that_do_not_exist_are_said(member: Membership, day: str) -> None:
    criteria = criteria_of(member.user, None, Asked(after=day, before=day))
    assert set(criteria.problems) == {"after", "before"}


@db
def test_facets_count_what_choosing_them_gives(member: Membership) -> None:
    elected = make_member(member.network, category="elected")
    forums = [make_forum(member.network), make_forum(member.network, slug="routes", title="Routes")]
    for number in range(5):
        kind = TopicKind.QUESTION if number < 3 else TopicKind.DISCUSSION
        topic = make_topic(forums[number % 2], member.user, title=f"Navette {number}", kind=kind)
        if number == 4:
            make_post(topic, elected.user, "Navette.")
    answer = found(member, "navette")
    counts = {facet.name: {one.value: one.number for one in facet.values} for facet in answer.facets}
    assert counts == {
        "theme": {"Alimentation": 3, "Routes": 2},
        "kind": {"question": 3, "discussion": 2},
        "category": {"agent": 5, "elected": 1},
    }
    for name, param in (("theme", "theme"), ("kind", "nature"), ("category", "par")):
        for value, number in counts[name].items():
            chosen = found(member, "navette", **{param: value})
            assert chosen.total == number
            assert name not in {facet.name for facet in chosen.facets}


@db
def test_pages_hold_twenty_and_end(member: Membership) -> None:
    forum = make_forum(member.network)
    for number in range(PER_PAGE + 1):
        make_topic(forum, member.user, title=f"Navette {number}")
    asked = asked_from({"q": "navette"})
    first, second = (search(member.user, member.network, asked, number) for number in (1, 2))
    assert (len(first), len(second), first.total, second.page_count) == (PER_PAGE, 1, PER_PAGE + 1, 2)
    assert {hit.topic_id for hit in first.hits}.isdisjoint(hit.topic_id for hit in second.hits)
    with pytest.raises(PageTooFar):
        search(member.user, member.network, asked, 3)
    with pytest.raises(PageTooFar):
        search(member.user, member.network, asked, 0)


# --- Marks and excerpts -------------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("élus", "Les élus, l'Élu et élude.", "Les [élus], l'[Élu] et élude."),
        ("coeur", "Au cœur des CŒURS, écœurant.", "Au [cœur] des [CŒURS], écœurant."),
        ("cheval", "Des chevaux.", "Des [chevaux]."),
        ("oeuvre", "Œuvrer à l’œuvre", "[Œuvrer] à l’[œuvre]"),
        ("canti", "La cantine, Cantilienne.", "La [cantine], [Cantilienne]."),
        ('"place du village"', "Place du village", "[Place] du [village]"),
        ("eau -feu", "Eau et feu", "[Eau] et feu"),
        ("l’école", "L’école d’à côté", "L’[école] d’à côté"),
        ("", "Rien", "Rien"),
    ],
)
def test_words_are_marked_when_they_are_why(words: str, text: str, expected: str) -> None:
    (shown,) = marked([text], text_query(terms_of(words)))
    assert shown.replace(HIGHLIGHT_START, "[").replace(HIGHLIGHT_STOP, "]") == expected


@db
@given(st.text(alphabet="aeéÉœŒæßçñ’ -bcN\n", max_size=80))
def test_marks_leave_the_text_whole(text: str) -> None:
    (shown,) = marked([text], TextQuery(lexemes=frozenset({"bec", "coeur", "ae"}), prefixes=("nec",)))
    assert plain(shown) == text
    assert not re.search(f"{HIGHLIGHT_START}[^{HIGHLIGHT_STOP}]*{HIGHLIGHT_START}", shown)


@pytest.mark.parametrize(
    ("text", "expected_start", "expected_stop"),
    [
        ("mot " * 200 + HIGHLIGHT_START + "navette" + HIGHLIGHT_STOP + " fin" * 200, "… ", " …"),
        ("mot " * 5000 + HIGHLIGHT_START + "navette" + HIGHLIGHT_STOP + " fin" * 5000, "… ", " …"),
        ("mot " * 5000, "mot", " …"),
        ("court", "court", "court"),
    ],
)
def test_an_excerpt_surrounds_its_first_match(text: str, expected_start: str, expected_stop: str) -> None:
    excerpt = excerpt_of(text)
    assert excerpt.startswith(expected_start)
    assert excerpt.endswith(expected_stop)
    assert len(excerpt) <= EXCERPT_CHARACTERS + 4
    assert (HIGHLIGHT_START in text) == (HIGHLIGHT_START in excerpt)


@db
def test_dates_are_days_of_the_zone_of_the_person(member: Membership) -> None:
    topic = make_topic(make_forum(member.network), member.user, title="Minuit")
    midnight = datetime(2025, 6, 1, tzinfo=ZoneInfo("Europe/Paris"))
    Topic.objects.filter(pk=topic.pk).update(created_at=midnight)
    Post.objects.filter(topic=topic).update(created_at=midnight)
    with timezone.override("Europe/Paris"):
        assert titles(member, "minuit après:2025-06-01") == ["Minuit"]
    with timezone.override("Atlantic/Azores"):
        assert titles(member, "minuit après:2025-06-01") == []
