"""`make messages`: collect the sentences of sources and templates into the English catalogue, without GNU gettext."""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

_ROOMS = ("peerhub", "forums", "sessions", "mentoring", "templates")
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def collect(root: Path, language: str = "en") -> None:
    """Rewrite locale/<language>/LC_MESSAGES/django.po: new sentences added empty, lost ones dropped."""
    wanted = Catalog(locale=language, fuzzy=False)
    for path, line, message, context in _sentences(root):
        wanted.add(message, locations=[(path, line)], context=context)
    target = root / "locale" / language / "LC_MESSAGES" / "django.po"
    catalogue = Catalog(locale=language, fuzzy=False, header_comment="# English for PeerHub, whose sources are French.")
    if target.exists():
        with target.open("rb") as file:
            catalogue = read_po(file, locale=language)
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=False, sort_by_file=True, include_lineno=False)
    empty = [message for message in catalogue if message.id and not (message.string and all(message.string))]
    print(f"  ✓ {len(catalogue)} sentences in {target.relative_to(root)}, {len(empty)} without translation")


def _sentences(root: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix == ".py":
                source = path.read_text()
            elif "templates" in path.relative_to(root).parts and path.suffix in {".html", ".txt", ".svg", ".ics"}:
                source = templatize(path.read_text(), origin=str(path))
            else:
                continue
            where = str(path.relative_to(root))
            for line, function, messages, _ in extract_python(io.BytesIO(source.encode()), _KEYWORDS, (), {}):
                yield from _sentence(where, line, function, messages)


def _sentence(
    where: str, line: int, function: str, messages: object
) -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    parts = list(messages) if isinstance(messages, tuple | list) else [messages]
    context = None
    if "pgettext" in function:
        context, *parts = parts
    parts = parts[:2] if "n" in function.removeprefix("gettext").partition("gettext")[0] else parts[:1]
    if parts and all(isinstance(part, str) and part for part in parts):
        yield where, line, parts[0] if len(parts) == 1 else tuple(parts), context
