"""Dates and hours in words."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from peerhub.ui.times import day, in_words, zone_label

WHEN = dt.datetime(2026, 11, 26, 13, 5, tzinfo=dt.UTC)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "style", "words"),
    [
        ("fr", "datetime", "jeudi 26 novembre 2026 à 14 h 05"),
        ("fr", "date", "jeudi 26 novembre 2026"),
        ("fr", "time", "14 h 05"),
        ("fr", "short", "26 novembre 2026 à 14 h 05"),
        ("fr", "relative", "26 novembre 2026 à 14 h 05"),
        ("en", "date", "Thursday 26 November 2026"),
        ("en", "time", "14:05"),
    ],
)
def test_a_moment_in_words(language: str, style: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: dt.date(2025, 1, 1))
    with translation.override(language), timezone.override("Europe/Paris"):
        assert plain(in_words(WHEN, style)) == words


def test_a_full_hour_has_no_minutes_and_the_first_is_1er() -> None:
    with translation.override("fr"), timezone.override("Europe/Paris"):
        assert plain(in_words(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), "time")) == "14 h"
        assert plain(day(dt.date(2026, 5, 1), today=dt.date(2026, 1, 1))) == "vendredi 1er mai"


def test_the_zone_can_be_another() -> None:
    with translation.override("fr"):
        assert plain(in_words(WHEN, "time", zone="America/Martinique")) == "9 h 05"


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Europe/Paris", "heure de Paris"),
        ("Indian/Reunion", "heure de La Réunion"),
        ("Asia/Ho_Chi_Minh", "heure de Ho Chi Minh"),
    ],
)
def test_a_zone_has_a_name(zone: str, label: str) -> None:
    with translation.override("fr"):
        assert zone_label(zone) == label
