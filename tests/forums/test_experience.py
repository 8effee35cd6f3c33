"""Experience reports: their fields, the text that is written from them, and the page where they are read."""

from typing import Any
from uuid import uuid4

import pytest

from forums.models import ExperienceReport, Forum, Post, Topic
from forums.services.experience import ReportFields, compose_report, update_report
from forums.services.topics import create_topic
from forums.views.reports import sections_of
from peerhub.people.models import Membership
from peerhub.text.markdown import render
from tests.builders import make_territory
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_post
from tests.pages import html

pytestmark = pytest.mark.django_db

FIELDS = {
    "context": "Nous servions **420 repas**.",
    "actions": "- pesée\n- groupement",
    "results": "60 % de local.",
    "lessons": "",
    "cost": "12 000 €",
    "contact": "Thierry N.",
}


def address(forum: Forum) -> str:
    return f"/r/{forum.network.slug}/discussions/{forum.slug}/nouveau/"


def typed(**changes: str) -> dict[str, str]:
    return {"kind": "report", "title": "Une cantine locale", "token": str(uuid4()), **FIELDS, **changes}


def test_the_text_is_the_fields_and_what_is_empty_is_not_said() -> None:
    text = compose_report(ReportFields.of(FIELDS))
    assert text == (
        "# Le contexte\n\nNous servions **420 repas**.\n\n# Ce qui a été fait\n\n- pesée\n- groupement\n\n"
        "# Ce que cela a donné\n\n60 % de local.\n\n---\n\n"
        "- **Le coût** : 12 000 €\n- **À qui s’adresser** : Thierry N."
    )
    assert compose_report(ReportFields("a", "b", "c")) == (
        "# Le contexte\n\na\n\n# Ce qui a été fait\n\nb\n\n# Ce que cela a donné\n\nc"
    )


def test_the_sections_of_the_page_are_those_of_the_text() -> None:
    preamble, sections = sections_of(render(compose_report(ReportFields.of(FIELDS))).html)
    assert (preamble, [(one.anchor, one.title) for one in sections]) == (
        "",
        [
            ("le-contexte", "Le contexte"),
            ("ce-qui-a-ete-fait", "Ce qui a été fait"),
            ("ce-que-cela-a-donne", "Ce que cela a donné"),
        ],
    )
    assert sections[1].html == "<ul>\n<li>pesée</li>\n<li>groupement</li>\n</ul>"


def test_headings_by_hand_have_anchors_of_their_own() -> None:
    preamble, sections = sections_of(render("Avant.\n\n# *Un*\n\na\n\n# Un\n\nb\n\n# ???\n\nc").html)
    assert preamble == "<p>Avant.</p>"
    assert [one.anchor for one in sections] == ["un", "un-2", "partie"]


