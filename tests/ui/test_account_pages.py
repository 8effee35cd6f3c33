"""The pages of sign-in and its family: ours, whole, without inline code, honest about what went wrong."""

import re
from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.core import mail
from django.template import engines
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from tests.builders import PASSWORD, make_user
from tests.conftest import Browser

ACCOUNT = Path(allauth.__file__).parent / "templates" / "account"
# Telephones and passkeys are off; pages named base_* only choose a layout.
NOT_SHOWN = re.compile(r"phone|passkey|^base_(entrance|manage)|^email_change|warn_phone")
SHOWN = sorted(path.name for path in ACCOUNT.glob("*.html") if not NOT_SHOWN.search(path.name))
ELEMENTS = sorted(path.name for path in (ACCOUNT.parent / "allauth" / "elements").glob("*.html"))


@pytest.mark.parametrize("name", SHOWN)
def test_every_page_that_allauth_can_show_is_written_by_us(name: str) -> None:
    origin = Path(str(get_template(f"account/{name}").origin))  # type: ignore[attr-defined]
    assert origin.is_relative_to(settings.BASE_DIR / "templates")


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_element_that_other_pages_are_made_of_is_ours(name: str) -> None:
    origin = Path(str(get_template(f"allauth/elements/{name}").origin))  # type: ignore[attr-defined]
    assert origin.is_relative_to(settings.BASE_DIR / "templates")


def test_the_layout_holds_one_card() -> None:
    page = engines["django"].from_string('{% extends "account/base_entrance.html" %}{% block content %}x{% endblock %}')
    assert '<div class="account">x</div>' in page.render({})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "title"),
    [
        ("account_login", "Bon retour parmi vos pairs"),
        ("account_signup", "Bienvenue"),
        ("account_reset_password", "Mot de passe oublié"),
        ("account_request_login_code", "Un code, sans mot de passe"),
    ],
)
def test_a_visitor_is_welcomed(route: str, title: str, client: Client) -> None:
    response = client.get(reverse(route))
    html = response.content.decode()
    assert (response.status_code, re.findall(r"<h1>(.*?)</h1>", html)) == (200, [title])
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "title"),
    [
        ("account_email", "Mes adresses e-mail"),
        ("account_change_password", "Changer de mot de passe"),
        ("account_logout", "Vous nous quittez ?"),
    ],
)
def test_a_member_manages_the_account(route: str, title: str, browser: Browser) -> None:
    response = browser.as_user(make_user()).get(reverse(route))
    html = response.content.decode()
    assert response.status_code == 200
    assert [re.sub(r"[\u202f\u00a0]", " ", h) for h in re.findall(r"<h1>(.*?)</h1>", html)] == [title]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)


@pytest.mark.django_db
def test_a_wrong_password_keeps_the_address_and_sums_up(client: Client) -> None:
    user = make_user()
    response = client.post(reverse("account_login"), {"login": user.email, "password": "faux"})
    html = response.content.decode()
    assert f'value="{user.email}"' in html
    assert html.count("<error-summary") == 1


@pytest.mark.django_db
def test_a_code_sent_by_mail_signs_in(client: Client) -> None:
    user = make_user()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    page = client.get(reverse("account_confirm_login_code")).content.decode()
    assert user.email in page
    code = re.findall(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)\s*$", str(mail.outbox[0].body), re.M)[0]
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert (response.status_code, client.session["_auth_user_id"]) == (302, str(user.pk))


@pytest.mark.django_db
def test_the_password_signs_in(client: Client) -> None:
    user = make_user()
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert (response.status_code, client.session["_auth_user_id"]) == (302, str(user.pk))
