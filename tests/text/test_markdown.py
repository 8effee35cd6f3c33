import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from peerhub.text.bare_links import MAX_URL_CHARACTERS, trim
from peerhub.text.markdown import (
    MAX_CHARACTERS,
    Rendered,
    TextError,
    TextTooComplex,
    TextTooLong,
    clean_source,
    mentioned_categories,
    mentioned_ids,
    render,
)

REL = 'rel="nofollow noopener ugc"'


def link(address: str, text: str | None = None) -> str:
    return f'<a href="{address}" {REL}>{text or address}</a>'


def test_nothing_renders_to_nothing() -> None:
    for source in ("", "  \n\n ", "\x00", "#\n\n##"):
        assert render(source) == Rendered("", "", (), ())


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            "un *deux* **trois** ~~quatre~~ `cinq`",
            "<p>un <em>deux</em> <strong>trois</strong> <s>quatre</s> <code>cinq</code></p>",
        ),
        ("Bonjour,\nmerci", "<p>Bonjour,<br>\nmerci</p>"),
        ("> cité\n\nréponse", "<blockquote>\n<p>cité</p>\n</blockquote>\n<p>réponse</p>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("---", "<hr>"),
        ("<b>gras</b> & <script>", "<p>&lt;b&gt;gras&lt;/b&gt; &amp; &lt;script&gt;</p>"),
        ("```html\n<p>\n```", '<pre tabindex="0"><code>&lt;p&gt;\n</code></pre>'),
        ("    <p>", '<pre tabindex="0"><code>&lt;p&gt;\n</code></pre>'),
        ("snake_case_name et 2*3*4", "<p>snake_case_name et 2<em>3</em>4</p>"),
    ],
)
def test_formatting(source: str, html: str) -> None:
    assert render(source).html == html


def test_a_table_scrolls_in_its_own_box_and_aligns_by_class() -> None:
    assert render("|A|B|C|\n|---|:-:|--:|\n|1|2|3|").html == (
        '<div class="table-scroll" tabindex="0"><table>\n<thead>\n<tr>\n'
        '<th>A</th>\n<th class="align-center">B</th>\n<th class="align-right">C</th>\n</tr>\n</thead>\n<tbody>\n'
        '<tr>\n<td>1</td>\n<td class="align-center">2</td>\n<td class="align-right">3</td>\n</tr>\n</tbody>\n'
        "</table></div>"
    )


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# a\n## b\n### c\n# d", "3453"),
        ("## a\n## b", "33"),
        ("### a\n# b", "33"),
        ("# a\n### b\n## c", "344"),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", "345666"),
        ("# \n## a\n# \u200b\n## b\na\n=\n", "333"),
        ("# ![](/x.png)\n## [](/y)", "34"),
    ],
)
def test_headings_begin_under_the_page_and_skip_no_level(source: str, levels: str) -> None:
    html = render(source).html
    assert "".join(part[0] for part in html.split("<h")[1:]) == levels


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[guide](https://a.example/x)", link("https://a.example/x", "guide")),
        ("[sujet](/sujets/12/mobilite/)", link("/sujets/12/mobilite/", "sujet")),
        ("[x](mailto:a@b.example)", link("mailto:a@b.example", "x")),
        ('[x](https://a.example "titre")', link("https://a.example", "x")),
        ("<https://a.example>", link("https://a.example")),
        ("<a@b.example>", link("mailto:a@b.example", "a@b.example")),
        ("https://a.example/x?y=1&z=2", link("https://a.example/x?y=1&amp;z=2")),
        ("https://a.example/a_b_c*d*e", link("https://a.example/a_b_c*d*e")),
        ("(https://a.example/x_(y))", "(" + link("https://a.example/x_(y)") + ")"),
        ("Voir https://a.example.", "Voir " + link("https://a.example") + "."),
        ("**https://a.example**", "<strong>" + link("https://a.example") + "</strong>"),
        ("«\u00a0https://a.example\u00a0»", "«&nbsp;" + link("https://a.example") + "&nbsp;»"),
        ("https://a.example,https://b.example", link("https://a.example") + "," + link("https://b.example")),
        ("HTTPS://A.example", link("HTTPS://A.example")),
        ("l’adresse:https://a.example", "l’adresse:" + link("https://a.example")),
        ("xhttps://a.example", "xhttps://a.example"),
        ("https://", "https://"),
        ("https:// a", "https:// a"),
        ("https://[", "https://["),
        ("file://a/b", "file://a/b"),
        ("www.a.example/b?c.", link("https://www.a.example/b?c", "www.a.example/b?c") + "."),
        ("avant www.a.example après", "avant " + link("https://www.a.example", "www.a.example") + " après"),
        ("www.seul", "www.seul"),
        ("a.b+x@mairie.example, merci", link("mailto:a.b+x@mairie.example", "a.b+x@mairie.example") + ", merci"),
        ("claire@mairie", "claire@mairie"),
        ("fin.La suite", "fin.La suite"),
        ("exemple.fr", "exemple.fr"),
        ("`https://a.example`", "<code>https://a.example</code>"),
        ("[voir www.a.example](https://b.example)", link("https://b.example", "voir www.a.example")),
        ("[](https://a.example)", link("https://a.example")),
        ("[x]()", "x"),
        ("[x](javascript:alert%281%29)", "[x](javascript:alert%281%29)"),
        ("[x][y]\n[y]: /z", "[x][y]<br>\n[y]: /z"),
    ],
)  # fmt: skip
def test_links(source: str, html: str) -> None:
    assert render(source).html == f"<p>{html}</p>"


