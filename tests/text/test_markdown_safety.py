"""Whatever is written, a page shows only what the allow-list says, as a real HTML parser reads it."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from peerhub.text.files import ShownFile
from peerhub.text.markdown import MAX_CHARACTERS, clean_source, file_ids, render
from peerhub.text.plain import tidy
from tests.text.allow_list import is_safe_address, parse, problems
from tests.text.xss_corpus import VECTORS

NAMED = """a" onerror="alert(1)'><script>alert(1)</script>.png"""
SHOWN = {
    7: ShownFile(NAMED, "/fichiers/7/a.png", 1, "/fichiers/7/vignette/a.png", 640, 480),
    8: ShownFile(NAMED, "/fichiers/8/a.pdf", 1),
}
PIECES = [
    "[",
    "](",
    ")",
    "![",
    "<",
    ">",
    '"',
    "'",
    "`",
    "```\n",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "# ",
    "|",
    "|-|\n",
    "*",
    "**",
    "_",
    "~~",
    "\\",
    "&",
    "&colon;",
    "&#58;",
    "&Tab;",
    "javascript:",
    "data:",
    "https://",
    "http://a.example/",
    "www.b.example",
    "//",
    "/",
    "x@a.example",
    "@[Nom](user:7)",
    "@[",
    "user:",
    "<script>",
    "<img src=x onerror=alert(1)>",
    "<!--",
    "-->",
    "]]>",
    "style=",
    "\t",
    "    ",
    "\x00",
    "\u200b",
    "\u202e",
    "\ud800",
    "é",
    "mot",
    " ",
    "[x]: ",
    '<a href="',
    "![x](/fichiers/7/a.png)",
    "[x](/fichiers/8/a.pdf)",
    "/fichiers/7/a.png",
    "](/fichiers/8/",
    "![](/fichiers/9/a.png)",
    "</p>",
    "---\n",
    ":",
]
markdown = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)


def test_the_corpus_is_large_and_without_doubles() -> None:
    assert len(VECTORS) >= 200
    assert len(set(VECTORS)) == len(VECTORS)


@pytest.mark.parametrize("vector", VECTORS)
def test_vector_is_harmless(vector: str) -> None:
    rendered = render(vector)
    assert problems(rendered.html) == []
    assert all(is_safe_address(link) for link in rendered.links)


@pytest.mark.parametrize("vector", VECTORS)
def test_vector_is_harmless_where_files_are_shown(vector: str) -> None:
    assert problems(render(vector, files=SHOWN).html) == []


@pytest.mark.parametrize(
    "frame", ["> {}", "- a\n\n  {}", "| a |\n|---|\n| {} |", "# {}", "**{}**", "[{}](https://a.example)"]
)
def test_vector_is_harmless_inside_something(frame: str) -> None:
    for vector in VECTORS:
        assert problems(render(frame.format(vector.replace("\n", " "))).html) == []


def test_vectors_are_harmless_together() -> None:
    for joint in ("\n\n", "\n", " ", ""):
        half = joint.join(VECTORS[::2]), joint.join(VECTORS[1::2])
        for source in half:
            assert problems(render(source).html) == []


def test_the_check_itself_sees_what_is_wrong() -> None:
    """An allow-list test that never fails is worth nothing."""
    wrong = [
        "<script>1</script>",
        "<p onclick=x>y</p>",
        "<img src=x>",
        "<a href=javascript:1 rel='nofollow noopener ugc'>x</a>",
        "<a href=https://a.example>x</a>",
        "<a href=//evil.example rel='nofollow noopener ugc'>x</a>",
        "<p style=x>y</p>",
        "<span class='mention x'>y</span>",
        "<a href='/\t/evil.example' rel='nofollow noopener ugc'>x</a>",
        "<h1>x</h1>",
        "<a href='https://a.example' rel='nofollow noopener ugc'></a>",
        "<svg><p>x</p></svg>",
        "<img src=/fichiers/7/a.png alt='' width=1 height=1 loading=lazy>",
        "<img src=https://evil.example/fichiers/7/vignette/a.png alt='' width=1 height=1 loading=lazy>",
        "<img src=/fichiers/7/vignette/a.png>",
        "<a class='file' href='/fichiers/8/a.pdf' rel='nofollow noopener ugc'><img alt=''></a>",
        "<td class=other>x</td>",
    ]
    assert [html for html in wrong if not problems(html)] == ["<td class=other>x</td>"]


@given(markdown)
@example("[x](/\\evil)")
@profile(max_examples=400, deadline=None)
def test_any_text_renders_within_the_allow_list(source: str) -> None:
    rendered = render(source)
    assert problems(rendered.html) == []


@given(markdown)
@example("[![a](/fichiers/7/a)](/fichiers/8/b)")
@profile(max_examples=400, deadline=None)
def test_any_text_with_files_renders_within_the_allow_list(source: str) -> None:
    rendered = render(source, files=SHOWN)
    assert problems(rendered.html) == []
    shown = {int(match) for match in re.findall(r"/fichiers/(\d+)/vignette/", rendered.html)}
    assert shown <= set(file_ids(clean_source(source))) & {7}
    assert tidy(rendered.plain) == rendered.plain


@given(st.text(max_size=200))
@profile(max_examples=200, deadline=None)
def test_any_characters_render_within_the_allow_list(source: str) -> None:
    assert problems(render(source).html) == []


@given(markdown)
@profile(max_examples=200, deadline=None)
def test_plain_is_tidy_and_storable(source: str) -> None:
    plain = render(source).plain
    assert tidy(plain) == plain
    assert clean_source(plain) == plain
    plain.encode("utf-8")


@given(markdown)
@profile(max_examples=200, deadline=None)
def test_plain_says_what_the_page_shows(source: str) -> None:
    """Letter by letter, apart from the numbers and marks of lists and quotes."""
    rendered = render(source)
    assert _letters(rendered.plain) == _letters("".join(parse(rendered.html).itertext()))


@given(markdown)
@profile(max_examples=200, deadline=None)
def test_cleaning_twice_changes_nothing(source: str) -> None:
    cleaned = clean_source(source)
    assert clean_source(cleaned) == cleaned
    assert render(cleaned) == render(source)


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "[a](",
        "![",
        "*a **a _b ",
        "a**b",
        "`a",
        "<a ",
        "&#1",
        "> ",
        "- ",
        "1. a\n",
        "a\n",
        "# a\n",
        "|",
        "@[",
        "a@",
        "www.",
        "www.a,",
        "http://",
        "http://a/",
        "https://a.example/,",
        "a://",
        "mailto:",
        "[a](/b)",
        "![a](/b)",
        "![a](/fichiers/7/b)",
        "[a](/fichiers/7/",
        "~~a ",
        "```\n",
        "[a](<b",
        "\u0344",
        "(www.a.b",
    ],
)
def test_no_repetition_takes_long(piece: str) -> None:
    """A bound against quadratic surprises; the slowest of these takes 2 s on a slow core, most a tenth of it."""
    source = piece * (MAX_CHARACTERS // len(piece))
    began = time.process_time()
    rendered = render(source)
    assert time.process_time() - began < 10
    assert len(rendered.plain) < 3 * MAX_CHARACTERS


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def test_a_table_that_leaves_most_of_its_cells_out_ends_early() -> None:
    source = "|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n" + "|b|\n" * 9_000
    began = time.process_time()
    html = render(source).html
    # Hundreds of rows would be seconds of work and half a million characters.
    assert (html.count("<tr>"), problems(html), time.process_time() - began < 2) == (11, [], True)
