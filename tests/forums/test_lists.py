"""Lists of topics: what they hold, in which order, for whom; cut by key; equal in queries whatever their length."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from forums import queries
from forums.enums import SubscriptionLevel, TopicKind, TopicState
from forums.models import (
    Forum,
    ForumSubscription,
    Tag,
    TagSubscription,
    Topic,
    TopicRead,
    TopicSubscription,
)
from forums.queries.feeds import unread_topics
from forums.queries.levels import levels_of
from forums.services.answers import accept_answer
from forums.services.tags import create_tag, set_tags
from peerhub.people.models import Membership, Territory, User
from peerhub.people.services.circles import categories_circle, category_circle
from tests.builders import make_animator, make_category, make_member, make_network, make_territory
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


@pytest.fixture
def member() -> Membership:
    cache.clear()
    return make_member(make_network())


def titles(response: Any) -> list[str]:
    """The titles of the lines, in their order."""
    page = html(response)
    return [part.split("</a>")[0].split(">")[1] for part in page.split('class="topic__title"')[1:]]


def old_member(network: Any, **fields: Any) -> Membership:
    """Someone who joined long ago: what moved since is unread."""
    joined = make_member(network, **fields)
    Membership.objects.filter(pk=joined.pk).update(joined_at=timezone.now() - timedelta(days=400))
    return Membership.objects.with_hat().select_related("network").get(pk=joined.pk)


def discussions(member: Membership) -> str:
    return f"/r/{member.network.slug}/discussions/"


# --- Order and pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def many(member: Membership) -> list[Topic]:
    forum = make_forum(member.network)
    topics = [make_topic(forum, member.user, title=f"Sujet numéro {number:02}") for number in range(65)]
    Topic.objects.filter(pk=topics[3].pk).update(is_pinned=True)
    make_post(topics[5], member.user)
    return topics


def walk(browser: Browser, url: str, key: str) -> list[list[str]]:
    """The lines of each page, following the links one way."""
    pages = []
    while url:
        response = browser.get(url)
        pages.append([title[-2:] for title in titles(response)])
        url = f"{url.partition('?')[0]}{response.context[key]}" if response.context[key] else ""
    return pages


def test_a_theme_shows_pinned_first_then_by_last_post_on_pages_both_ways(
    browser: Browser, member: Membership, many: list[Topic]
) -> None:
    browser.as_user(member.user)
    url = f"{discussions(member)}alimentation/"
    expected = ["03", "05", *(f"{number:02}" for number in range(64, -1, -1) if number not in {3, 5})]
    down = walk(browser, url, "older_url")
    assert [len(page) for page in down] == [30, 30, 5]
    assert [line for page in down for line in page] == expected
    last = browser.get(f"{url}{browser.get(url).context['older_url']}")
    last = browser.get(f"{url}{last.context['older_url']}")
    assert last.context["older_url"] == ""
    up = walk(browser, f"{url}{last.context['newer_url']}", "newer_url")
    assert [line for page in reversed(up) for line in page] == expected[:60]
    assert 'rel="next"' in html(browser.get(url))
    assert 'rel="prev"' not in html(browser.get(url))
    assert [browser.get(f"{url}?avant={cursor}").status_code for cursor in ("x", "1-2", f"0-{9 * 10**19}-1")] == [
        404
    ] * 3
    assert browser.get(f"{url}?apres=0-1-{2**63}").status_code == 404


def test_all_themes_together_come_by_last_post_pinned_or_not(
    browser: Browser, member: Membership, many: list[Topic]
) -> None:
    browser.as_user(member.user)
    down = walk(browser, discussions(member), "older_url")
    assert [line for page in down for line in page] == ["05", *(f"{n:02}" for n in range(64, -1, -1) if n != 5)]


# --- Unread, and what is muted ------------------------------------------------------------------------------------


def test_unread_topics_are_marked_counted_and_listed(browser: Browser, member: Membership) -> None:
    topic = make_topic(make_forum(member.network), member.user)
    reader = old_member(member.network)
    make_posts(topic, member.user, 2)
    browser.as_user(reader.user)
    url = discussions(member)
    page = html(browser.get(f"{url}alimentation/"))
    assert f'href="{topic.get_absolute_url()}?non-lu"' in page
    assert 'class="count">3<span' in page
    first = browser.get(url)
    assert [line.unread_count for line, _circle in first.context["themes"]] == [1]
    assert [(tab.label, tab.number) for tab in first.context["tabs"]][1] == ("Non lus", 1)
    assert titles(browser.get(f"{url}?vue=non-lus")) == [topic.title]
    browser.get(topic.get_absolute_url())
    assert "topic--unread" not in html(browser.get(f"{url}alimentation/"))
    assert [line.unread_count for line, _circle in browser.get(url).context["themes"]] == [0]
    assert titles(browser.get(f"{url}?vue=non-lus")) == []
    assert "Vous avez tout lu" in html(browser.get(f"{url}?vue=non-lus"))


LEVELS = [None, *SubscriptionLevel]


@pytest.mark.parametrize("topic_level", LEVELS)
@pytest.mark.parametrize("tag_level", LEVELS)
@pytest.mark.parametrize("forum_level", LEVELS)
def test_what_is_muted_or_followed_in_sql_is_what_the_levels_say(
    member: Membership, topic_level: Any, tag_level: Any, forum_level: Any
) -> None:
    """Every combination of the three places, against the rule that chooses who is told."""
    reader, animator = old_member(member.network), make_animator(member.network)
    topic = make_topic(make_forum(member.network), member.user)
    tag = create_tag(animator=animator, name="Cantine")
    set_tags(topic=topic, names=["cantine"], user=member.user)
    if topic_level:
        TopicSubscription.objects.create(user=reader.user, topic=topic, level=topic_level)
    if tag_level:
        TagSubscription.objects.create(user=reader.user, tag=tag, level=tag_level)
    if forum_level:
        ForumSubscription.objects.create(user=reader.user, forum=topic.forum, level=forum_level)
    level = levels_of(topic, [reader.user_id]).get(reader.user_id)
    assert unread_topics(reader.user, member.network, reader).count() == (level != SubscriptionLevel.MUTED)
    wanted = queries.Wanted(view="suivis")  # type: ignore[arg-type]
    followed = queries.topic_list(reader.user, member.network, reader, wanted).rows
    assert len(followed) == (level in {SubscriptionLevel.ALL, SubscriptionLevel.FIRST})


def test_of_two_tags_the_loudest_counts(member: Membership) -> None:
    reader, animator = old_member(member.network), make_animator(member.network)
    topic = make_topic(make_forum(member.network), member.user)
    for name, level in (("Cantine", SubscriptionLevel.MUTED), ("Eau", SubscriptionLevel.ALL)):
        TagSubscription.objects.create(user=reader.user, tag=create_tag(animator=animator, name=name), level=level)
    set_tags(topic=topic, names=["Cantine", "Eau"], user=member.user)
    assert unread_topics(reader.user, member.network, reader).count() == 1
    set_tags(topic=topic, names=["Cantine"], user=member.user)
    assert unread_topics(reader.user, member.network, reader).count() == 0


# --- Views and filters --------------------------------------------------------------------------------------------


@pytest.fixture
def village(member: Membership) -> dict[str, Any]:
    """Two themes, every kind, a tag, a territory three levels deep, answers by two categories."""
    network = member.network
    animator, elected = make_animator(network), make_member(network, category="elected")
    region, departement = make_territory("Région", kind="region"), make_territory("Département", kind="departement")
    commune = make_territory("Commune")
    Territory.objects.filter(pk=departement.pk).update(parent=region)
    Territory.objects.filter(pk=commune.pk).update(parent=departement)
    food, water = make_forum(network), make_forum(network, slug="eau", title="Eau")
    topics = {
        "question": make_topic(food, member.user, title="Question ouverte"),
        "answered": make_topic(food, member.user, title="Question aux élus"),
        "report": make_topic(water, member.user, title="Retour du terrain", kind=TopicKind.REPORT),
        "news": make_topic(water, animator.user, title="Annonce de rentrée", kind=TopicKind.ANNOUNCEMENT),
        "archived": make_topic(food, member.user, title="Ancien sujet", kind=TopicKind.DISCUSSION),
    }
    accept_answer(user=member.user, post=make_post(topics["answered"], elected.user))
    Topic.objects.filter(pk=topics["archived"].pk).update(state=TopicState.ARCHIVED)
    Topic.objects.filter(pk=topics["report"].pk).update(territory=commune)
    create_tag(animator=animator, name="Cantine")
    for key in ("question", "report"):
        set_tags(topic=topics[key], names=["cantine"], user=member.user)
    return {"animator": animator, "elected": elected, "region": region, "departement": departement, **topics}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"question", "answered", "report", "news"}),
        ("?vue=sans-reponse", {"question"}),
        ("?vue=les-miens", {"question", "answered", "report"}),
        ("?vue=suivis", {"question", "answered", "report"}),
        ("?vue=archives", {"archived"}),
        ("?nature=question", {"question", "answered"}),
        ("?nature=announcement", {"news"}),
        ("?mot-cle=cantine", {"question", "report"}),
        ("?mot-cle=cantine&nature=question", {"question"}),
        ("?sans=elected", {"question"}),
        ("?sans=agent", {"question", "answered"}),
        ("?theme=eau", {"report", "news"}),
        ("?theme=eau&nature=report&mot-cle=cantine&vue=les-miens", {"report"}),
        ("?theme=eau&sans=agent", set()),
    ],
)
def test_filters_combine(
    browser: Browser, member: Membership, village: dict[str, Any], query: str, expected: set[str]
) -> None:
    browser.as_user(member.user)
    response = browser.get(f"{discussions(member)}{query}")
    assert response.status_code == 200
    assert set(titles(response)) == {village[key].title for key in expected}
    assert len(titles(response)) == len(expected)


def test_a_territory_holds_what_is_part_of_it(browser: Browser, member: Membership, village: dict[str, Any]) -> None:
    browser.as_user(member.user)
    url = discussions(member)
    for place in (
        village["region"],
        village["departement"],
        village["report"].territory or Territory.objects.get(name="Commune"),
    ):
        assert titles(browser.get(f"{url}?territoire={place.address}")) == ["Retour du terrain"]
    assert titles(browser.get(f"{url}?territoire=commune")) == ["Retour du terrain"]
    elsewhere = make_territory("Ailleurs")
    assert titles(browser.get(f"{url}?territoire={elsewhere.address}")) == []
    form = html(browser.get(f"{url}?territoire=commune&filtrer=1"))
    assert f"territoire={village['departement'].address}" in form
    assert f"territoire={village['region'].address}" in form


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("vue=x", "Nous ne connaissons pas la liste «\u00a0x\u00a0»."),
        ("nature=x", "Nous ne connaissons pas la nature de discussion «\u00a0x\u00a0»."),
        ("mot-cle=x", "Le mot-clé «\u00a0x\u00a0» n’est pas dans la liste du réseau."),
        ("territoire=zzz", "Nous ne trouvons pas le territoire «\u00a0zzz\u00a0»."),
        ("sans=x", "Nous ne connaissons pas la catégorie «\u00a0x\u00a0»."),
        ("theme=x", "Ce thème n’est pas dans la liste."),
        ("nature=x&vue=y", "Nous ne connaissons pas la liste «\u00a0y\u00a0»."),
    ],
)
def test_what_means_nothing_is_said_and_gives_no_list(
    browser: Browser, member: Membership, village: dict[str, Any], query: str, sentence: str
) -> None:
    browser.as_user(member.user)
    response = browser.get(f"{discussions(member)}?{query}")
    assert response.status_code == 422
    assert sentence in html(response).replace("&#x27;", "'")
    assert titles(response) == []


def test_several_territories_of_a_name_are_offered(browser: Browser, member: Membership) -> None:
    make_topic(make_forum(member.network), member.user)
    places = [make_territory("Saint-Test"), make_territory("Saint-Test")]
    browser.as_user(member.user)
    page = html(browser.get(f"{discussions(member)}?territoire=saint-test"))
    assert "Plusieurs territoires répondent à ce nom" in page
    assert [f"territoire={place.address}" in page for place in places] == [True, True]


def test_a_visitor_has_no_list_of_ones_own(browser: Browser, member: Membership) -> None:
    topic = make_topic(make_public_forum(member.network), member.user)
    assert [tab.label for tab in browser.get(discussions(member)).context["tabs"]] == [
        "Derniers échanges",
        "Sans réponse",
    ]
    for view in ("non-lus", "suivis", "les-miens"):
        response = browser.get(f"{discussions(member)}?vue={view}")
        assert (response.status_code, titles(response)) == (422, [])
    assert titles(browser.get(f"{discussions(member)}?vue=sans-reponse")) == [topic.title]


def test_a_filter_is_taken_off_by_its_own_link(browser: Browser, member: Membership, village: dict[str, Any]) -> None:
    browser.as_user(member.user)
    response = browser.get(f"{discussions(member)}?vue=les-miens&nature=question&mot-cle=cantine")
    assert [(one.label, one.href) for one in response.context["chosen"]] == [
        ("Cantine", "?vue=les-miens&nature=question")
    ]
    assert response.context["filters"][0].href == "?vue=les-miens&mot-cle=cantine"
    assert response.context["clear_url"] == "?vue=les-miens"
    mine = next(one for one in response.context["filters"] if one.label.startswith("Ma catégorie"))
    assert "sans=agent" in mine.href


# --- The lens -----------------------------------------------------------------------------------------------------


def lens_of(browser: Browser, url: str) -> str:
    """The words of the lens of the only question."""
    page = html(browser.get(url))
    part = page.split('<p class="lens">')[1].split("</p>")[0]
    return " ".join(re.sub("<[^>]*>", " ", part).split())


def test_the_lens_says_who_answered_and_who_has_not_yet(browser: Browser, member: Membership) -> None:
    network = member.network
    for category in ("elected", "association"):
        make_member(network, category=category)
    topic = make_topic(make_forum(network), make_member(network, category="association").user)
    browser.as_user(member.user)
    url = discussions(member)
    assert lens_of(browser, url) == "Attend une première réponse"
    make_post(topic, member.user)
    page = html(browser.get(url))
    assert '<span class="hat c-agent">Agent·es</span>' in page
    assert '<span class="lens__missing">pas encore\u00a0: Élu·es, Associations</span>' in page


def test_only_the_categories_of_the_circle_could_answer(browser: Browser, member: Membership) -> None:
    network = member.network
    elected = make_member(network, category="elected")
    make_member(network, category="association")
    both = categories_circle(network=network, categories=[make_category("agent"), make_category("elected")])
    topic = make_topic(make_forum(network, circle=both), member.user)
    make_post(topic, make_member(network, category="agent").user)
    browser.as_user(elected.user)
    page = html(browser.get(discussions(member)))
    assert '<span class="lens__missing">pas encore\u00a0: Élu·es</span>' in page
    assert "c-association" not in page.split('class="topics"')[1]
    head = queries.topic_for(elected.user, topic.pk)
    lens = queries.lens_for(head.topic)
    assert [one.slug for one in lens.missing] == ["elected"]
    assert [one.slug for one in lens.answered] == ["agent"]


def test_a_question_of_another_category_is_not_missed_by_mine(browser: Browser, member: Membership) -> None:
    """What only elected officials can see waits for no agent: not even for one who would be let in later."""
    circle = category_circle(network=member.network, category=make_category("elected"))
    elected = make_member(member.network, category="elected")
    make_topic(make_forum(member.network, circle=circle), elected.user)
    make_topic(make_forum(member.network, slug="tous"), elected.user, title="Pour chacun")
    browser.as_user(elected.user)
    assert titles(browser.get(f"{discussions(member)}?sans=agent")) == ["Pour chacun"]


def test_many_missing_categories_are_summed_up(browser: Browser, member: Membership) -> None:
    for category in ("elected", "association", "business", "research", "state"):
        make_member(member.network, category=category)
    topic = make_topic(make_forum(member.network), make_member(member.network, category="elected").user)
    make_post(topic, member.user)
    browser.as_user(member.user)
    page = html(browser.get(discussions(member)))
    assert "pas encore\u00a0: Élu·es, Associations et 3 autres" in page


# --- Who sees what ------------------------------------------------------------------------------------------------


def test_themes_of_other_circles_are_not_listed_nor_counted(browser: Browser, member: Membership) -> None:
    forum = make_confidential_forum(member.network, [member.user])
    hidden = make_topic(forum, member.user, title="Le canari confidentiel")
    make_public_forum(member.network)
    outside = old_member(member.network)
    url = discussions(member)
    listed = {
        who: [line.forum.title for line, _circle in client.get(url).context["themes"]]
        for who, client in {
            "inside": Browser().as_user(member.user),
            "outside": Browser().as_user(outside.user),
            "visitor": Browser(),
        }.items()
    }
    assert listed == {
        "inside": ["Entre nous", "Ouvert à tous"],
        "outside": ["Ouvert à tous"],
        "visitor": ["Ouvert à tous"],
    }
    browser.as_user(outside.user)
    for query in ("", "?vue=non-lus", "?vue=sans-reponse", "?nature=question", "?sans=elected", "?filtrer=1"):
        page = html(browser.get(f"{url}{query}"))
        assert ("canari" in page, "Entre nous" in page) == (False, False)
    assert browser.get(f"{url}?theme=entre-nous").status_code == 422
    assert browser.get(f"{url}{forum.slug}/").status_code == 404
    assert unread_topics(outside.user, member.network, outside).count() == 0
    assert hidden.title in titles(Browser().as_user(member.user).get(url))


def test_archived_topics_are_in_no_list_but_their_own(browser: Browser, member: Membership) -> None:
    topic = make_topic(make_forum(member.network), member.user)
    Topic.objects.filter(pk=topic.pk).update(state=TopicState.ARCHIVED)
    browser.as_user(member.user)
    url = f"{discussions(member)}alimentation/"
    assert [titles(browser.get(url + query)) for query in ("", "?vue=archives")] == [[], [topic.title]]


# --- Announcements ------------------------------------------------------------------------------------------------


def test_an_announcement_stands_at_the_top_of_its_theme_until_it_is_read(browser: Browser, member: Membership) -> None:
    animator, reader = make_animator(member.network), old_member(member.network)
    forum = make_forum(member.network)
    topic = make_topic(forum, animator.user, title="Rencontre en juin", kind=TopicKind.ANNOUNCEMENT)
    url = f"{discussions(member)}alimentation/"
    browser.as_user(reader.user)
    assert [one.title for one in browser.get(url).context["news"]] == ["Rencontre en juin"]
    assert Browser().as_user(animator.user).get(url).context["news"] == []
    browser.get(topic.get_absolute_url())
    assert TopicRead.objects.filter(user=reader.user, topic=topic).count() == 1
    assert browser.get(url).context["news"] == []


# --- Queries ------------------------------------------------------------------------------------------------------


def tagged(forum: Forum, author: User, count: int) -> None:
    animator = make_animator(forum.network)
    for number in range(count):
        topic = make_topic(forum, author)
        set_tags(topic=topic, names=[f"mot {number}"], user=animator.user)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_queries_of_a_theme(browser: Browser, member: Membership, count: int, django_assert_num_queries: Any) -> None:
    tagged(make_forum(member.network), member.user, count)
    browser.as_user(member.user)
    url = f"{discussions(member)}alimentation/"
    browser.get(url)
    with django_assert_num_queries(4):
        browser.get(url)
    with django_assert_num_queries(4):
        browser.get(f"{url}?nature=question")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_queries_of_a_network(browser: Browser, member: Membership, count: int, django_assert_num_queries: Any) -> None:
    tagged(make_forum(member.network), member.user, count)
    for number in range(count):
        make_topic(make_forum(member.network, slug=f"theme-{number}"), member.user)
    browser.as_user(member.user)
    url = discussions(member)
    browser.get(url)
    with django_assert_num_queries(6):
        browser.get(url)
    with django_assert_num_queries(6):
        browser.get(f"{url}?vue=suivis&nature=question&sans=elected")


def test_the_lists_of_a_network_are_those_of_its_querysets(member: Membership) -> None:
    """The compiled reads give what the ordinary ones give."""
    forum = make_forum(member.network)
    for number in range(3):
        make_topic(forum, member.user, title=f"Sujet numéro {number}")
    for narrowed in (queries.Wanted(), queries.Wanted(forum=forum)):
        plain = queries.topic_list(member.user, member.network, member, narrowed).rows
        first = queries.lists.cursor_of(plain[0]).replace("0-", "0-9", 1)
        asked = queries.Wanted(forum=narrowed.forum, before=first)
        assert queries.topic_list(member.user, member.network, member, asked).rows == plain
    assert Tag.objects.count() == 0
