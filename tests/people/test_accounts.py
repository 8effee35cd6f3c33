"""Signing up, in and out, with allauth: e-mail and password, or an e-mailed code."""

import re
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from peerhub.people.models import User
from peerhub.people.services.accounts import create_user
from peerhub.people.services.memberships import deactivate_user
from tests.builders import PASSWORD, make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.MULTILINE)
NEWCOMER = {
    "email": "Eve.Martin@Example.org",
    "password1": "une phrase assez longue",
    "given_name": "Ève",
    "family_name": "Martin",
}


def signed_in(browser: Browser) -> str:
    """The pk that the session holds, or nothing."""
    return str(browser.session.get("_auth_user_id", ""))


def code_of_the_mail(number: int = -1) -> str:
    match = CODE.search(str(mail.outbox[number].body))
    assert match, mail.outbox[number].body
    return match[1]


def post(browser: Browser, name: str, **fields: str) -> Any:
    response: Any = browser.post(reverse(name), fields)
    return response


def test_sign_up_with_a_code_makes_an_account_in_the_language_of_the_page(browser: Browser) -> None:
    post(browser, "set_language", language="en")
    response = post(browser, "account_signup", **NEWCOMER)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("account_email_verification_sent"))
    user = User.objects.get()
    assert (user.email, user.full_name, user.language) == ("eve.martin@example.org", "Ève Martin", "en")
    assert [message.to for message in mail.outbox] == [["eve.martin@example.org"]]
    assert post(browser, "account_email_verification_sent", code="XXXXXX").status_code == 200
    assert signed_in(browser) == ""
    assert post(browser, "account_email_verification_sent", code=code_of_the_mail()).status_code == 302
    assert signed_in(browser) == str(user.pk)
    assert user.emailaddress_set.get().verified  # type: ignore[attr-defined]


def test_sign_up_with_a_known_address_tells_its_owner_and_nobody_else(browser: Browser) -> None:
    make_user("eve.martin@example.org", given_name="Autre")
    stranger = post(browser, "account_signup", **NEWCOMER)
    to_known = mail.outbox.pop()
    newcomer = post(Browser(), "account_signup", **{**NEWCOMER, "email": "neuve@example.org"})
    assert (stranger.status_code, stranger.headers["Location"]) == (newcomer.status_code, newcomer.headers["Location"])
    assert to_known.to == ["eve.martin@example.org"]
    assert CODE.search(str(to_known.body)) is None
    assert User.objects.filter(given_name="Ève").count() == 1


@pytest.mark.parametrize("missing", ["given_name", "family_name", "password1", "email"])
def test_sign_up_needs_each_field(browser: Browser, missing: str) -> None:
    response = post(browser, "account_signup", **{**NEWCOMER, missing: ""})
    assert list(response.context["form"].errors) == [missing]
    assert User.objects.count() == 0


def test_sign_in_by_password_whatever_the_case_of_the_address(browser: Browser) -> None:
    user = make_user("elue@example.org")
    response = post(browser, "account_login", login="ELUE@example.org", password=PASSWORD)
    assert (response.status_code, signed_in(browser)) == (302, str(user.pk))


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(browser: Browser) -> None:
    make_user("elue@example.org")
    answers = [
        post(browser, "account_login", login=login, password="une autre phrase")
        for login in ("elue@example.org", "personne@example.org")
    ]
    lines = [[str(line) for line in response.context["form"].non_field_errors()] for response in answers]
    assert lines == [["L’adresse e-mail ou le mot de passe sont incorrects."]] * 2
    assert signed_in(browser) == ""


def test_sign_in_by_code_in_the_language_of_the_person(browser: Browser) -> None:
    user = make_user("agent@example.org", language="en")
    assert post(browser, "account_request_login_code", email="agent@example.org").status_code == 302
    in_english = str(mail.outbox[0].body)
    assert post(browser, "account_confirm_login_code", code=code_of_the_mail()).status_code == 302
    assert signed_in(browser) == str(user.pk)
    make_user("agente@example.org", language="fr")
    post(Browser(), "account_request_login_code", email="agente@example.org")
    assert in_english.splitlines()[0] != str(mail.outbox[1].body).splitlines()[0]


