"""The surroundings of a page are rendered once and filled for each: nothing of one person reaches the next."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from peerhub.people.models import User
from peerhub.ui.components import parts

NETWORK = SimpleNamespace(slug="chemin", name="Territoires <en> chemin")


def bar(path: str = "/", name: str = "Nour Benali", pk: int = 5, **shell: Any) -> str:
    user = SimpleNamespace(is_authenticated=True, pk=pk, full_name=name, initials="NB")
    surroundings = SimpleNamespace(**({"network": NETWORK, "networks": [NETWORK], "unread_topics": 0} | shell))
    context = {"request": RequestFactory().get(path), "user": user, "shell": surroundings}
    return Template("{% load ui %}{% app_bar %}").render(Context(context))


def test_two_people_of_one_network_share_nothing_of_their_own() -> None:
    parts._rendered.cache_clear()
    one = bar(name="Nour Benali", pk=5, unread_notifications=3, hat_slug="agent", hat_label="agent·e")
    other = bar(name="Rachel Colin", pk=6, unread_notifications=0)
    assert parts._rendered.cache_info().misses == 1
    assert ("Nour" in one, "user.5" in one, "Agent·e" in one) == (True, True, True)
    assert ("Nour" in other, "user.5" in other, "Agent·e" in other) == (False, False, False)
    assert ("Rachel" in other, "user.6" in other) == (True, True)


def test_tokens_of_forms_are_those_of_the_request() -> None:
    one, other = bar(), bar()
    assert one.count("csrfmiddlewaretoken") == other.count("csrfmiddlewaretoken") > 0
    assert one != other


def test_names_are_text() -> None:
    html = bar(name="<b>Nour</b>", path="/?q=<b>")
    assert "<b>" not in html
    assert "&lt;b&gt;Nour&lt;/b&gt;" in html
    assert "Territoires &lt;en&gt; chemin" in html


def test_each_language_has_its_own() -> None:
    with translation.override("fr"):
        french = bar()
    with translation.override("en"):
        bar()
    with translation.override("fr"):
        assert bar().count("Accueil") == french.count("Accueil")


def test_the_place_one_is_at_is_marked() -> None:
    home = bar(path="/r/chemin/")
    assert home.count('aria-current="page"') == 1
    assert bar(path="/ailleurs/").count('aria-current="page"') == 0


def test_only_animators_see_the_desk() -> None:
    assert ("/r/chemin/animer/" in bar(can_animate=True), "/r/chemin/animer/" in bar(can_animate=False)) == (
        True,
        False,
    )


def test_a_visitor_is_invited_to_sign_in_and_comes_back_here() -> None:
    context = {"request": RequestFactory().get("/sujets/1/x/"), "user": SimpleNamespace(is_authenticated=False)}
    html = Template("{% load ui %}{% app_bar %}").render(Context(context))
    assert 'href="/compte/login/?next=/sujets/1/x/"' in html
    assert "data-menu" not in html


def test_a_piece_is_written_once_for_its_facts_and_again_for_others() -> None:
    def piece(title: str, language: str = "fr") -> str:
        with translation.override(language):
            source = '{% load ui %}{% once "forums/_thread_where.html" number=1 count=title topic_url="/x/" %}'
            return Template(source).render(Context({"title": title}))

    before = parts._written.cache_info().hits
    assert piece("3") == piece("3") != piece("<4>")
    assert "&lt;4&gt;" in piece("<4>")
    assert parts._written.cache_info().hits - before == 2
    piece("3", "en")
    assert parts._written.cache_info().hits - before == 2


def test_a_piece_takes_no_instance_of_a_model() -> None:
    source = '{% load ui %}{% once "forums/_thread_where.html" number=user count=2 topic_url="/x/" %}'
    with pytest.raises(TypeError, match="compares by its key"):
        Template(source).render(Context({"user": User(pk=1)}))
