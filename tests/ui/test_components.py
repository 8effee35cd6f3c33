"""Components escape what they are given, refuse what they do not know, and say in words what they draw."""

import datetime as dt
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone, translation

from peerhub.ui.pagination import KeysetPage, Page

EVIL = "\"><script>alert('x')</script>"


def render(source: str, path: str = "/", **context: Any) -> str:
    context.setdefault("request", RequestFactory().get(path))
    return Template("{% load ui %}" + source).render(Context(context))


class DayForm(forms.Form):
    day = forms.DateField()


class Words(HTMLParser):
    """What a person reads, and the attributes that carry words."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def parsed(html: str) -> Words:
    words = Words()
    words.feed(html)
    return words


def read(html: str) -> str:
    return " ".join("".join(parsed(html).words).split())


@pytest.mark.parametrize(
    "source",
    [
        "{% avatar initials=evil category=evil label=evil %}",
        "{% hat evil evil href=evil %}",
        "{% lens label=evil %}{% endlens %}",
        "{% circle_badge kind='network' label=evil category=evil %}",
        "{% circle_badge kind='custom' label=evil confidential=True %}",
        "{% badge evil %}",
        "{% count 3 label=evil %}",
        "{% button label=evil href=evil title=evil hx_get=evil %}",
        "{% button label=evil name=evil value=evil id=evil form=evil icon='x' icon_only=True %}",
        "{% chip evil href=evil %}{% chip evil name=evil value=evil category=evil %}{% chip evil %}",
        "{% confirm label=evil action=evil title=evil text=evil confirm_label=evil name=evil value=evil next=evil %}",
        "{% dialog label=evil title=evil %}{% enddialog %}",
        "{% menu label=evil %}{% menu_item evil href=evil %}{% menu_item evil action=evil name=evil %}{% endmenu %}",
        "{% card title=evil href=evil link_label=evil id=evil category=evil %}{{ evil }}{% endcard %}",
        "{% empty title=evil %}{{ evil }}{% endempty %}",
        "{% alert title=evil role=evil %}{{ evil }}{% endalert %}",
        "{% stat evil evil hint=evil %}",
        "{% page_header title=evil kicker=evil lead=evil %}{{ evil }}{% endpage_header %}",
        "{% item title=evil href=evil initials=evil category=evil side=evil meta=evil %}{{ evil }}{% enditem %}",
        "{% since evil %}",
        "{% breadcrumbs %}{% crumb evil evil %}{% crumb evil %}{% endbreadcrumbs %}",
        "{% tabs label=evil %}{% tab evil evil %}{% endtabs %}",
        "{% composer draft=evil id=evil %}{{ evil }}{% endcomposer %}",
        "{% rings evil %}",
    ],
)
def test_what_people_write_is_never_markup(source: str) -> None:
    html = render(source, evil=EVIL)
    assert "script" not in {tag for tag, _attributes in parsed(html).tags}
    assert "<script" not in html


def test_a_text_that_is_already_safe_cannot_close_an_attribute() -> None:
    html = render("""{% button label='Dire "oui"' icon="check" icon_only=True %}""")
    assert dict(parsed(html).tags[0][1])["title"] == 'Dire "oui"'


def test_no_component_writes_inline_style_or_script() -> None:
    html = render("{% seats 17 20 category='elected' waiting=2 mine=True %}{% seats 112 250 %}{% skeleton %}")
    for tag, attributes in parsed(html).tags:
        assert tag not in {"style", "script"}
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize(
    "source",
    [
        "{% button label='x' colour='red' %}",
        "{% button label='x' kind='shiny' %}",
        "{% card shadow=True %}{% endcard %}",
        "{% icon 'not-an-icon' %}",
        "{% circle_badge kind='secret' label='x' %}",
        "{% hat 'agent' 'Agent' state='half' %}",
        "{% alert kind='shout' %}{% endalert %}",
        "{% field 'title' %}",
    ],
)
def test_an_argument_that_a_component_does_not_know_is_an_error(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(source)


def test_a_confidential_circle_says_so_to_those_who_cannot_see_the_lock() -> None:
    html = render("{% circle_badge kind='CATEGORY' label='Les élu·es' confidential=True %}")
    assert {"role": "img", "aria-label": "Confidentiel\N{NO-BREAK SPACE}:"}.items() <= parsed(html).tags[1][1].items()
    assert read(html) == "Les élu·es"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{% seats 1 20 %}", "1 place prise sur 20"),
        ("{% seats 17 20 %}", "17 places prises sur 20"),
        ("{% seats 20 20 waiting=3 %}", "Complet : 20 places sur 20 · 3 en attente"),
        ("{% seats 2 %}", "2 personnes inscrites"),
    ],
)
def test_seats_are_also_a_sentence(source: str, sentence: str) -> None:
    assert read(render(source)).replace("\N{NO-BREAK SPACE}", " ") == sentence


@pytest.mark.parametrize(("taken", "capacity"), [(0, 5), (3, 5), (5, 5), (40, 40)])
def test_seats_draw_one_cell_each(taken: int, capacity: int) -> None:
    html = render("{% seats taken capacity %}", taken=taken, capacity=capacity)
    assert (html.count('<i class="y"></i>'), html.count("<i></i>")) == (taken, capacity - taken)


def test_a_count_of_nothing_is_not_shown() -> None:
    assert render("{% count 0 %}") == ""
    assert read(render("{% count 140 label='non lus' %}")) == "99+ non lus"


def test_confirm_posts_with_a_token_only_after_the_question() -> None:
    html = render("{% confirm label='Se retirer' action='/x/' title='Vous retirer ?' %}")
    tags = [tag for tag, _attributes in parsed(html).tags]
    assert tags.index("details") < tags.index("summary") < tags.index("form")
    assert [attributes.get("name") for tag, attributes in parsed(html).tags if tag == "input"] == [
        "csrfmiddlewaretoken"
    ]


def test_confirm_asks_what_its_form_asks() -> None:
    html = render("{% confirm label='Partir' action='/x/' title='Partir ?' form=form %}", form=DayForm())
    assert [attributes.get("name") for tag, attributes in parsed(html).tags if tag == "input"] == [
        "csrfmiddlewaretoken",
        "day",
    ]


def test_an_item_says_that_it_is_unread() -> None:
    html = render("{% item title='Cantines' href='/x/' unread=True %}{% enditem %}")
    assert read(html).replace("\N{NO-BREAK SPACE}", " ") == "Non lu : Cantines"


def test_local_time_is_right_without_javascript_in_the_active_zone() -> None:
    when = dt.datetime(2026, 11, 26, 13, 5, tzinfo=dt.UTC)
    with timezone.override("Indian/Reunion"), translation.override("fr"):
        html = render("{% local_time when zone=True %}", when=when)
    assert parsed(html).tags[1] == ("time", {"datetime": "2026-11-26T13:05:00Z"})
    assert read(html) == "jeudi 26 novembre à 17 h 05 (heure de La Réunion)"


def test_pagination_keeps_the_query_and_marks_the_page() -> None:
    html = render("{% pagination page %}", path="/?q=eau&page=2", page=Page(items=[], number=2, page_count=3))
    links = [attributes for tag, attributes in parsed(html).tags if tag == "a"]
    assert [link["href"] for link in links] == [
        "?q=eau&page=1",
        "?q=eau&page=1",
        "?q=eau&page=2",
        "?q=eau&page=3",
        "?q=eau&page=3",
    ]
    assert [link.get("aria-current") for link in links] == [None, None, "page", None, None]


def test_pagination_of_one_page_is_nothing() -> None:
    assert render("{% pagination page %}", page=Page(items=[], number=1, page_count=1)) == ""


def test_keyset_pagination_links_both_ways() -> None:
    html = render("{% pagination page %}", path="/?after=3", page=KeysetPage(items=[], newer="9", older="4"))
    assert [a["href"] for tag, a in parsed(html).tags if tag == "a"] == ["?after=9", "?before=4"]
