"""What minutes are made of before a word is written: the sections of a session, and the Markdown that they read as."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.translation import gettext as _

from peerhub.text.markdown import TextError, clean_source, render


@dataclass(frozen=True)
class Section:
    """`key` names its shared text; `title` is a line of plain words."""

    key: str
    title: str


def sections_for(steps: Iterable[str]) -> list[Section]:
    """From the titles of the session's steps, who was there before them and what follows after; without steps, what
    any meeting leaves."""
    middle = list(steps) or [_("Ce qui a été dit"), _("Ce que nous retenons")]
    titles = [_("Présent·es"), *middle, _("Suites")]
    return [Section(f"s{number}", title) for number, title in enumerate(titles, 1)]


def as_kept(sections: Iterable[Section]) -> list[dict[str, str]]:
    return [{"key": one.key, "title": one.title} for one in sections]


def as_read(kept: Iterable[Mapping[str, str]]) -> list[Section]:
    return [Section(one["key"], one["title"]) for one in kept]


def markdown_of(sections: Sequence[Section], texts: Mapping[str, str]) -> str:
    """The whole as one text; sections that nobody filled are left out."""
    parts = (f"## {one.title}\n\n{text}\n" for one in sections if (text := _clean(texts[one.key])))
    return "\n".join(parts)


def html_of(sections: Sequence[Section], texts: Mapping[str, str]) -> str:
    """The same as HTML, section by section. Raises `TextError`."""
    # Neither people nor files: a text of several has no author by whose rights they could be named.
    parts = (
        f"<h2>{escape(one.title)}</h2>\n{render(text, names={}, groups={}).html}\n"
        for one in sections
        if (text := _clean(texts[one.key]))
    )
    return "".join(parts)


def html_or_plain(sections: Sequence[Section], texts: Mapping[str, str]) -> str:
    """`html_of`, or the source where it cannot be rendered: what is written is always read."""
    try:
        return html_of(sections, texts)
    except TextError:
        return f"<pre>{escape(markdown_of(sections, texts))}</pre>"


def _clean(text: str) -> str:
    return clean_source(text).strip()
