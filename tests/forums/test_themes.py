"""The themes of a network: their tree, their people, what changes when a circle does."""

from typing import Any

import pytest
from django.core.cache import cache

from forums import queries
from forums.enums import TopicPolicy
from forums.models import Forum, ForumAnimator, HeldText, Topic
from forums.services.forums import create_forum
from forums.services.themes import (
    ThemeTexts,
    edit_theme,
    open_starter_themes,
    open_theme,
    set_archived,
    shift_theme,
)
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, Delegation, Membership, User
from peerhub.people.services.choosing import CircleChoice, circle_of, is_within
from peerhub.people.services.circles import public_circle
from tests.builders import make_animator, make_category, make_member, make_network
from tests.concurrency import together
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_post, make_topic
from tests.pages import html

pytestmark = pytest.mark.django_db
NETWORK, ANIMATORS, PUBLIC = (
    CircleChoice(kind) for kind in (CircleKind.NETWORK, CircleKind.ANIMATORS, CircleKind.PUBLIC)
)


@pytest.fixture
def animator() -> Membership:
    cache.clear()
    return make_animator(make_network(slug="val"))


def of_categories(*slugs: str, confidential: bool = False) -> CircleChoice:
    return CircleChoice(CircleKind.CATEGORY, tuple(make_category(slug) for slug in slugs), is_confidential=confidential)


def tree(animator: Membership) -> list[tuple[str, int]]:
    lines = queries.forum_list_for(animator.user, animator.network, animator)
    return [(line.forum.title, line.depth) for line in lines]


def place(forum: Forum, parent: Forum | None) -> ThemeTexts:
    return ThemeTexts(forum.title, forum.introduction, parent, forum.topic_policy)


# --- The tree -----------------------------------------------------------------------------------------------------


@pytest.fixture
def four(animator: Membership) -> list[Forum]:
    """Food > Canteens > Bio, and Water."""
    network, circle = animator.network, Circle.objects.of_network(animator.network, CircleKind.NETWORK)
    forums: list[Forum] = []
    for position, (title, above) in enumerate([("Manger", None), ("Cantines", 0), ("Bio", 1), ("Eau", None)]):
        forums.append(
            create_forum(
                network=network,
                circle=circle,
                slug=title.lower(),
                title=title,
                position=position,
                parent=None if above is None else forums[above],
            )
        )
    return forums


def change_circle(*, user: User, forum: Forum, choice: CircleChoice) -> Circle:
    return edit_theme(user=user, forum=forum, texts=place(forum, forum.parent), choice=choice).circle


def test_the_tree_is_read_from_top_to_bottom(animator: Membership, four: list[Forum]) -> None:
    assert tree(animator) == [("Manger", 0), ("Cantines", 1), ("Bio", 2), ("Eau", 0)]


def test_three_levels_and_no_more(animator: Membership, four: list[Forum]) -> None:
    food, canteens, bio, water = four
    with pytest.raises(DomainError, match="Trois niveaux"):
        open_theme(animator=animator, texts=ThemeTexts("Trop bas", parent=bio), choice=NETWORK)
    # What has one level under it does not go to the third.
    with pytest.raises(DomainError, match="Trois niveaux"):
        edit_theme(user=animator.user, forum=food, texts=place(food, water))
    edit_theme(user=animator.user, forum=canteens, texts=place(canteens, water))
    assert tree(animator) == [("Manger", 0), ("Eau", 0), ("Cantines", 1), ("Bio", 2)]


@pytest.mark.parametrize("under", [0, 1, 2])
def test_a_theme_never_stands_under_itself(animator: Membership, four: list[Forum], under: int) -> None:
    food = four[0]
    with pytest.raises(DomainError, match="ni sous lui-même"):
        edit_theme(user=animator.user, forum=food, texts=place(food, four[under]))
    assert tree(animator)[0] == ("Manger", 0)


@pytest.mark.django_db(transaction=True)
def test_two_moves_that_cross_make_no_ring() -> None:
    for number in range(5):
        animator = make_animator(make_network(slug=f"val-{number}"))
        one, two = (make_forum(animator.network, slug=slug, title=slug) for slug in ("un", "deux"))
        together(
            lambda: edit_theme(user=animator.user, forum=one, texts=place(one, two)),  # noqa: B023 - run at once
            lambda: edit_theme(user=animator.user, forum=two, texts=place(two, one)),  # noqa: B023
        )
        assert sorted(depth for _title, depth in tree(animator)) == [0, 1]


