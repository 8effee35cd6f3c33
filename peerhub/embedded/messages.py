"""`make messages`: collect the sentences of sources and templates into the catalogues, without GNU gettext."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
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
_ALIAS = re.compile(r"\b([np]{0,2}gettext\w*) as (\w+)")


@dataclass(frozen=True)
class Sentence:
    path: str
    message: str | tuple[str, str]
    context: str | None


_HEADER = """\
# {comment}
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def collect(root: Path) -> None:
    """Rewrite both catalogues of locale/: new sentences added (empty in English), lost ones dropped."""
    sentences = list(sentences_of(root))
    english = catalogue_of(root, "en")
    english.update(_catalogue("en", sentences), no_fuzzy_matching=True, update_creation_date=False)
    english.obsolete.clear()
    _write(root, "en", english, "English for PeerHub, whose sources are French.")
    # French says itself; its catalogue is there for the rule of plurals, in which 0 is singular.
    french = _catalogue("fr", [sentence for sentence in sentences if isinstance(sentence.message, tuple)])
    for message in french:
        if message.id:
            message.string = message.id
    _write(
        root,
        "fr",
        french,
        "The plurals of PeerHub's sentences, for the rule that 0 is singular. Made by `make messages`.",
    )
    empty = [message for message in english if message.id and not (message.string and all(message.string))]
    print(f"  ✓ {len(english)} sentences in locale/en, {len(empty)} without translation")


def catalogue_of(root: Path, language: str) -> Catalog:
    """Read the sentences of a language; none when it has no catalogue yet."""
    path = _path(root, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _path(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def _write(root: Path, language: str, catalogue: Catalog, comment: str) -> None:
    """Write with a header of ours: Babel's has a date, which would change at each run."""
    written = io.BytesIO()
    write_po(written, catalogue, width=110, omit_header=True, sort_by_file=True, include_lineno=False)
    header = _HEADER.format(comment=comment, language=language, plurals=catalogue.plural_forms)
    path = _path(root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode() + written.getvalue())


def _catalogue(language: str, sentences: Iterable[Sentence]) -> Catalog:
    catalogue = Catalog(locale=language)
    for sentence in sentences:
        catalogue.add(sentence.message, locations=[(sentence.path, 0)], context=sentence.context)
    return catalogue


def sentences_of(root: Path) -> Iterator[Sentence]:
    """Yield what is marked for translation in the sources and the templates; the same may come several times."""
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix == ".py":
                source = path.read_text()
            elif "templates" in path.relative_to(root).parts and path.suffix in {".html", ".txt", ".ics"}:
                lines = templatize(path.read_text(), origin=str(path)).splitlines()
                source = "\n".join(line.strip() for line in lines)  # its indentation is not Python's
            else:
                continue
            # By whatever name a module imports them ("gettext_lazy as _lazy").
            named = {name: _KEYWORDS[true] for true, name in _ALIAS.findall(source) if true in _KEYWORDS}
            roles = _KEYWORDS | named
            for _line, function, found, _comments in extract_python(
                io.BytesIO(source.encode()), dict.fromkeys(roles), (), {}
            ):
                arguments = cast("str | tuple[str | None, ...] | None", found)
                texts = [arguments] if isinstance(arguments, str) else list(arguments or ())
                if sentence := _sentence(str(path.relative_to(root)), roles[str(function)], texts):
                    yield sentence


def _sentence(path: str, roles: Sequence[str], texts: Sequence[str | None]) -> Sentence | None:
    """None for a call whose arguments are not written out as strings."""
    given = {role: text for role, text in zip(roles, texts, strict=False) if text}
    if len(given) < len(roles):
        return None
    plural = given.get("plural")
    message = given["singular"] if plural is None else (given["singular"], plural)
    return Sentence(path, message, given.get("context"))
