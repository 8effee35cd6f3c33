"""A person's name, language and zone; the language switch."""

import pytest
from django.urls import reverse

from peerhub.outbox.models import OutboxEvent
from tests.builders import make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

FIELDS = {"given_name": "Ève", "family_name": "Martin", "language": "en", "time_zone": "Indian/Reunion"}


def test_preferences_are_saved_and_told(browser: Browser) -> None:
    user = make_user()
    response = browser.as_user(user).post(reverse("people:preferences"), FIELDS)
    assert response.status_code == 303
    user.refresh_from_db()
    assert (user.full_name, user.language, user.time_zone) == ("Ève Martin", "en", "Indian/Reunion")
    assert not user.shows_presence  # a box that is not ticked is not sent
    event = OutboxEvent.objects.get(name="people.profile_changed")
    assert event.payload == {"user_id": user.pk}
    assert browser.get(reverse("people:preferences")).headers["Content-Language"] == "en"


def test_presence_is_shown_until_one_says_otherwise(browser: Browser) -> None:
    user = make_user()
    assert user.shows_presence
    page = browser.as_user(user).get(reverse("people:preferences"))
    assert page.context["form"]["shows_presence"].value()
    for shows in (False, True):
        browser.post(reverse("people:preferences"), FIELDS | ({"shows_presence": "on"} if shows else {}))
        user.refresh_from_db()
        assert user.shows_presence == shows


def test_an_unchanged_name_is_not_told(browser: Browser) -> None:
    user = make_user()
    fields = FIELDS | {"given_name": user.given_name, "family_name": user.family_name}
    browser.as_user(user).post(reverse("people:preferences"), fields)
    assert OutboxEvent.objects.count() == 0


@pytest.mark.parametrize("field", ["given_name", "family_name", "language", "time_zone"])
def test_each_preference_is_needed_and_known(browser: Browser, field: str) -> None:
    browser.as_user(make_user())
    for value in ("", "x" * 200):
        response = browser.post(reverse("people:preferences"), FIELDS | {field: value})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]


def test_the_switch_changes_the_account_and_the_cookie(browser: Browser) -> None:
    user = make_user()
    response = browser.as_user(user).post(reverse("set_language"), {"language": "en", "next": "/reseaux/?a=b"})
    user.refresh_from_db()
    assert (response.status_code, response.headers["Location"], user.language) == (303, "/reseaux/?a=b", "en")
    assert response.cookies["peerhub_language"].value == "en"


def test_a_visitor_keeps_the_language_by_a_cookie(browser: Browser) -> None:
    browser.post(reverse("set_language"), {"language": "en"})
    assert browser.get(reverse("people:network-list")).headers["Content-Language"] == "en"


@pytest.mark.parametrize("next_page", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"])
def test_the_switch_stays_at_home(browser: Browser, next_page: str) -> None:
    response = browser.post(reverse("set_language"), {"language": "fr", "next": next_page})
    assert response.headers["Location"] == "/"


def test_the_switch_refuses_other_languages_and_get(browser: Browser) -> None:
    assert browser.post(reverse("set_language"), {"language": "xx"}).status_code == 400
    assert browser.get(reverse("set_language")).status_code == 405
