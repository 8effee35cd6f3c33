"""The door: limits by address behind a proxy, sessions that change and end, the administrator's way in."""

import json

import pytest
import redis
from django.conf import settings as configured
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from peerhub.live.frames import control_channel
from tests.builders import PASSWORD, make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "un autre mot de passe sûr"


def fail_from(browser: Browser, forwarded: str, number: int) -> str:
    """One wrong password, for an address of its own."""
    form = {"login": f"nobody{number}@example.org", "password": "faux"}
    return browser.post("/compte/login/", form, headers={"X-Forwarded-For": forwarded}).text


def test_failures_are_counted_by_the_address_that_the_proxy_saw(browser: Browser, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    # What the client claims stands first; what our proxy saw stands last.
    pages = [fail_from(browser, f"203.0.113.{number}, 198.51.100.1", number) for number in range(11)]
    refused = ["Trop de tentatives" in page for page in pages]
    assert refused == [False] * 10 + [True]
    assert "Trop de tentatives" not in fail_from(browser, "198.51.100.2", 12)


def test_without_a_proxy_the_header_is_not_believed(browser: Browser) -> None:
    pages = [fail_from(browser, f"203.0.113.{number}", number) for number in range(11)]
    assert "Trop de tentatives" in pages[10]


def test_failures_are_counted_by_account_too(browser: Browser, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = make_user()
    for number in range(5):
        form = {"login": user.email, "password": "faux"}
        browser.post("/compte/login/", form, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    right = {"login": user.email, "password": PASSWORD}
    page = browser.post("/compte/login/", right, headers={"X-Forwarded-For": "198.51.100.99"})
    assert (page.status_code, "Trop de tentatives" in page.text) == (200, True)


def test_signing_in_changes_the_key_of_the_session(browser: Browser) -> None:
    user = make_user()
    session = browser.session
    session["planted"] = 1
    session.save()
    planted = browser.cookies[configured.SESSION_COOKIE_NAME].value
    browser.post("/compte/login/", {"login": user.email, "password": PASSWORD})
    assert browser.cookies[configured.SESSION_COOKIE_NAME].value != planted
    intruder = Browser()
    intruder.cookies[configured.SESSION_COOKIE_NAME] = planted
    assert intruder.get("/notifications/").status_code == 302


def test_a_new_password_ends_the_other_sessions_and_their_sockets(
    redis_client: redis.Redis, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = make_user()
    here, there = Browser(), Browser()
    for one in (here, there):
        one.post("/compte/login/", {"login": user.email, "password": PASSWORD})
        assert one.get("/notifications/").status_code == 200
    heard = redis_client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    heard.subscribe(control_channel())
    heard.get_message(timeout=2)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post("/compte/password/change/", form).status_code == 302
    assert [one.get("/notifications/").status_code for one in (here, there)] == [200, 302]
    message = heard.get_message(timeout=2)
    heard.close()
    assert message
    assert json.loads(message["data"]) == {"type": "recheck", "user": user.pk}


def test_administrators_enter_by_the_door_of_everyone(browser: Browser) -> None:
    user = make_user()
    assert browser.get("/admin/login/", {"next": "/admin/"})["Location"] == "/compte/login/?next=%2Fadmin%2F"
    assert browser.as_user(user).get("/admin/login/").status_code == 403
    user.is_staff = True
    user.save()
    assert browser.get("/admin/").status_code == 200