def test_a_theme_under_one_that_is_closed_to_me_stands_at_the_top(animator: Membership, four: list[Forum]) -> None:
    change_circle(user=animator.user, forum=four[0], choice=ANIMATORS)
    member = make_member(animator.network)
    assert tree(member) == [("Cantines", 0), ("Bio", 1), ("Eau", 0)]
    page = html(Browser().as_user(member.user).get("/r/val/discussions/cantines/"))
    assert "Manger" not in page
    assert "Manger" in html(Browser().as_user(animator.user).get("/r/val/discussions/cantines/"))
    assert "Bio" in page


def test_themes_are_shifted_among_those_of_their_place(animator: Membership, four: list[Forum]) -> None:
    food, canteens, _bio, water = four
    shift_theme(user=animator.user, forum=water, up=True)
    assert tree(animator) == [("Eau", 0), ("Manger", 0), ("Cantines", 1), ("Bio", 2)]
    shift_theme(user=animator.user, forum=water, up=True)
    shift_theme(user=animator.user, forum=canteens, up=False)
    assert tree(animator)[0] == ("Eau", 0)
    shift_theme(user=animator.user, forum=water, up=False)
    assert tree(animator)[-1] == ("Eau", 0)
    assert {food.pk} == set(Forum.objects.filter(title="Manger").values_list("pk", flat=True))


def test_shifting_passes_by_what_one_does_not_see(animator: Membership, four: list[Forum]) -> None:
    hidden = make_forum(
        animator.network,
        circle=circle_of(network=animator.network, choice=of_categories("elected", confidential=True)),
        slug="cache",
    )
    Forum.objects.filter(pk=four[0].pk).update(position=1)
    Forum.objects.filter(pk=hidden.pk).update(position=2)
    shift_theme(user=animator.user, forum=four[3], up=True)
    assert [title for title, depth in tree(animator) if depth == 0] == ["Eau", "Manger"]


def test_an_archived_theme_is_read_and_opens_no_topic(animator: Membership, four: list[Forum]) -> None:
    water = four[3]
    topic = make_topic(water, animator.user)
    set_archived(user=animator.user, forum=water, archived=True)
    browser = Browser().as_user(animator.user)
    page = html(browser.get("/r/val/discussions/eau/"))
    assert (topic.title in page, "/discussions/eau/nouveau/" in page) == (True, False)
    first = browser.get("/r/val/discussions/")
    assert "Eau" not in [line.forum.title for line, _circle in first.context["themes"]]
    assert [forum.title for forum in first.context["archived"]] == ["Eau"]
    with pytest.raises(Refused):
        make_topic(water, animator.user)
    set_archived(user=animator.user, forum=water, archived=False)
    assert make_topic(water, animator.user).pk > topic.pk


# --- Who reads it -------------------------------------------------------------------------------------------------


WITHIN = {
    # (narrower, wider): whether what was written for the wider one may be shown to the narrower.
    ("network", "public"): True,
    ("public", "network"): False,
    ("animators", "network"): True,
    ("network", "animators"): False,
    ("elected", "network"): True,
    ("elected!", "elected"): True,
    ("elected", "elected!"): False,
    ("elected", "both"): True,
    ("elected!", "both!"): True,
    ("elected", "both!"): False,
    ("both", "elected"): False,
    ("both!", "both"): True,
    ("agent", "elected"): False,
    ("delegation!", "delegation"): True,
    ("delegation", "delegation!"): False,
    ("delegation", "elected"): False,
    ("delegation!", "network"): True,
    ("list", "network"): True,
    ("less", "list"): True,
    ("less!", "list"): True,
    ("list", "less"): False,
    ("list!", "list"): True,
    ("list", "list!"): False,
    ("elected", "list"): False,
    ("elected", "animators"): False,
}


@pytest.mark.parametrize(("pair", "expected"), WITHIN.items())
def test_which_circle_is_within_which(pair: tuple[str, str], expected: bool) -> None:
    network = make_network()
    delegation = Delegation.objects.create(network=network, name="Val")
    people = tuple(make_member(network).user for _number in range(2))
    choices = {
        "public": PUBLIC,
        "network": NETWORK,
        "animators": ANIMATORS,
        "elected": of_categories("elected"),
        "agent": of_categories("agent"),
        "both": of_categories("agent", "elected"),
        "delegation": CircleChoice(CircleKind.DELEGATION, delegation=delegation),
        "list": CircleChoice(CircleKind.CUSTOM, people=people, name="Liste"),
        "less": CircleChoice(CircleKind.CUSTOM, people=people[:1], name="Liste"),
    }
    circles = []
    for name in pair:
        choice = choices[name.rstrip("!")]
        confidential = CircleChoice(
            choice.kind, choice.categories, choice.delegation, choice.people, choice.name, name.endswith("!")
        )
        circles.append(circle_of(network=network, choice=confidential))
    assert is_within(*circles) == expected
    if expected:
        assert not is_within(circles[1], circles[0])
        inner, outer = (set(circle.members.values_list("pk", flat=True)) for circle in circles)
        assert inner <= outer or circles[1].kind == CircleKind.PUBLIC