def test_a_report_is_opened_from_its_fields(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    place = make_territory("Saint-Martin", population=7130)
    browser.as_user(member.user)
    form = html(browser.get(f"{address(forum)}?nature=report"))
    assert [f'name="{name}"' in form for name in (*FIELDS, "territory", "body")] == [True] * 7 + [False]
    data = typed(territory=f"{place.name} ({place.code})")
    created = [browser.post(address(forum), data).status_code for _twice in range(2)]
    topic = Topic.objects.get()
    report = ExperienceReport.objects.get()
    assert (created, topic.kind, topic.territory, report.topic) == ([303, 303], "report", place, topic)
    assert {name: getattr(report, name) for name in FIELDS} == FIELDS
    assert Post.objects.get().body == compose_report(report)


def test_a_report_without_its_results_comes_back_whole(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    response = browser.as_user(member.user).post(address(forum), typed(results=" ", territory="Nulle part"))
    page = html(response)
    assert (response.status_code, Topic.objects.count()) == (422, 0)
    assert "Nous servions **420 repas**.</textarea>" in page
    assert "Nous ne trouvons pas « Nulle part »" in page


def test_a_question_has_a_territory_and_a_discussion_has_none(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    browser.as_user(member.user)
    pages = {kind: html(browser.get(f"{address(forum)}?nature={kind}")) for kind in ("question", "discussion", "x")}
    assert {kind: 'name="territory"' in page for kind, page in pages.items()} == {
        "question": True,
        "discussion": False,
        "x": True,
    }


def test_the_page_of_a_report_is_made_for_reading(
    browser: Browser, member: Membership, django_assert_num_queries: Any
) -> None:
    place = make_territory("Saint-Martin", population=7130)
    report = ReportFields.of(FIELDS)
    topic = create_topic(
        author=member.user,
        forum=make_forum(member.network),
        kind="report",
        title="Une cantine locale",
        body="",
        token=uuid4(),
        territory=place,
        report=report,
    )
    make_post(topic, member.user, "Et les parents ?")
    browser.as_user(member.user)
    browser.get(topic.get_absolute_url())
    with django_assert_num_queries(6):
        page = html(browser.get(topic.get_absolute_url()))
    assert page.count('id="message-1"') == 1
    assert '<section class="experience__section" id="le-contexte"><h2>Le contexte</h2>' in page
    assert '<a href="#ce-que-cela-a-donne">' in page
    assert "Questions et retours" in page
    assert page.index('id="message-1"') < page.index("Questions et retours") < page.index('id="message-2"')
    facts = page.split('<aside class="page__aside"')[1]
    told = ("Saint-Martin", "7\u202f100 habitants", "12 000 €", "Thierry N.")
    assert [words in facts for words in told] == [True] * 4
    # Above on a phone, beside on a desk; and never in the text as well.
    assert page.count("12 000 €") == 2


def test_a_report_that_is_edited_is_written_anew(member: Membership) -> None:
    topic = create_topic(
        author=member.user,
        forum=make_forum(member.network),
        kind="report",
        title="Une cantine locale",
        body="",
        token=uuid4(),
        report=ReportFields.of(FIELDS),
    )
    fields = ReportFields.of({**FIELDS, "lessons": "Associer les cuisiniers.", "cost": ""})
    text = update_report(topic=topic, fields=fields)
    assert text == compose_report(ExperienceReport.objects.get(topic=topic))
    assert ("# Ce que nous ferions autrement\n\nAssocier les cuisiniers." in text, "Le coût" in text) == (True, False)


def test_a_file_that_came_with_the_form_joins_the_fields(member: Membership) -> None:
    report = ReportFields.of(FIELDS)
    body = f"{compose_report(report)}\n\n[Budget.pdf](/fichiers/13/Budget.pdf)\n"
    topic = create_topic(
        author=member.user,
        forum=make_forum(member.network),
        kind="report",
        title="Une cantine locale",
        body=body,
        token=uuid4(),
        report=report,
    )
    kept = ExperienceReport.objects.get(topic=topic)
    assert kept.results == "60 % de local.\n\n[Budget.pdf](/fichiers/13/Budget.pdf)"
    assert topic.posts.get().body == compose_report(kept)


@pytest.mark.parametrize("title", ["Cantines\u202e : qui\u0000 l’a fait\u2066 ?", "Cantines\n :\tqui l’a fait ?"])
def test_a_title_holds_nothing_that_turns_or_breaks_the_line(member: Membership, title: str) -> None:
    forum = make_forum(member.network)
    topic = create_topic(
        author=member.user, forum=forum, kind="discussion", title=title, body="Bonjour.", token=uuid4()
    )
    assert topic.title == "Cantines : qui l’a fait ?"


def test_a_report_is_edited_by_its_parts(browser: Browser, member: Membership) -> None:
    fields = ReportFields("Une cantine", "Un marché", "20 % de bio", cost="12 000 €")
    body = compose_report(fields)
    topic = create_topic(
        author=member.user,
        forum=make_forum(member.network),
        kind="report",
        title="Cantine bio",
        body=body,
        token=uuid4(),
        report=fields,
    )
    post = topic.posts.get()
    page = html(browser.as_user(member.user).get(f"/messages/{post.pk}/modifier/"))
    assert page.count("<textarea") == 4
    assert 'name="body"' not in page
    data = typed(title="Cantine bio", results="30 % de bio", version="0")
    assert browser.post(f"/messages/{post.pk}/modifier/", data).status_code == 303
    post.refresh_from_db(fields=["body"])
    report = ExperienceReport.objects.get(topic=topic)
    assert (report.results, post.body) == ("30 % de bio", compose_report(report))
    assert browser.post(f"/messages/{post.pk}/modifier/", data | {"results": ""}).status_code == 422
    late = browser.post(f"/messages/{post.pk}/modifier/", data | {"results": "Autre chose"})
    assert (late.status_code, "Autre chose" in html(late)) == (409, True)
    assert ExperienceReport.objects.get(topic=topic).results == "30 % de bio"


def test_a_text_that_was_not_written_from_its_fields_is_edited_as_it_is(browser: Browser, member: Membership) -> None:
    fields = ReportFields("Une cantine", "Un marché", "20 % de bio")
    forum = make_forum(member.network)
    topic = create_topic(
        author=member.user, forum=forum, kind="report", title="Cantine", body="Autrement", token=uuid4(), report=fields
    )
    Post.objects.filter(topic=topic).update(body="Autrement")
    post = topic.posts.get()
    assert 'name="body"' in html(browser.as_user(member.user).get(f"/messages/{post.pk}/modifier/"))
