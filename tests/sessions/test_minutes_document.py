"""The text of several: nobody's word is lost, whatever the order, and nothing but text gets in."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from sessions.minutes import document as documents
from sessions.minutes.document import TAB_BITS, MinutesDocument, MissingPast, TooLong, client_of, writer_of
from sessions.minutes.template import Section, html_of, markdown_of, sections_for
from sessions.minutes.updates import BadUpdate, read_update, units

KEYS = ("s1", "s2")
WRITER = 7


class Browser:
    """A page that holds a copy, types, and exchanges updates."""

    def __init__(self, writer: int, number: int = 1, state: bytes = b"") -> None:
        self.doc: Doc[Text] = Doc(client_id=(writer << TAB_BITS) | number)
        self.texts = {key: self.doc.get(key, type=Text) for key in KEYS}
        if state:
            self.doc.apply_update(state)

    def type(self, words: str, at: int = 0, key: str = "s1") -> bytes:
        before = self.doc.get_state()
        text = str(self.texts[key])
        self.texts[key].insert(len(text[:at].encode()), words)
        return self.doc.get_update(before)

    def erase(self, start: int, stop: int, key: str = "s1") -> bytes:
        before = self.doc.get_state()
        text = str(self.texts[key])
        del self.texts[key][len(text[:start].encode()) : len(text[:stop].encode())]
        return self.doc.get_update(before)


def merged(*updates: bytes, writer: int = WRITER) -> MinutesDocument:
    found = MinutesDocument(KEYS)
    for update in updates:
        found.merge(update, writer=writer)
    return found


EDIT = st.tuples(
    st.integers(0, 2),  # who
    st.sampled_from(KEYS),
    st.floats(0, 1),  # where
    st.text(alphabet="aé😀 \n", max_size=6),
    st.booleans(),  # whether the page hears of the others first
)


@settings(max_examples=40, deadline=None)
@given(st.lists(EDIT, max_size=25), st.randoms())
def test_any_interleaving_converges_and_no_word_is_lost(
    edits: list[tuple[int, str, float, str, bool]], chance: Random
) -> None:
    """Each writes words of their own somewhere, now and then offline; what they send comes in any order."""
    server = MinutesDocument(KEYS)
    browsers = [Browser(writer) for writer in range(3)]
    sent: list[list[tuple[str, str, bytes]]] = [[], [], []]
    words: list[tuple[str, str]] = []
    for number, (who, key, where, noise, listens) in enumerate(edits):
        browser = browsers[who]
        if listens:
            while sent[who]:
                server.merge(sent[who].pop(0)[2], writer=who)
            browser.doc.apply_update(server.state)
        # A letter for each digit: no noise and no other word holds it.
        word = "".join("GHIJKLMNOP"[int(digit)] for digit in str(number)) + "."
        text = str(browser.texts[key])
        at = round(where * len(text))
        # Between words: who types in the middle of another's word breaks it.
        while 0 < at < len(text) and (text[at - 1].isupper() or text[at] == "."):
            at += 1
        typed = f"{noise}{word}"
        words.append((key, typed))
        sent[who].append((key, typed, browser.type(typed, at, key)))
    queue = [who for who, updates in enumerate(sent) for _ in updates]
    chance.shuffle(queue)
    for who in queue:
        server.merge(sent[who].pop(0)[2], writer=who)
    for browser in browsers:
        browser.doc.apply_update(server.state)
        assert {key: str(text) for key, text in browser.texts.items()} == server.texts
    for key in KEYS:
        kept = [typed for where, typed in words if where == key]
        assert len(server.texts[key]) == sum(map(len, kept))
        assert all(typed.lstrip("aé😀 \n") in server.texts[key] for typed in kept)


@settings(max_examples=40, deadline=None)
@given(*(st.text(alphabet="ab é😀\n", max_size=40) for _ in range(4)))
def test_forms_without_scripts_merge_what_each_changed(base: str, mine: str, theirs: str, other: str) -> None:
    """Each text is reached from the base; and where both began from it, both are kept."""
    start = MinutesDocument(KEYS, client=(1 << TAB_BITS) | 1)
    start.rewrite({"s1": base, "s2": base})
    one = MinutesDocument(KEYS, start.state, client=client_of(1))
    two = MinutesDocument(KEYS, start.state, client=client_of(2))
    changes = [(1, one.rewrite({"s1": mine, "s2": base})), (2, two.rewrite({"s2": theirs}))]
    assert (one.texts, two.texts) == ({"s1": mine, "s2": base}, {"s1": base, "s2": theirs})
    server = MinutesDocument(KEYS, start.state)
    for writer, change in changes:
        if change:
            server.merge(change, writer=writer)
    assert server.texts == {"s1": mine, "s2": theirs}
    three = MinutesDocument(KEYS, server.state, client=client_of(3))
    assert bool(three.rewrite({"s1": other})) == (other != mine)


def test_two_forms_in_one_paragraph_lose_nothing() -> None:
    start = MinutesDocument(KEYS, client=1)
    start.rewrite({"s1": "Le maire propose un calendrier.\n"})
    one = MinutesDocument(KEYS, start.state, client=client_of(1))
    two = MinutesDocument(KEYS, start.state, client=client_of(2))
    first = one.rewrite({"s1": "Le maire de Dole propose un calendrier.\n"})
    second = two.rewrite({"s1": "Le maire propose un calendrier souple.\nTout le monde approuve.\n"})
    server = MinutesDocument(KEYS, start.state)
    server.merge(first, writer=1)
    server.merge(second, writer=2)
    assert server.texts["s1"] == "Le maire de Dole propose un calendrier souple.\nTout le monde approuve.\n"


def test_what_is_sent_again_changes_nothing() -> None:
    browser = Browser(WRITER)
    first, second = browser.type("Bonjour"), browser.type(" à tous", 7)
    found = merged(first, second, first, second)
    assert found.texts == {"s1": "Bonjour à tous", "s2": ""}


def embedded() -> bytes:
    doc: Doc[Text] = Doc(client_id=(WRITER << TAB_BITS) | 1)
    doc.get("s1", type=Text).insert_embed(0, {"evil": "x"})
    return doc.get_update()


def formatted() -> bytes:
    doc: Doc[Text] = Doc(client_id=(WRITER << TAB_BITS) | 1)
    doc.get("s1", type=Text).insert(0, "gras", {"bold": True})
    return doc.get_update()


def of_type(root: Map[Any] | Array[Any], name: str) -> bytes:
    doc: Doc[Map[Any] | Array[Any]] = Doc(client_id=(WRITER << TAB_BITS) | 1)
    doc[name] = root
    return doc.get_update()


def nested() -> bytes:
    doc: Doc[Array[Any]] = Doc(client_id=(WRITER << TAB_BITS) | 1)
    doc["s1"] = Array([Text("dedans")])
    return doc.get_update()


def elsewhere() -> bytes:
    doc: Doc[Text] = Doc(client_id=(WRITER << TAB_BITS) | 1)
    doc.get("s99", type=Text).insert(0, "ailleurs")
    return doc.get_update()


def under_another_number() -> bytes:
    return Browser(WRITER + 1).type("Pas moi")


def with_a_return() -> bytes:
    return Browser(WRITER).type("a\rb")


def a_huge_hole() -> bytes:
    # One writer, one struct of collected garbage of 2^40 units.
    client = (WRITER << TAB_BITS) | 1
    return b"\x01\x01" + _number(client) + b"\x00\x00" + _number(2**40) + b"\x00"


def twice_the_same_writer() -> bytes:
    client = _number((WRITER << TAB_BITS) | 1)
    return b"\x02" + (b"\x01" + client + b"\x00\x04\x01\x02s1\x01a") * 2 + b"\x00"


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes([*out, value])


POISONS: list[Callable[[], bytes]] = [
    lambda: b"",
    lambda: b"\x00\x00",
    lambda: b"n'importe quoi",
    lambda: b"\xff" * 60,
    lambda: Browser(WRITER).type("coupé")[:-3],
    lambda: Browser(WRITER).type("suivi") + b"\x00",
    lambda: Browser(WRITER).type("invalide").replace(b"valide", b"val\xff\xfee"),
    embedded,
    formatted,
    nested,
    lambda: of_type(Map({"s1": "carte"}), "s1"),
    lambda: of_type(Array(["liste"]), "s1"),
    elsewhere,
    under_another_number,
    with_a_return,
    a_huge_hole,
    twice_the_same_writer,
]


@pytest.mark.parametrize("poison", POISONS)
def test_poison_is_refused(poison: Callable[[], bytes]) -> None:
    update = poison()
    found = merged(Browser(WRITER, 2).type("Avant"))
    with pytest.raises(BadUpdate):
        found.merge(update, writer=WRITER)


def test_a_crafted_item_that_is_only_text_is_taken() -> None:
    """The poisons above are refused for what they hold: this one, made by hand as they are, is good."""
    client = _number((WRITER << TAB_BITS) | 1)
    update = b"\x01\x01" + client + b"\x00\x04\x01\x02s1\x01a" + b"\x00"
    assert merged(update).texts["s1"] == "a"


def test_what_continues_an_unknown_text_is_refused() -> None:
    browser = Browser(WRITER)
    browser.type("Perdu")
    with pytest.raises(MissingPast):
        merged(browser.type(" en route", 5))
    other = Browser(WRITER)
    other.type("Effacé")
    with pytest.raises(MissingPast):
        merged(other.erase(0, 3))


@pytest.mark.parametrize(("after", "reads"), [(0, "aX😀b"), (1, None), (2, "a😀Xb")])
def test_a_letter_of_two_units_is_never_cut(after: int, reads: str | None) -> None:
    """Between two neighbouring units of what somebody else typed: the smile is the second and the third."""
    found = merged(Browser(WRITER, 1).type("a😀b"))
    left, right = (_number((WRITER << TAB_BITS) | 1) + _number(unit) for unit in (after, after + 1))
    update = b"\x01\x01" + _number((WRITER << TAB_BITS) | 5) + b"\x00\xc4" + left + right + b"\x01X\x00"
    if reads is None:
        with pytest.raises(BadUpdate):
            found.merge(update, writer=WRITER)
    else:
        found.merge(update, writer=WRITER)
        assert found.texts["s1"] == reads


def test_lengths_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLong):
        merged(Browser(WRITER).type("x" * 200_001))
    with pytest.raises(TooLong):
        merged(Browser(WRITER).type("x" * 40_001))
    monkeypatch.setattr(documents, "MAX_STATE_BYTES", 100)
    with pytest.raises(TooLong):
        merged(Browser(WRITER).type("x" * 101))
    assert len(merged(Browser(WRITER).type("x" * 20)).texts["s1"]) == 20


@given(st.binary(max_size=80))
@settings(max_examples=50, deadline=None)
def test_bytes_from_anywhere_are_read_or_refused(data: bytes) -> None:
    try:
        read_update(data)
    except BadUpdate:
        return


@given(st.text(max_size=20))
@settings(max_examples=25, deadline=None)
def test_units_are_those_of_a_browser(text: str) -> None:
    assert units(text) == sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def test_numbers_of_a_person_fit_into_javascript() -> None:
    assert client_of(2**22 - 1) < 2**53
    assert client_of(12) >> TAB_BITS == writer_of(12) == 12


def test_sections_come_from_the_steps_or_from_any_meeting() -> None:
    assert [one.title for one in sections_for(["Exposé", "Consultation"])] == [
        "Présent·es",
        "Exposé",
        "Consultation",
        "Suites",
    ]
    plain = sections_for([])
    assert [one.title for one in plain] == ["Présent·es", "Ce qui a été dit", "Ce que nous retenons", "Suites"]
    assert [one.key for one in plain] == ["s1", "s2", "s3", "s4"]


def test_what_is_empty_is_left_out_and_titles_are_words() -> None:
    sections = [Section("s1", "<Présents>"), Section("s2", "Suites")]
    texts = {"s1": " \n", "s2": "- **Écrire**\x00\n"}
    assert markdown_of(sections, texts) == "## Suites\n\n- **Écrire**\n"
    assert html_of(sections, {"s1": "<b>moi</b>", "s2": ""}) == (
        "<h2>&lt;Présents&gt;</h2>\n<p>&lt;b&gt;moi&lt;/b&gt;</p>\n"
    )
