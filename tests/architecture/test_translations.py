"""Every sentence has its English, and each page keeps to one language."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override

from peerhub.embedded.messages import catalogue_of, sentences_of
from peerhub.notifications.delivery import deliver_due
from peerhub.people.models import User
from peerhub.settings import BASE_DIR as ROOT
from peerhub.ui.times import in_words
from tests.architecture.routes import ROUTES
from tests.architecture.world import KINDS, World
from tests.conftest import Browser

# The names of emoji are searched in both languages at once.
SCRIPTS = sorted(set((ROOT / "peerhub" / "ui" / "js").rglob("*.js")) - set((ROOT / "peerhub").rglob("emoji_list.js")))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
ACCOUNT_MAILS = sorted((ROOT / "templates" / "account" / "email").glob("*_subject.txt"))
# The page of the components is for developers; that of a failure is in both languages, and may load nothing.
BILINGUAL = {"500.html", "ui/style_page.html", "ui/style_page_public.html"}
# Names, and words that are the same whoever reads them.
NAMES = {"PeerHub", "PeerHub · PeerHub", "Français", "English", "Atom"}


def texts(message: str | Sequence[str] | None) -> tuple[str, ...]:
    """The singular and the plural, or the only text."""
    return (message or "",) if isinstance(message, str | None) else tuple(message)


def entries(language: str) -> list[Message]:
    return [message for message in catalogue_of(ROOT, language) if message.id]


SENTENCES = {(sentence.context, sentence.message) for sentence in sentences_of(ROOT)}
ENGLISH = entries("en")


# --- The catalogues ----------------------------------------------------------------------------------------------


def test_the_catalogues_hold_the_sentences_of_the_sources_and_no_other() -> None:
    """`make messages` brings them in step."""
    assert len(SENTENCES) > 500
    assert {(entry.context, entry.id) for entry in ENGLISH} ^ SENTENCES == set()
    plurals = {(context, message) for context, message in SENTENCES if isinstance(message, tuple)}
    assert {(entry.context, entry.id) for entry in entries("fr")} ^ plurals == set()


def test_every_sentence_has_its_english() -> None:
    assert [entry.id for entry in ENGLISH if entry.fuzzy or not all(texts(entry.string))] == []
    assert [entry.id for entry in entries("fr") if entry.string != entry.id] == []


def marks(text: str) -> list[str]:
    """What a translation keeps exactly: placeholders and tags."""
    return sorted(re.findall(r"%\(\w+\)[a-z]|%[a-z]|</?\w[^>]*>", text))


def test_translations_keep_placeholders_and_tags() -> None:
    changed = []
    for entry in ENGLISH:
        *first, last = texts(entry.id)
        *first_string, last_string = texts(entry.string)
        kept = marks(last) == marks(last_string)
        # A singular may write its number out.
        kept &= all(set(marks(one)) <= set(marks(last)) for one in [*first, *first_string])
        if not kept:
            changed.append(entry.id)
    assert changed == []


@pytest.mark.parametrize(("language", "words"), [("fr", "0 réponse"), ("en", "0 replies")])
def test_nothing_is_singular_in_french_and_plural_in_english(language: str, words: str) -> None:
    with override(language):
        assert ngettext("%(count)s réponse", "%(count)s réponses", 0) % {"count": 0} == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "samedi 21 novembre 2020 à 14 h"), ("en", "Saturday 21 November 2020 at 14:00")],
)
def test_a_moment_is_written_as_people_of_the_language_do(language: str, words: str) -> None:
    when = dt.datetime(2020, 11, 21, 13, tzinfo=dt.UTC)
    with override(language):
        assert in_words(when, zone="Europe/Paris").replace("\u00a0", " ") == words


# --- Typography --------------------------------------------------------------------------------------------------

NOT_FRENCH = re.compile(
    r"""
    (?<!\u202f) [?!;] (?=\s|$|»)   # a narrow no-break space before
    | (?<!\u00a0) : (?=\s|$)       # a no-break space before
    | « (?!\u00a0) | (?<!\u00a0) »
    | (?<=\w) ' (?=\w) | ["“”]     # ’ and « »
    | \d[ ]\d{3}\b                 # a narrow no-break space within a number
    | \.\.\. | [ ]{2}
    """,
    re.VERBOSE,
)
NOT_ENGLISH = re.compile(r"""\s[?!;:](?=\s|$)|[«»\u00a0\u202f"]|(?<=\w)'(?=\w)|\.\.\.|[ ]{2}""")


