"""What surrounds a page: colours that one chooses, the style page, the pages of errors, the icons."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from peerhub.ui.components.base import _ICONS

TEMPLATES = [path for folder in ("templates",) for path in (settings.BASE_DIR / folder).rglob("*.html")]


def test_the_theme_is_remembered_and_written_on_the_page(client: Client) -> None:
    response = client.post("/apparence/", {"theme": "dark", "next": "/_ui/visiteur/"})
    assert (response.status_code, response.headers["Location"]) == (303, "/_ui/visiteur/")
    assert '<html lang="fr" data-theme="dark"' in client.get("/_ui/visiteur/").content.decode()
    client.post("/apparence/", {"theme": ""})
    assert "data-theme" not in client.get("/_ui/visiteur/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_theme_never_sends_elsewhere(elsewhere: str, client: Client) -> None:
    assert client.post("/apparence/", {"theme": "dark", "next": elsewhere}).headers["Location"] == "/"


def test_a_theme_that_does_not_exist_is_forgotten(client: Client) -> None:
    client.cookies["peerhub_theme"] = 'x" onload="alert(1)'
    assert "data-theme" not in client.get("/_ui/visiteur/").content.decode()


def test_the_style_page_has_one_title_and_no_inline_code(client: Client) -> None:
    html = client.get(reverse("ui:style-page")).content.decode()
    assert html.count("<h1>") == 1
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)


def test_identifiers_are_used_once(client: Client) -> None:
    html = client.get(reverse("ui:style-page")).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_an_error_says_what_to_do(status: int, client: Client) -> None:
    response = client.get(f"/_ui/erreur/{status}/")
    assert response.status_code == status
    html = response.content.decode()
    assert html.count("<h1>") == 1
    assert 'href="/"' in html


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_templates_use_icons_that_exist(path: Path) -> None:
    named = set(re.findall(r'(?:{% icon |icon=)"([a-z0-9-]+)"', path.read_text()))
    assert named <= _ICONS


def test_each_icon_is_in_the_package_that_draws_it() -> None:
    folder = settings.BASE_DIR / "node_modules" / "lucide-static" / "icons"
    if not folder.exists():
        pytest.skip("npm packages are not installed")
    assert [name for name in sorted(_ICONS) if not (folder / f"{name}.svg").exists()] == []
