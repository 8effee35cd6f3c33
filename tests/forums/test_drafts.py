"""Drafts on the server: kept for all devices, never overwritten behind one's back, gone when published."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from forums.models import Draft, Topic
from forums.services.drafts import MAX_DRAFTS, BadDraft, DraftConflict, save_draft
from forums.services.posts import create_post
from peerhub.people.models import User
from tests.builders import make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db


def save(user: User, body: str, version: int = 0, key: str = "topic-1") -> Draft:
    return save_draft(
        user=user, key=key, title="Cantines", address="/sujets/1/", fields={"body": body}, version=version
    )


def put(browser: Browser, body: str, version: int = 0, key: str = "topic-1", **more: Any) -> Any:
    content = {"fields": {"body": body}, "title": "Cantines", "address": "/sujets/1/x/", "version": version} | more
    return browser.put(f"/brouillons/{key}/", json.dumps(content), content_type="application/json")


def test_a_draft_is_read_again_on_another_device(browser: Browser) -> None:
    user = make_user()
    assert put(browser.as_user(user), "Bonjour").json() == {"version": 1}
    assert put(browser, "Bonjour à", version=1).json() == {"version": 2}
    other = Browser().as_user(user).get("/brouillons/topic-1/")
    assert (other.status_code, other.json()["fields"], other.json()["version"]) == (200, {"body": "Bonjour à"}, 2)
    assert other.headers["Cache-Control"] == "no-store"


def test_a_device_that_knows_an_older_text_is_told_and_overwrites_nothing(browser: Browser) -> None:
    user = make_user()
    save(user, "Du téléphone")
    response = put(browser.as_user(user), "De l’ordinateur")
    assert response.status_code == 409
    assert (response.json()["kept"]["fields"], response.json()["kept"]["version"]) == ({"body": "Du téléphone"}, 1)
    assert put(browser, "De l’ordinateur", version=1).json() == {"version": 2}


def test_the_same_words_are_no_conflict(browser: Browser) -> None:
    user = make_user()
    save(user, "Pareil")
    assert put(browser.as_user(user), "Pareil").json() == {"version": 1}


def test_what_was_published_or_thrown_away_does_not_come_back(browser: Browser) -> None:
    user = make_user()
    save(user, "Bonjour")
    Draft.objects.all().delete()
    response = put(browser.as_user(user), "Bonjour à", version=1)
    assert (response.status_code, response.json()) == (409, {"kept": None})
    assert Draft.objects.count() == 0


def test_publishing_the_reply_ends_its_draft_and_no_other(topic: Topic) -> None:
    save(topic.author, "Voici", key=f"topic-{topic.pk}")
    save(topic.author, "Autre", key="topic-999999")
    save(make_user(), "À quelqu’un d’autre", key=f"topic-{topic.pk}")
    create_post(author=topic.author, topic=topic, body="Voici.", token=uuid4())
    assert sorted(Draft.objects.values_list("fields__body", flat=True)) == ["Autre", "À quelqu’un d’autre"]


def test_a_text_that_was_emptied_is_forgotten(browser: Browser) -> None:
    user = make_user()
    save(user, "Bonjour")
    save(make_user(), "À quelqu’un d’autre")
    assert browser.as_user(user).delete("/brouillons/topic-1/").status_code == 204
    assert list(Draft.objects.values_list("fields__body", flat=True)) == ["À quelqu’un d’autre"]


def test_nobody_reads_or_removes_the_draft_of_somebody_else(browser: Browser) -> None:
    save(make_user(), "Secret")
    browser.as_user(make_user())
    none = browser.get("/brouillons/topic-1/")
    assert (none.status_code, none.content, "CSRF-Token" in none.headers) == (204, b"", True)
    assert browser.post("/brouillons/topic-1/supprimer/").status_code == 303
    assert "Secret" not in browser.get("/brouillons/").content.decode()
    assert Draft.objects.count() == 1


def test_signed_out_is_said_so(browser: Browser) -> None:
    assert put(browser, "Bonjour").status_code == 403
    assert browser.get("/brouillons/topic-1/").status_code == 403


@pytest.mark.parametrize(
    "content",
    [
        "rien",
        "[]",
        '{"fields": {"body": 1}, "title": "", "address": "/", "version": 0}',
        '{"fields": {}, "title": "", "address": "//ailleurs.example", "version": 0}',
        '{"fields": {}, "title": "", "address": "https://ailleurs.example", "version": 0}',
        '{"fields": {}, "title": "", "address": "/", "version": -1}',
        '{"fields": {"body": "a\\u0000b"}, "title": "", "address": "/", "version": 0}',
        '{"fields": {"body": "a"}, "title": "\\u0000", "address": "/", "version": 0}',
        json.dumps({"fields": {"body": "x" * 80_001}, "title": "", "address": "/", "version": 0}),
        json.dumps({"fields": {f"f{n}": "" for n in range(21)}, "title": "", "address": "/", "version": 0}),
        json.dumps({"fields": {"f" * 41: ""}, "title": "", "address": "/", "version": 0}),
        json.dumps({"fields": {}, "title": "", "address": "/" + "x" * 200, "version": 0}),
    ],
)
def test_what_no_form_of_ours_sends_is_refused(browser: Browser, content: str) -> None:
    response = browser.as_user(make_user()).put("/brouillons/topic-1/", content, content_type="application/json")
    assert response.status_code == 422
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("key", ["Topic-1", "topic--1", "topic_1", "x" * 81])
def test_a_key_that_no_form_has_is_refused(key: str) -> None:
    with pytest.raises(BadDraft):
        save(make_user(), "Bonjour", key=key)


def test_drafts_are_bounded() -> None:
    user = make_user()
    Draft.objects.bulk_create(Draft(user=user, key=f"topic-{n}", address="/") for n in range(MAX_DRAFTS))
    with pytest.raises(BadDraft):
        save(user, "Un de trop", key="topic-100000")
    assert save(user, "Celui-ci existe", version=1, key="topic-0").version == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    browser: Browser, django_assert_num_queries: Any, count: int
) -> None:
    user = make_user()
    for number in range(count):
        save(user, f"Texte {number}", key=f"topic-{number + 1}")
    browser.as_user(user).get("/brouillons/")
    with django_assert_num_queries(3):
        page = browser.get("/brouillons/").content.decode()
    assert page.count("Texte ") == count


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_begin_at_one_time_never_lose_a_text() -> None:
    user = make_user()

    def begin(body: str) -> str:
        try:
            return str(save(user, body).fields["body"])
        except DraftConflict as conflict:
            return f"conflict with {conflict.kept.fields['body'] if conflict.kept else None}"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(begin, ["Du train", "Du bureau"]))
    kept = Draft.objects.get().fields["body"]
    assert results == sorted([kept, f"conflict with {kept}"])