def test_sentences_keep_french_typography() -> None:
    assert [text for _context, message in SENTENCES for text in texts(message) if NOT_FRENCH.search(text)] == []


def test_translations_keep_english_typography() -> None:
    assert [text for entry in ENGLISH for text in texts(entry.string) if NOT_ENGLISH.search(text)] == []


# --- Sentences that escape the catalogue -------------------------------------------------------------------------


def bare_texts(source: str, *, html: bool) -> Iterator[str]:
    """The words of a template that no tag translates: in text, in attributes of people, in arguments of tags."""
    source = re.sub(r"{% comment.*?endcomment %}|{#.*?#}|<!--.*?-->", "", source, flags=re.DOTALL)
    source = re.sub(r"{% blocktrans.*?{% endblocktrans\w* %}", "", source, flags=re.DOTALL)
    source = re.sub(r"({% block \w+_class %})[\w -]*", r"\1", source)
    for tag in re.findall(r"{%.*?%}|{{.*?}}", source, flags=re.DOTALL):
        if not re.match(r"{%\s*trans", tag):
            quoted = re.findall(r'"([^"]*)"', re.sub(r'_\("[^"]*"\)', "", tag))
            yield from (text for text in quoted if re.search(r"[À-ÿœŒ’«]|^[A-Z]\w+ \w", text))
    source = re.sub(r"{%.*?%}|{{.*?}}", "\0", source, flags=re.DOTALL)
    if html:
        yield from re.findall(r'\b(?:aria-label|aria-description|title|alt|placeholder)="([^"]*)"', source)
        source = re.sub(r"<[^>]*>", "\n", source)
    yield from re.split(r"[\n]", source)


def test_templates_have_no_sentence_outside_of_translation() -> None:
    bare = {}
    for path in TEMPLATES:
        name = str(path.relative_to(ROOT / "templates"))
        found = [text.replace("\0", "").strip() for text in bare_texts(path.read_text(), html=path.suffix == ".html")]
        # A modifier of a class ("page--wide") stands alone in a block.
        found = [text for text in found if re.search(r"[^\W\d_]{2}", text) and text not in NAMES and "--" not in text]
        if found and name not in BILINGUAL:
            bare[name] = found
    assert bare == {}


def test_a_bare_sentence_would_be_found() -> None:
    found = [*bare_texts('<p title="Un titre">Du texte {{ x }}</p>{% button label="Écrire" %}', html=True)]
    assert {"Un titre", "Du texte \0", "Écrire"} <= set(found)


def worded_tables(source: str) -> Iterator[tuple[str, str, str]]:
    """(all of it, French, English) of `french ? … : …` and of `const FR = …; const EN = …`."""
    block = r"(\{(?:[^{}]|\{[^{}]*\})*\}|\"[^\"]*\")"
    for pattern in (rf"(?i:french)\s*\?\s*{block}\s*:\s*{block}", rf"\bFR\s*=\s*{block};\s*const EN\s*=\s*{block};"):
        yield from ((found[0], found[1], found[2]) for found in re.finditer(pattern, source))


# Of French: letters with accents, elisions and quotes within words. Of either: three words that begin a sentence.
WORDS = re.compile(r"[a-z][À-ÿœ]|[À-ÿœ][a-z]|[a-z]’[a-z]|«\s?\w|[\"'`][A-Z][a-z]+ [a-z]+ [a-z]+")


def said(table: str) -> list[str]:
    """Its words; no-break spaces are written as escapes in scripts. A sign alone is a key."""
    read = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), table)
    return [text for text in re.findall(r"\"([^\"\n]*)\"", read) if len(text) > 1]


def keys(table: str) -> list[str]:
    return re.findall(r"(\w+):", re.sub(r"\"(?:[^\"\\]|\\.)*\"|`[^`]*`", '""', table))