def test_an_image_becomes_a_link() -> None:
    assert (
        render("![la place](https://a.example/p.jpg)").html == f"<p>{link('https://a.example/p.jpg', 'la place')}</p>"
    )
    assert render("![](/p.jpg)").html == f"<p>{link('/p.jpg')}</p>"
    assert render("[![plan](/p.jpg)](https://a.example)").html == f"<p>{link('https://a.example', 'plan')}</p>"
    assert render("![x]()").html == "<p>x</p>"


def test_an_address_that_is_too_long_is_no_link() -> None:
    longest = "https://a.example/".ljust(MAX_URL_CHARACTERS, "x")
    assert render(longest).links == (longest,)
    assert render(longest + "x").links == ()
    assert render(f"[x]({longest}x)").links == ()


def test_links_are_collected_once_in_order() -> None:
    source = "[b](/b) https://a.example ![c](/c.png) [b](/b) x@a.example <https://a.example>"
    assert render(source).links == ("/b", "https://a.example", "/c.png")


def test_a_mention() -> None:
    rendered = render("Merci @[Claire  d’Été](user:12) et @[Ali](user:7), @[Claire](user:12) !")
    assert rendered.html == (
        '<p>Merci <span class="mention" data-user="12">@Claire d’Été</span> et '
        '<span class="mention" data-user="7">@Ali</span>, <span class="mention" data-user="12">@Claire</span> !</p>'
    )
    assert rendered.plain == "Merci @Claire d’Été et @Ali, @Claire !"
    assert rendered.mentions == (12, 7)


def test_the_name_of_a_mention_is_the_callers() -> None:
    rendered = render("@[Le maire](user:12) @[Inconnue](user:13) `@[Code](user:12)`", names={12: "Ali <B>"})
    assert rendered.html == (
        '<p><span class="mention" data-user="12">@Ali &lt;B&gt;</span> @Inconnue <code>@[Code](user:12)</code></p>'
    )
    assert rendered.mentions == (12,)


def test_a_mention_of_a_category_is_named_as_the_caller_says() -> None:
    source = "@[les chefs](category:elected) @[tous](category:nobody) @[A](user:3)"
    rendered = render(source, names={}, groups={"elected": "élu·es"})
    assert rendered.html == '<p><span class="mention" data-category="elected">@élu·es</span> @tous @A</p>'
    assert (rendered.categories, rendered.mentions) == (("elected",), ())
    assert mentioned_categories(source) == ("elected", "nobody")


def test_mentioned_ids_are_what_to_look_up() -> None:
    assert mentioned_ids("@[A](user:3) `@[B](user:2)` @[C](user:3) @[D](user:0) @[E](users:4)") == (3, 2)


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("# Titre\nTexte *fort*\nsuite\n\nFin", "Titre\n\nTexte fort\nsuite\n\nFin"),
        ("Liste :\n\n- a\n- b\n  1. c\n  2. d\n\nFin", "Liste :\n\n- a\n- b\n1. c\n2. d\n\nFin"),
        ("5. a\n\n   b\n6. c", "5. a\n\nb\n\n6. c"),
        ("> cité\n> encore\n>> deux\n\nréponse", "> cité\n> encore\n\n> deux\n\nréponse"),
        ("Avant\n\n|A|B|\n|-|-|\n|1|2|\n\nAprès", "Avant\n\nA | B\n1 | 2\n\nAprès"),
        ("```\na\n\n  b\n```\nc", "a\n\n  b\n\nc"),
        ("[le guide](https://a.example) et https://b.example", "le guide et https://b.example"),
        ("![la place](https://a.example/p.jpg)", "la place"),
        ("&lt;b&gt; &amp; \\*", "<b> & *"),
        ("a\n\n---\n\nb", "a\n\nb"),
    ],
)
def test_plain(source: str, plain: str) -> None:
    assert render(source).plain == plain


def test_a_source_at_the_limit_renders_and_one_past_it_does_not() -> None:
    assert len(render("a" * MAX_CHARACTERS).plain) == MAX_CHARACTERS
    with translation.override("fr"), pytest.raises(TextTooLong) as caught:
        render("a" * (MAX_CHARACTERS + 1))
    assert isinstance(caught.value, TextError)
    assert str(caught.value) == "Ce texte est trop long : 40\u202f001 caractères, pour 40\u202f000 au plus."


def test_a_table_bomb_is_refused() -> None:
    row = "|a" * 100 + "\n"
    bomb = row + "|-:" * 100 + "\n" + row * 190
    with translation.override("fr"), pytest.raises(TextTooComplex, match="trop complexe"):
        render(bomb)


def test_clean_source() -> None:
    assert clean_source("a\r\nb\rc\x00\x1b\ud800\ufffe\ue000d\te\u0301") == "a\nb\ncd\té"


@given(st.text(alphabet="ab.,:;!?()[]{}*_~|'’…", max_size=30))
@profile(max_examples=300)
def test_trim_takes_from_the_end_only_and_once(address: str) -> None:
    trimmed = trim(address)
    assert address.startswith(trimmed)
    assert trim(trimmed) == trimmed
    for opened, closed in ("()", "[]", "{}"):
        assert trimmed.count(closed) >= min(address.count(closed), trimmed.count(opened)) or closed not in address
    assert not trimmed or trimmed[-1] in "ab([{)]}"
