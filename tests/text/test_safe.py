from django.template import Context, Template
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from peerhub.text.markdown import render
from peerhub.text.safe import HIGHLIGHT_START, HIGHLIGHT_STOP, as_safe, highlighted


def show(source: str, **context: object) -> str:
    return Template("{% load text %}" + source).render(Context(context))


def test_rendered_html_is_shown_as_it_is() -> None:
    html = render("**a** & <b>").html
    assert isinstance(as_safe(html), SafeString)
    assert show("{{ html|rendered }}", html=html) == "<p><strong>a</strong> &amp; &lt;b&gt;</p>"
    assert show("{{ html }}", html=html).startswith("&lt;p&gt;")


def test_highlights_become_marks_around_escaped_text() -> None:
    headline = f"a <b> {HIGHLIGHT_START}c&d{HIGHLIGHT_STOP} e {HIGHLIGHT_START}f{HIGHLIGHT_STOP}"
    assert highlighted(headline) == ("a &lt;b&gt; <mark>c&amp;d</mark> e <mark>f</mark>")


def test_highlights_that_do_not_pair_are_dropped() -> None:
    assert highlighted(f"{HIGHLIGHT_STOP}a{HIGHLIGHT_START}b") == "ab"
    assert highlighted(f"{HIGHLIGHT_START}a{HIGHLIGHT_START}b{HIGHLIGHT_STOP}{HIGHLIGHT_STOP}") == "a<mark>b</mark>"


@given(st.text(alphabet=f"<>&\"'ab {HIGHLIGHT_START}{HIGHLIGHT_STOP}", max_size=40))
def test_highlighting_never_lets_markup_through(text: str) -> None:
    html = highlighted(text)
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert not set(bare) & set("<>\"'" + HIGHLIGHT_START + HIGHLIGHT_STOP)
    assert html.count("<mark>") == html.count("</mark>")