@pytest.mark.parametrize("kind", [CircleKind.NETWORK, CircleKind.ANIMATORS, CircleKind.PUBLIC])
def test_what_is_open_to_all_cannot_be_confidential(animator: Membership, kind: CircleKind) -> None:
    with pytest.raises(DomainError, match="confidentiel"):
        open_theme(animator=animator, texts=ThemeTexts("Secret"), choice=CircleChoice(kind, is_confidential=True))
    assert Forum.objects.count() == 0


def test_closing_a_theme_closes_its_topics_at_once(animator: Membership) -> None:
    network = animator.network
    elected, agent = make_member(network, category="elected"), make_member(network)
    forum = make_forum(network, title="Alimentation")
    topic = make_topic(forum, elected.user, title="Les chiffres du maire")
    ForumAnimator.objects.create(forum=forum, user=agent.user)
    HeldText.objects.create(
        network=network, forum=forum, circle=forum.circle, author=agent.user, token=topic.token, body="x"
    )
    change_circle(user=animator.user, forum=forum, choice=of_categories("elected", "research", confidential=True))
    topic.refresh_from_db()
    forum.refresh_from_db()
    assert topic.circle == forum.circle
    assert (topic.circle.kind, topic.circle.is_confidential) == (CircleKind.CATEGORIES, True)
    assert (topic.slug, forum.slug) == ("sujet", "theme")
    assert HeldText.objects.get().circle == forum.circle
    assert ForumAnimator.objects.count() == 0
    assert [
        client.get(topic.get_absolute_url()).status_code
        for client in (Browser().as_user(one.user) for one in (elected, agent, animator))
    ] == [200, 404, 404]
    assert [tree(one) for one in (agent, animator)] == [[], []]
    with pytest.raises(Refused):
        make_post(topic, agent.user)


@pytest.mark.parametrize("choice", [PUBLIC, ANIMATORS, CircleChoice(CircleKind.NETWORK)])
def test_a_theme_with_topics_is_not_opened_to_others(animator: Membership, choice: CircleChoice) -> None:
    network = animator.network
    forum = make_forum(network, circle=circle_of(network=network, choice=of_categories("association", "elected")))
    topic = make_topic(forum, make_member(network, category="elected").user)
    curator = make_animator(network)
    elected_animator = make_member(network, category="elected", role="animator")
    with pytest.raises(Refused):
        change_circle(user=curator.user, forum=forum, choice=choice)
    with pytest.raises(DomainError, match="déjà des discussions"):
        change_circle(user=elected_animator.user, forum=forum, choice=choice)
    topic.refresh_from_db()
    assert topic.circle_id == forum.circle_id
    topic.posts.all().delete()
    Topic.objects.filter(forum=forum).delete()
    changed = change_circle(user=elected_animator.user, forum=forum, choice=choice)
    assert changed.kind == choice.kind


def test_an_animator_may_open_a_theme_that_the_animator_does_not_see(animator: Membership) -> None:
    elected = make_member(animator.network, category="elected")
    browser = Browser().as_user(animator.user)
    asked = {
        "title": "Finances entre élus",
        "introduction": "",
        "parent": "",
        "topic_policy": TopicPolicy.MEMBERS,
        "circle": "category",
        "categories": [make_category("elected").pk],
        "is_confidential": "on",
        "named_more": elected.user.email,
    }
    shown = html(browser.post("/r/val/themes/nouveau/", asked))
    assert "Confidentiel\u00a0: lu par 1 personne, et nulle autre" in shown.replace("lu par ces", "lu par")
    assert "Vous n’en faites pas partie" in shown
    assert Forum.objects.count() == 0
    back = browser.post("/r/val/themes/nouveau/", {**asked, "retour": "1"})
    assert 'value="Finances entre élus"' in html(back)
    saved = browser.post("/r/val/themes/nouveau/", {**asked, "confirme": "1"})
    assert (saved.status_code, saved.headers["Location"]) == (303, "/r/val/discussions/")
    forum = Forum.objects.get()
    assert (forum.slug, forum.circle.is_confidential) == ("theme", True)
    assert list(forum.animator_rows.values_list("user", flat=True)) == [elected.user_id]
    after = html(browser.get("/r/val/discussions/"))
    assert "Ce thème ne vous est pas ouvert" in after
    assert "Finances" not in after
    assert browser.get(f"/r/val/themes/{forum.pk}/modifier/").status_code == 404
    assert "Finances" not in html(browser.get("/r/val/themes/"))
    # Who is named for it looks after it.
    named = Browser().as_user(elected.user)
    assert "Modifier ce thème" in html(named.get("/r/val/discussions/theme/"))
    assert named.get(f"/r/val/themes/{forum.pk}/modifier/").status_code == 200
    assert named.get("/r/val/themes/").status_code == 403