def test_scripts_say_nothing_but_in_both_languages() -> None:
    """Their words come from the page's attributes, or from two tables with the same keys."""
    stray, tables = {}, 0
    for path in SCRIPTS:
        source = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", path.read_text(), flags=re.DOTALL)
        for whole, french, english in list(worded_tables(source)):
            assert keys(french) == keys(english), path
            assert [text for text in said(english) if NOT_ENGLISH.search(text)] == [], path
            assert [text for text in said(french) if NOT_FRENCH.search(text)] == [], path
            source = source.replace(whole, "")
            tables += 1
        literals = re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`", source)
        found = [text for text in literals if WORDS.search(text)]
        if found:
            stray[path.name] = found
    assert tables > 2
    assert stray == {}


# --- The pages, in one language each -----------------------------------------------------------------------------


class Visible(HTMLParser):
    """Collects what people read or hear of a page, but what says itself to be in another language than the page's."""

    READ = {"aria-label", "aria-description", "title", "placeholder", "alt"}
    KEYS = {"data-act", "data-of", "data-state", "data-kind"}  # what a script calls a thing
    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.texts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        foreign = dict(attrs).get("lang", self.language) != self.language
        if self.hidden or foreign or tag in {"script", "style"}:
            if tag not in self.VOID:
                self.hidden.append(tag)
            return
        read = self.READ | ({"value"} if tag == "input" and ("type", "submit") in attrs else set())
        said = [value for name, value in attrs if name in read or (name.startswith("data-") and name not in self.KEYS)]
        self.texts += [value for value in said if value]

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            self.hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


def visible(html: str, language: str) -> list[str]:
    parser = Visible(language)
    parser.feed(html)
    return [text for text in (" ".join(text.split()) for text in parser.texts) if text]


def pairs() -> Iterator[tuple[str, str]]:
    """(French, English) of every sentence: ours, Django's of forms and accounts, allauth's."""
    for entry in ENGLISH:
        yield from zip(texts(entry.id), texts(entry.string), strict=True)
    folders = [
        Path(found.origin).parent for room in ("django", "allauth") if (found := find_spec(room)) and found.origin
    ]
    for folder, inner in zip([folders[0], folders[0], folders[1]], ["conf", "contrib/auth", ""], strict=True):
        with (folder / inner / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
            for entry in read_po(file):
                if entry.id:
                    yield from zip(texts(entry.string), texts(entry.id), strict=False)


def pattern(sentences: set[str]) -> re.Pattern[str]:
    """What recognises any of these: short ones as a whole text, long ones anywhere within it."""
    whole, within = [], []
    for sentence in sentences:
        pieces = re.split(r"%\(\w+\)[a-z]|%[a-z]", " ".join(sentence.split()))
        written = ".+?".join(re.escape(piece) for piece in pieces)
        longest = max(len(piece) for piece in pieces)
        if longest >= 12:
            within.append(written)
        elif longest >= (4 if len(pieces) == 1 else 8):
            whole.append(written)
    return re.compile(f"^(?:{'|'.join(whole)})$|(?:^|\\b)(?:{'|'.join(within)})(?:\\b|$|(?<=\\W))")


@cache
def foreign(language: str) -> re.Pattern[str]:
    """The sentences of the other language, but those that this one has too."""
    known = list(pairs())
    french, english = {one for one, _other in known if one}, {other for _one, other in known if other}
    folded = {text.casefold() for text in (french if language == "fr" else english)}
    return pattern({text for text in (english if language == "fr" else french) if text.casefold() not in folded})


@cache
def is_foreign(text: str, language: str) -> bool:
    """Thousands of sentences are looked for, and most pages say the same: each text is searched once."""
    return foreign(language).search(text) is not None


def strangers(found: list[str], language: str) -> list[str]:
    """The texts in the other language; the world's own are about a potiron, or hold a canary."""
    own = [text for text in found if text not in NAMES and not re.search(r"potiron|zq\w+zq", text.lower())]
    spaced = [text for text in own if language == "en" and re.search(r"\w [?!;:](?=\s|$)", text)]
    return [text for text in own if is_foreign(text, language)] + spaced


def test_a_sentence_in_the_other_language_would_be_found() -> None:
    assert strangers(["Home", "This field is required.", "Accueil"], "fr") == ["Home", "This field is required."]
    french = ["Accueil", "Ce champ est obligatoire.", "Confidential :"]
    assert strangers([*french, "Home"], "en") == french


# Forms whose empty sending shows the sentences of Django and allauth.
FORMS = (
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_change_password",
    "account_email",
    "account_reauthenticate",
    "people:hat-create",
    "people:preferences",
    "sessions:session-create",
    "forums:topic-create#network",
)


def in_turn(names: Iterable[str], language: str) -> Iterator[str]:
    """Each page in each language; what is the same page of another circle, in one of them."""
    first = set()
    for number, name in enumerate(names):
        page = name.partition("#")[0]
        if page not in first or ROUTES[name].query or ("fr", "en")[number % 2] == language:
            yield name
        first.add(page)


def answers(world: World, kind: str, browser: Browser, language: str) -> Iterator[tuple[str, Any]]:
    def address(name: str) -> str:
        route = ROUTES[name]
        return reverse(name.partition("#")[0], kwargs=dict(route.arguments(world, kind))) + route.query

    opened = [name for name, route in ROUTES.items() if route.expected[KINDS.index(kind)] in "of"]
    for name in in_turn(opened, language):
        if not name.startswith(("mailbox:", "ui:")):
            yield name, browser.get(address(name))
    yield "nowhere", browser.get("/nulle-part/")
    for name in FORMS:
        yield f"{name} sent empty", browser.post(address(name), {"action_add": ""})


# Minutes are kept in the language of whoever opened them, their titles too.
KEPT = {"Présent·es", "Ce qui a été dit", "Ce que nous retenons", "Suites"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_speak_one_language(language: str, world: World) -> None:
    found, walked = {}, 0
    for kind in ("anonymous", "elected", "animator"):
        browser = Browser()
        if kind == "anonymous":
            browser.post(reverse("set_language"), {"language": language})
        else:
            User.objects.filter(pk=world.people[kind].pk).update(language=language)
            browser.as_user(User.objects.get(pk=world.people[kind].pk))
        for name, response in answers(world, kind, browser, language):
            if not response.headers.get("Content-Type", "").startswith("text/html"):
                response.getvalue()  # read to its end, a file is closed
                continue
            walked += 1
            wrong = strangers(visible(response.content.decode(), language), language)
            if name.partition("#")[0] == "sessions:minutes":
                wrong = [text for text in wrong if text not in KEPT]
            if wrong:
                found[f"{kind} {name}"] = wrong
    assert walked > 100
    assert found == {}, found


@pytest.mark.parametrize("language", ["fr", "en"])
def test_mails_speak_one_language(language: str, world: World) -> None:
    User.objects.update(language=language)
    deliver_due()
    found = {}
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        page = visible(str(message.alternatives[0][0]), language)
        texts = [message.subject, *str(message.body).splitlines(), *page]
        if wrong := strangers([" ".join(text.split()) for text in texts], language):
            found[message.subject] = wrong
    assert len(mail.outbox) > 5
    assert found == {}, found


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ACCOUNT_MAILS, ids=lambda path: path.stem)
def test_account_mails_speak_one_language(path: Path, language: str) -> None:
    code = "" if "key" in path.stem else "ABC-DEF"
    with override(language):
        links = dict.fromkeys(("signup_url", "password_reset_url", "activate_url"), "https://reseaux.example.org/")
        said = {"code": code, "email": "eve@example.org", "timestamp": timezone.now(), "ip": "::1", "user_agent": "x"}
        context = links | said | {"current_site": {"domain": "reseaux.example.org"}}
        subject = render_to_string(f"account/email/{path.name}", context).strip()
        body = render_to_string(f"account/email/{path.name.replace('_subject', '_message')}", context).strip()
    assert "\n" not in subject
    assert body.splitlines()[0] == {"fr": "Bonjour,", "en": "Hello,"}[language]
    assert "\n\n\n" not in body
    assert [text for text in [subject, *body.splitlines()] if is_foreign(text, language)] == []