def test_a_code_for_an_unknown_address_looks_the_same(browser: Browser) -> None:
    make_user("agent@example.org")
    known = post(browser, "account_request_login_code", email="agent@example.org")
    unknown = post(Browser(), "account_request_login_code", email="personne@example.org")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert CODE.search(str(mail.outbox[1].body)) is None


def test_a_person_without_a_password_signs_in_by_code_and_never_without(browser: Browser) -> None:
    user = create_user(email="code@example.org", given_name="Code", family_name="Seul")
    for password in ("", "None", "!"):
        post(browser, "account_login", login=user.email, password=password)
    assert signed_in(browser) == ""
    post(browser, "account_request_login_code", email=user.email)
    post(browser, "account_confirm_login_code", code=code_of_the_mail())
    assert signed_in(browser) == str(user.pk)


def test_three_wrong_codes_end_the_attempt(browser: Browser) -> None:
    make_user("agent@example.org")
    post(browser, "account_request_login_code", email="agent@example.org")
    good = code_of_the_mail()
    for _number in range(3):
        post(browser, "account_confirm_login_code", code="ZZZZZZ")
    post(browser, "account_confirm_login_code", code=good)
    assert signed_in(browser) == ""


def test_a_forgotten_password_is_replaced_by_code(browser: Browser) -> None:
    user = make_user("elue@example.org")
    assert post(browser, "account_reset_password", email="elue@example.org").status_code == 302
    assert post(browser, "account_confirm_password_reset_code", code=code_of_the_mail()).status_code == 302
    fresh = "une phrase toute nouvelle"
    assert post(browser, "account_complete_password_reset", password1=fresh, password2=fresh).status_code == 302
    user.refresh_from_db()
    assert user.check_password(fresh)


def test_a_closed_account_does_not_open_and_says_so(browser: Browser) -> None:
    user = make_user("partie@example.org")
    deactivate_user(user=user)
    response = post(browser, "account_login", login=user.email, password=PASSWORD)
    assert (response.headers["Location"], signed_in(browser)) == (reverse("account_inactive"), "")
    assert browser.get(reverse("account_inactive")).status_code == 200


def test_an_account_closed_meanwhile_is_signed_out(browser: Browser) -> None:
    user = make_user("elue@example.org")
    post(browser, "account_login", login=user.email, password=PASSWORD)
    assert browser.get(reverse("people:hat-list")).status_code == 200
    deactivate_user(user=user)
    assert browser.get(reverse("people:hat-list")).status_code == 302


def test_signing_out_is_a_post(browser: Browser) -> None:
    user = make_user("elue@example.org")
    post(browser, "account_login", login=user.email, password=PASSWORD)
    browser.get(reverse("account_logout"))
    assert signed_in(browser) == str(user.pk)
    post(browser, "account_logout")
    assert signed_in(browser) == ""


def test_guessing_passwords_is_slowed_down(browser: Browser) -> None:
    make_user("elue@example.org")
    for number in range(12):
        response = post(browser, "account_login", login="elue@example.org", password=f"essai numéro {number}")
    post(browser, "account_login", login="elue@example.org", password=PASSWORD)
    assert response.status_code in {200, 429}
    assert signed_in(browser) == ""


def test_the_time_of_sign_up_tells_nobody_who_has_an_account(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long is hashing: it is done for a known address too."""
    hashed: list[str] = []
    monkeypatch.setattr("peerhub.people.adapters.make_password", hashed.append)
    make_user(NEWCOMER["email"])
    post(browser, "account_signup", **NEWCOMER)
    assert hashed == [NEWCOMER["email"].lower()]