def test_who_looks_after_a_theme_is_of_its_circle(animator: Membership) -> None:
    agent = make_member(animator.network)
    with pytest.raises(DomainError, match="n’est pas ouvert à"):
        open_theme(animator=animator, texts=ThemeTexts("Élus"), choice=of_categories("elected"), named=[agent.user])
    forum = open_theme(animator=animator, texts=ThemeTexts("Pour tous"), choice=PUBLIC, named=[agent.user])
    assert forum.circle == public_circle()
    assert [one.pk for one in queries.animators_of(forum)] in ([agent.user_id], [])
    outsider = make_member(make_network())
    with pytest.raises(DomainError):
        edit_theme(user=animator.user, forum=forum, texts=place(forum, None), named=[outsider.user])


def test_a_theme_changes_whole_or_not_at_all(animator: Membership) -> None:
    network = animator.network
    elected, agent = make_member(network, category="elected"), make_member(network, category="agent")
    forum = make_forum(network, title="Alimentation")
    choice, texts = of_categories("elected", confidential=True), ThemeTexts("Entre nous")
    with pytest.raises(DomainError, match="n’est pas ouvert à"):
        edit_theme(user=animator.user, forum=forum, texts=texts, choice=choice, named=[agent.user])
    forum.refresh_from_db()
    assert (forum.title, forum.circle.kind, forum.slug) == ("Alimentation", CircleKind.NETWORK, "alimentation")
    # Its last change by who does not read it afterwards is whole as well.
    edit_theme(user=animator.user, forum=forum, texts=texts, choice=choice, named=[elected.user])
    forum.refresh_from_db()
    assert (forum.title, forum.circle.is_confidential, forum.slug) == ("Entre nous", True, "theme")
    assert list(ForumAnimator.objects.values_list("user", flat=True)) == [elected.user_id]
    with pytest.raises(Refused):
        edit_theme(user=animator.user, forum=forum, texts=texts)


def test_addresses_are_free_and_say_nothing_of_what_is_confidential(animator: Membership) -> None:
    slugs = [
        open_theme(animator=animator, texts=ThemeTexts(title), choice=choice).slug
        for title, choice in (
            ("L’eau", NETWORK),
            ("L'eau !", NETWORK),
            ("???", NETWORK),
            ("Le maire", of_categories("elected", confidential=True)),
            ("L’agent", of_categories("agent", confidential=True)),
        )
    ]
    assert slugs == ["l-eau", "l-eau-2", "theme", "theme-2", "theme-3"]


# --- Pages --------------------------------------------------------------------------------------------------------


def test_a_theme_is_made_and_changed_from_its_pages(animator: Membership) -> None:
    browser = Browser().as_user(animator.user)
    asked = {"title": "Eau", "introduction": "Rivières.", "parent": "", "topic_policy": "members", "circle": "network"}
    assert "Sera lu par le seul membre du réseau" in html(browser.post("/r/val/themes/nouveau/", asked))
    made = browser.post("/r/val/themes/nouveau/", {**asked, "confirme": "1"})
    assert made.headers["Location"] == "/r/val/discussions/eau/"
    forum = Forum.objects.get()
    edit = f"/r/val/themes/{forum.pk}/modifier/"
    assert 'value="Eau"' in html(browser.get(edit))
    # Nothing of its circle changes: saved at once.
    assert browser.post(edit, {**asked, "title": "L’eau"}).status_code == 303
    narrower = {**asked, "circle": "category", "categories": [make_category("agent").pk]}
    assert "Sera lu par" in html(browser.post(edit, narrower))
    forum.refresh_from_db()
    assert (forum.title, forum.circle.kind) == ("L’eau", CircleKind.NETWORK)
    assert browser.post(edit, {**narrower, "confirme": "1"}).status_code == 303
    forum.refresh_from_db()
    assert (forum.title, forum.circle.kind) == ("Eau", CircleKind.CATEGORY)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "obligatoire"),
        ({"circle": "category"}, "Choisissez au moins une catégorie."),
        ({"circle": "custom"}, "une adresse e-mail au moins"),
        ({"circle": "custom", "people": "nobody@example.org"}, "Pas de membre du réseau"),
        ({"circle": "network", "is_confidential": "on"}, "Un thème confidentiel est ouvert à des catégories"),
        ({"named_more": "nobody@example.org"}, "Pas de membre du réseau"),
    ],
)
def test_what_is_missing_is_said(animator: Membership, wrong: dict[str, str], sentence: str) -> None:
    asked = {"title": "Eau", "topic_policy": "members", "circle": "network", **wrong}
    response = Browser().as_user(animator.user).post("/r/val/themes/nouveau/", {**asked, "confirme": "1"})
    assert response.status_code == 422
    assert sentence in html(response)
    assert Forum.objects.count() == 0


