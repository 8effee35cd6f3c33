"""Posts are joined as strings: the same, letter by letter, as by `format_html` for each piece."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums import fragments
from forums.enums import ReactionKind
from forums.fragments import EMPTY, KEY, PostRow, post_html, under
from forums.views.controls import acts_html
from forums.views.reacting import bar_html
from peerhub.people.models import initials_of, name_of
from peerhub.text.safe import as_safe
from peerhub.ui.components.base import attributes
from peerhub.ui.components.shapes import local_time
from peerhub.ui.times import in_words, zone_label

WORDS = st.text(alphabet="aé’<>&\"'{}\u202f %", max_size=12)
MAYBE = st.none() | WORDS
SLUG = st.none() | st.sampled_from(["elu", "agent", "association"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
ROWS = st.builds(
    PostRow,
    id=st.integers(1, 10**7),
    number=st.integers(1, 3000),
    author_id=st.integers(1, 99),
    given_name=WORDS,
    family_name=WORDS,
    category_slug=SLUG,
    category_fr=WORDS,
    category_en=WORDS,
    title=MAYBE,
    organisation=MAYBE,
    territory=MAYBE,
    population=st.none() | st.integers(1, 3_000_000),
    body_html=st.sampled_from(["<p>Oui</p>", "<p>l’école &lt; 3 {0} %s</p>"]),
    created_at=MOMENTS,
    edited_at=st.none() | MOMENTS,
    is_removed=st.just(False),
    removal_kind=st.just(""),
    moved_to_id=st.none(),
    entered_by_id=st.none() | st.just(3),
    thanks_count=st.just(0),
    useful_count=st.just(0),
    tried_count=st.just(0),
    edit_reason=MAYBE,
)


def plain_time(when: datetime, style: str, zone: bool = False) -> SafeString:
    words = in_words(when, style)
    if zone:
        words = f"{words} ({zone_label(timezone.get_current_timezone_name())})"
    html = '<local-time data-format="{}"{}><time datetime="{}">{}</time></local-time>'
    return format_html(html, style, attributes(data_zone=zone), when.strftime("%Y-%m-%dT%H:%M:%SZ"), words)


def plain_post(row: PostRow, *, is_accepted: bool, kept: str, proof: str, controls: str) -> SafeString:
    label = row.category_en if translation.get_language() == "en" else row.category_fr
    place = row.territory or row.organisation or ""
    if row.territory and row.population:
        place = f"{place}, {fragments.inhabitants(row.population)}"
    role = " · ".join(part for part in (row.title, place) if part)
    phoned = _("dit par téléphone, écrit par l’animation")
    pieces: dict[str, Any] = {
        "accepted_class": " post--accepted" if is_accepted else "",
        "number": row.number,
        "id": row.id,
        "color": f" c-{row.category_slug}" if row.category_slug else "",
        "initials": initials_of(row.given_name, row.family_name),
        "name": name_of(row.given_name, row.family_name),
        "hat": format_html(' <span class="hat c-{}">{}</span>', row.category_slug, capfirst(label))
        if row.category_slug
        else EMPTY,
        "role": conditional_escape(f"{role} · ") if role else EMPTY,
        "permalink": _("Adresse de ce message (n° %(number)s)") % {"number": row.number},
        "when": plain_time(row.created_at, "relative"),
        "edited": fragments._edited(row) if row.edited_at else EMPTY,
        "phoned": format_html(' · <span class="post__phoned">{}</span>', phoned) if row.entered_by_id else EMPTY,
        "badge": fragments._accepted(kept) if is_accepted else EMPTY,
        "body": as_safe(row.body_html),
        "proof": format_html('<div class="post__proof" data-live-keep>{}</div>', as_safe(proof)) if proof else EMPTY,
        "controls": format_html('<div class="post__acts" data-live-keep>{}</div>', as_safe(controls))
        if controls
        else EMPTY,
    }
    return format_html(
        '<article class="post{accepted_class}" id="message-{number}" data-seq="{number}" '
        'aria-labelledby="auteur-{number}" tabindex="-1">'
        '<span class="avatar{color}" aria-hidden="true">{initials}</span>'
        '<header class="post__who"><h2 class="post__author" id="auteur-{number}">{name}{hat}</h2>'
        '<p class="post__meta">{role}<a class="post__when" href="/messages/{id}/" title="{permalink}">{when}</a>'
        "{edited}{phoned}</p></header>"
        '<div class="post__body prose">{badge}{body}</div>{proof}{controls}</article>',
        **pieces,
    )


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    row=ROWS,
    is_accepted=st.booleans(),
    kept=WORDS,
    around=st.sampled_from(["", "<b>{0}&amp;</b>"]),
    reader=st.sampled_from([("fr", "Europe/Paris"), ("en", "Indian/Reunion"), ("fr", "America/Cayenne")]),
)
def test_a_post_is_joined_as_it_is_formatted(
    row: PostRow, is_accepted: bool, kept: str, around: str, reader: tuple[str, str]
) -> None:
    language, zone = reader
    facts: dict[str, Any] = {"is_accepted": is_accepted, "kept": kept, "proof": around, "controls": around}
    with translation.override(language), timezone.override(zone):
        assert post_html(row, **facts) == plain_post(row, **facts)
        # What is kept for one reader is not shown to another: once more, after others.
        assert post_html(row, **facts) == plain_post(row, **facts)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(when=MOMENTS, style=st.sampled_from(["datetime", "date", "time", "short", "relative"]), zone=st.booleans())
@pytest.mark.parametrize(("language", "name"), [("fr", "Europe/Paris"), ("en", "Indian/Reunion"), ("fr", "UTC")])
def test_a_moment_is_joined_as_it_is_formatted(
    when: datetime, style: str, zone: bool, language: str, name: str
) -> None:
    with translation.override(language), timezone.override(name):
        assert local_time(when, style, zone) == plain_time(when, style, zone)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 0, 12)])
@pytest.mark.parametrize("is_shown_only", [True, False])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_bar_written_once_is_the_one_of_the_post(
    language: str, counts: tuple[int, ...], is_shown_only: bool, is_signed_in: bool
) -> None:
    rest = (tuple(ReactionKind), counts, frozenset({"thanks", "tried"}), is_shown_only, is_signed_in, language)
    with translation.override(language):
        assert under(4711, bar_html(KEY, *rest)) == bar_html(4711, *rest)


@pytest.mark.parametrize("flags", [(True, True, True), (True, True, False), (False, False, False)])
def test_acts_written_once_are_those_of_the_post(flags: tuple[bool, bool, bool]) -> None:
    assert under(4711, acts_html(KEY, *flags, "fr")) == acts_html(4711, *flags, "fr")
