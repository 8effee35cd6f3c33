"""The stylesheet of the categories."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from peerhub.people import colours
from peerhub.people.models import ActorCategory
from tests.builders import make_category, make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db


def test_each_category_gives_its_two_colours(browser: Browser) -> None:
    make_category()
    response = browser.get(reverse("people:colours"))
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == ".c-elected{--c:light-dark(#3a47a8,#a9b4ff)}"
    assert len(lines) == 7


def test_the_second_time_takes_no_query_and_no_body(browser: Browser, django_assert_num_queries: Any) -> None:
    make_category()
    etag = browser.get(reverse("people:colours")).headers["ETag"]
    with django_assert_num_queries(0):
        again = browser.get(reverse("people:colours"), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_nothing_else_than_a_colour_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    category = make_category()
    for wrong in ("red", "#12345", "#12345g", "}*{x:y"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActorCategory.objects.filter(pk=category.pk).update(color_light=wrong)
    rows = [("ok", "#112233", "#445566"), ("a}b", "#112233", "#445566"), ("no", "#112233", "red}"), ("n\n", "#1", "")]
    monkeypatch.setattr(colours, "category_colours", lambda: rows)
    assert colours.stylesheet() == ".c-ok{--c:light-dark(#112233,#445566)}\n"


def test_an_edit_by_the_administrator_shows_at_once(browser: Browser) -> None:
    category = make_category("elected")
    browser.get(reverse("people:colours"))
    admin = make_user()
    admin.is_staff = admin.is_superuser = True
    admin.save()
    fields = {name: getattr(category, name) for name in ("label_fr", "label_en", "plural_fr", "plural_en", "position")}
    address = reverse("admin:people_actorcategory_change", args=[category.pk])
    browser.as_user(admin)
    bad = browser.post(address, {**fields, "color_light": "red", "color_dark": "#ffffff"})
    assert "A colour is written #rrggbb." in bad.content.decode()
    browser.post(address, {**fields, "color_light": "#000000", "color_dark": "#ffffff"})
    css = browser.get(reverse("people:colours")).content.decode()
    assert css.startswith(".c-elected{--c:light-dark(#000000,#ffffff)}")