def test_chosen_people_are_with_who_chose_them(animator: Membership) -> None:
    one, two = make_member(animator.network), make_member(animator.network)
    browser = Browser().as_user(animator.user)
    asked = {
        "title": "À trois",
        "topic_policy": "members",
        "circle": "custom",
        "people": f"{one.user.email}\n{two.user.email}",
    }
    browser.post("/r/val/themes/nouveau/", {**asked, "confirme": "1"})
    forum = Forum.objects.get()
    three = {animator.user_id, one.user_id, two.user_id}
    assert set(forum.circle.members.values_list("pk", flat=True)) == three
    make_topic(forum, one.user)
    edit = f"/r/val/themes/{forum.pk}/modifier/"
    fewer = {**asked, "people": "", "kept": [animator.user_id, one.user_id]}
    assert browser.post(edit, {**fewer, "confirme": "1"}).status_code == 303
    forum.refresh_from_db()
    assert set(forum.circle.members.values_list("pk", flat=True)) == three - {two.user_id}
    refused = browser.post(edit, {**fewer, "people": two.user.email, "confirme": "1"})
    assert refused.status_code == 409
    assert "déjà des discussions" in html(refused)


def test_a_network_without_themes_begins_with_three(animator: Membership) -> None:
    browser = Browser().as_user(animator.user)
    assert "Créer les thèmes de départ" in html(browser.get("/r/val/discussions/"))
    member = make_member(animator.network)
    assert "Créer les thèmes" not in html(Browser().as_user(member.user).get("/r/val/discussions/"))
    assert Browser().as_user(member.user).post("/r/val/themes/depart/").status_code == 403
    for _twice in range(2):
        assert browser.post("/r/val/themes/depart/").status_code == 303
    assert tree(member) == [("Questions entre pairs", 0), ("Ce que nous avons fait", 0), ("La vie du réseau", 0)]
    assert [forum.topic_policy for forum in Forum.objects.order_by("position")] == ["members", "members", "animators"]
    with pytest.raises(Refused):
        open_starter_themes(animator=member)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_themes_page(animator: Membership, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        make_forum(animator.network, slug=f"theme-{number}")
    browser = Browser().as_user(animator.user)
    browser.get("/r/val/themes/")
    with django_assert_num_queries(4):
        browser.get("/r/val/themes/")


def test_a_member_changes_no_theme(animator: Membership, four: list[Forum]) -> None:
    browser = Browser().as_user(make_member(animator.network).user)
    pk = four[0].pk
    assert [
        browser.get("/r/val/themes/").status_code,
        browser.get("/r/val/themes/nouveau/").status_code,
        browser.get(f"/r/val/themes/{pk}/modifier/").status_code,
        browser.post(f"/r/val/themes/{pk}/deplacer/", {"sens": "haut"}).status_code,
        browser.post(f"/r/val/themes/{pk}/archiver/", {"etat": "archive"}).status_code,
    ] == [403] * 5
    keeper = Browser().as_user(animator.user)
    assert keeper.post(f"/r/val/themes/{four[3].pk}/deplacer/", {"sens": "haut"}).status_code == 303
    assert keeper.post(f"/r/val/themes/{pk}/archiver/", {"etat": "archive"}).status_code == 303
    assert keeper.get(f"/r/ailleurs/themes/{pk}/modifier/").status_code == 404
    assert tree(animator)[0] == ("Eau", 0)
    assert Forum.objects.get(pk=pk).is_archived
