"""Files in what people write."""

import pytest

from peerhub.text.files import ShownFile, file_ids, size_label
from peerhub.text.markdown import render

PLAN = ShownFile("plan.png", "/fichiers/12/plan.png", 24_000, "/fichiers/12/vignette/plan.png", 640, 300)
BUDGET = ShownFile("Budget 2.pdf", "/fichiers/13/Budget%202.pdf", 240_400)
FILES = {12: PLAN, 13: BUDGET}
IMAGE = '<img src="/fichiers/12/vignette/plan.png" alt="{}" width="640" height="300" loading="lazy">'
LINKED = '<a class="file file--image" href="/fichiers/12/plan.png" rel="nofollow noopener ugc">' + IMAGE + "</a>"
PILL = (
    '<a class="file" href="/fichiers/13/Budget%202.pdf" rel="nofollow noopener ugc">'
    '<span class="file__name">{}</span> <span class="file__meta">PDF · 240&nbsp;ko</span></a>'
)


@pytest.mark.parametrize(
    ("source", "html", "plain"),
    [
        ("![Le plan](/fichiers/12/plan.png)", LINKED.format("Le plan"), "Le plan (plan.png)"),
        ("![Un **plan**](/fichiers/12/autre)", LINKED.format("Un plan"), "Un plan (plan.png)"),
        ("![a \\[b\\] \\* `c`](/fichiers/12/plan.png)", LINKED.format("a [b] * c"), "a [b] * c (plan.png)"),
        ("![](/fichiers/12/plan.png)", IMAGE.format(""), "(plan.png)"),
        ("[Budget 2.pdf](/fichiers/13/x)", PILL.format("Budget 2.pdf"), "Budget 2.pdf"),
        ("[le budget *voté*](/fichiers/13/x)", PILL.format("le budget voté"), "le budget voté (Budget 2.pdf)"),
        ("[](/fichiers/13/x)", PILL.format("Budget 2.pdf"), "Budget 2.pdf"),
        ("![le budget](/fichiers/13/x)", PILL.format("le budget"), "le budget (Budget 2.pdf)"),
        # What the text may not show is the words that stand for it: no address, no name.
        ("![Un plan](/fichiers/14/plan.png) ici", "Un plan ici", "Un plan ici"),
        ("[le budget](/fichiers/14/x.pdf)", "le budget", "le budget"),
        ("![](/fichiers/14/plan.png)ici", "ici", "ici"),
        # Foreign images stay links, whatever their address looks like.
        (
            "![x](https://e.example/fichiers/12/vignette/plan.png)",
            '<a href="https://e.example/fichiers/12/vignette/plan.png" rel="nofollow noopener ugc">x</a>',
            "x",
        ),
        ("`![a](/fichiers/12/plan.png)`", "<code>![a](/fichiers/12/plan.png)</code>", "![a](/fichiers/12/plan.png)"),
    ],
)
def test_file_in_a_text(source: str, html: str, plain: str) -> None:
    rendered = render(source, files=FILES)
    assert (rendered.html, rendered.plain) == (f"<p>{html}</p>", plain)


def test_files_are_no_links_of_the_text() -> None:
    assert render("[a](/fichiers/13/x) [b](https://b.example)", files=FILES).links == ("https://b.example",)


def test_without_files_nothing_is_shown() -> None:
    assert render("![Un plan](/fichiers/12/plan.png)").html == "<p>Un plan</p>"


def test_a_heading_of_a_file_that_is_not_shown_goes() -> None:
    assert render("# ![](/fichiers/14/a.png)\n\nSuite").html == "<p>Suite</p>"


def test_ids_of_a_source() -> None:
    source = (
        "![a](/fichiers/12/a) [b]( </fichiers/13/b>) ![c](/fichiers/12/c) /fichiers/15/d [e](https://x/fichiers/16/e)"
    )
    assert file_ids(source) == (12, 13)


@pytest.mark.parametrize(
    ("size", "label"),
    [
        (0, "1 ko"),
        (240_400, "240 ko"),
        (999_499, "999 ko"),
        (999_600, "1 Mo"),
        (1_240_000, "1,2 Mo"),
        (13_600_000, "14 Mo"),
    ],
)
def test_size_in_words(size: int, label: str) -> None:
    assert size_label(size) == label.replace(" ", "\N{NO-BREAK SPACE}")
