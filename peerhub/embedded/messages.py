"""`make messages`: collect the sentences of sources and templates into the English catalogue, without GNU gettext."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

_ROOMS = ("peerhub", "forums", "sessions", "mentoring", "templates")
_KEYWORDS = {
    "_": ("singular",),
    "gettext": ("singular",),
    "gettext_lazy": ("singular",),
    "gettext_noop": ("singular",),
    "ngettext": ("singular", "plural"),
    "ngettext_lazy": ("singular", "plural"),
    "pgettext": ("context", "singular"),
    "pgettext_lazy": ("context", "singular"),
    "npgettext": ("context", "singular", "plural"),
    "npgettext_lazy": ("context", "singular", "plural"),
}


def collect(root: Path, language: str = "en") -> None:
    """Rewrite locale/<language>/LC_MESSAGES/django.po: new sentences added empty, lost ones dropped."""
    wanted = Catalog(locale=language, fuzzy=False)
    for sentence in _sentences(root):
        wanted.add(sentence.message, locations=[(sentence.path, 0)], context=sentence.context)
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


@dataclass(frozen=True)
class Sentence:
    path: str
    message: str | tuple[str, str]
    context: str | None


def _sentences(root: Path) -> Iterator[Sentence]:
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix == ".py":
                source = path.read_text()
            elif "templates" in path.relative_to(root).parts and path.suffix in {".html", ".txt", ".ics"}:
                lines = templatize(path.read_text(), origin=str(path)).splitlines()
                source = "\n".join(line.strip() for line in lines)  # its indentation is not Python's
            else:
                continue
            for _line, function, found, _comments in extract_python(
                io.BytesIO(source.encode()), dict.fromkeys(_KEYWORDS), (), {}
            ):
                arguments = cast("str | tuple[str | None, ...] | None", found)
                texts = [arguments] if isinstance(arguments, str) else list(arguments or ())
                if sentence := _sentence(str(path.relative_to(root)), _KEYWORDS[str(function)], texts):
                    yield sentence


def _sentence(path: str, roles: Sequence[str], texts: Sequence[str | None]) -> Sentence | None:
    """None for a call whose arguments are not written out as strings."""
    given = {role: text for role, text in zip(roles, texts, strict=False) if text}
    if len(given) < len(roles):
        return None
    plural = given.get("plural")
    message = given["singular"] if plural is None else (given["singular"], plural)
    return Sentence(path, message, given.get("context"))
