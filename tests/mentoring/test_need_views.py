"""The pages of needs."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from mentoring.enums import NeedAudience, NeedState
from mentoring.models import Need
from peerhub.people.models import Network
from tests.builders import make_network
from tests.conftest import Browser
from tests.mentoring.builders import competence, make_listed, make_place
from tests.mentoring.need_builders import SLUG, make_draft, make_need, make_peer

pytestmark = pytest.mark.django_db


def typed(**fields: str) -> dict[str, str]:
    return {
        "token": str(uuid4()),
        "title": "Ouvrir un lieu",
        "kind": "advice",
        "competence": SLUG,
        "audience": "asked",
        "details": "",
        "territory": "",
        "wanted_by": "",
        **fields,
    }


def new_address(network: Network) -> str:
    return reverse("mentoring:need-new", args=[network.slug])


def test_two_minutes_from_a_sentence_to_peers_without_scripts(browser: Browser) -> None:
    network = make_network()
    place = make_place("Feurs")
    me = make_listed(network, territory=place)
    make_peer(network, "Zoé")
    browser.as_user(me.user)
    form = browser.get(new_address(network)).context["form"]
    assert form["territory"].value() == place.suggestion
    fields = typed(token=str(form["token"].value()), territory=place.suggestion, act="open")
    response = browser.post(new_address(network), fields)
    need = Need.objects.get()
    assert (response.status_code, response["Location"]) == (303, reverse("mentoring:need", args=[need.pk]))
    assert (need.state, need.territory, need.competence) == (NeedState.OPEN, place, competence(SLUG))
    html = browser.get(response["Location"]).content.decode()
    assert "Zoé Pair" in html
    assert "Référent·e" in html
    assert "A de la place pour 2 personnes de plus" in html


def test_it_is_saved_as_one_types_whatever_is_still_wrong_with_it(browser: Browser) -> None:
    network = make_network()
    competence(SLUG)
    browser.as_user(make_listed(network).user)
    fields = typed(territory="zzzz")
    htmx = {"HX-Request": "true"}
    for title in ("Ouvrir", "Ouvrir un lieu"):
        response = browser.post(new_address(network), {**fields, "title": title}, headers=htmx)
        assert (response.status_code, "Brouillon enregistré" in response.content.decode()) == (200, True)
    need = Need.objects.get()
    assert (need.title, need.territory, need.state) == ("Ouvrir un lieu", None, NeedState.DRAFT)
    refused = browser.post(new_address(network), {**fields, "act": "open"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["territory"]
    page = reverse("mentoring:need-edit", args=[need.pk])
    assert browser.get(page).context["form"]["title"].value() == "Ouvrir un lieu"
    assert browser.post(page, {**fields, "territory": "", "act": "draft"}).status_code == 303
    need.refresh_from_db()
    assert need.is_draft


def test_a_page_left_behind_does_not_write_over_what_is_open(browser: Browser) -> None:
    network = make_network()
    me = make_listed(network).user
    need = make_need(me, network)
    browser.as_user(me)
    fields = typed(token=str(need.token), title="Autre chose")
    refused = browser.post(new_address(network), fields, headers={"HX-Request": "true"})
    assert (refused.status_code, "Ce besoin est publié" in refused.content.decode()) == (403, True)
    assert browser.post(reverse("mentoring:need-edit", args=[need.pk]), fields).status_code == 403
    assert Need.objects.get().title == "Ouvrir un lieu dans l’ancienne gare"


def test_a_form_that_saves_itself_while_it_is_sent_breaks_nothing(browser: Browser) -> None:
    network = make_network()
    competence(SLUG)
    browser.as_user(make_listed(network).user)
    fields = typed(title=" Ouvrir  un lieu ", details="Sans local. ")
    assert browser.post(new_address(network), fields | {"act": "open"}).status_code == 303
    need = Need.objects.get()
    for page in (new_address(network), reverse("mentoring:need-edit", args=[need.pk])):
        late = browser.post(page, fields, headers={"HX-Request": "true"})
        assert (late.status_code, "Votre besoin est publié" in late.content.decode()) == (200, True)
        # Pressed twice, too.
        again = browser.post(page, fields | {"act": "open"})
        assert (again.status_code, again["Location"]) == (303, need.get_absolute_url())
    assert (Need.objects.get().updated_at, need.state) == (need.updated_at, NeedState.OPEN)


def test_a_draft_keeps_whom_it_is_for(browser: Browser) -> None:
    network = make_network()
    me, zoe = make_listed(network).user, make_peer(network, "Zoé").user
    browser.as_user(me)
    fields = typed(pair=str(zoe.pk), act="draft")
    assert browser.post(new_address(network), fields).status_code == 303
    page = reverse("mentoring:need-edit", args=[Need.objects.get().pk])
    back = browser.get(page)
    assert "Ensuite vous écrivez votre question à Zoé Pair" in back.content.decode()
    kept = {"pair": str(back.context["form"]["pair"].value()), "act": "open"}
    opened = browser.post(page, fields | kept)
    assert opened["Location"] == reverse("mentoring:solicitation-new", args=[Need.objects.get().pk, zoe.pk])
    # Nobody is kept whom the directory does not show.
    hidden = make_network()
    for stranger in (make_listed(hidden).user.pk, me.pk, 999_999):
        assert browser.post(new_address(network), typed(pair=str(stranger), act="draft")).status_code == 303
        assert Need.objects.latest("pk").wanted_peer is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"wanted_by": "2020-01-01"}, "Choisissez un jour entre le"),
        ({"title": ""}, "Dites en une phrase ce que vous cherchez."),
        ({"token": "x"}, "token"),
    ],
)
def test_what_cannot_be_opened_says_why(browser: Browser, fields: dict[str, str], sentence: str) -> None:
    network = make_network()
    competence(SLUG)
    browser.as_user(make_listed(network).user)
    response = browser.post(new_address(network), typed(act="open", **fields))
    assert response.status_code in {409, 422}
    assert sentence in response.content.decode()
    assert response.context["form"].fields["title"].required
    assert not Need.objects.open().exists()


def test_only_its_author_sees_who_is_proposed(browser: Browser) -> None:
    network = make_network()
    me, peer = make_listed(network).user, make_peer(network, "Zoé")
    need = make_need(me, network, audience=NeedAudience.NETWORK)
    page = reverse("mentoring:need", args=[need.pk])
    assert "Zoé Pair" in browser.as_user(me).get(page).content.decode()
    other = Browser().as_user(make_listed(network).user).get(page)
    assert (other.status_code, "suggestions" in other.context) == (200, False)
    assert "Zoé" not in other.content.decode()
    assert Browser().as_user(peer.user).post(reverse("mentoring:need-search", args=[need.pk])).status_code == 404


def test_setting_aside_searching_again_and_closing(browser: Browser) -> None:
    network = make_network()
    me, peer = make_listed(network).user, make_peer(network, "Zoé")
    need = make_need(me, network)
    browser.as_user(me)
    assert browser.post(reverse("mentoring:need-dismiss", args=[need.pk, peer.user_id])).status_code == 303
    page = browser.get(reverse("mentoring:need", args=[need.pk]))
    assert (page.context["suggestions"], "Nous ne trouvons personne" in page.content.decode()) == ([], True)
    make_peer(network, "Bob")
    browser.post(reverse("mentoring:need-search", args=[need.pk]))
    found = browser.get(reverse("mentoring:need", args=[need.pk])).context["suggestions"]
    assert [one.entry.user.given_name for one, _lines in found] == ["Bob"]
    closing = reverse("mentoring:need-close", args=[need.pk])
    assert browser.get(closing).status_code == 200
    assert browser.post(closing, {}).status_code == 422
    assert browser.post(closing, {"closing": "helped"}).status_code == 303
    assert browser.get(closing).status_code == 403
    assert "suggestions" not in browser.get(reverse("mentoring:need", args=[need.pk])).context


def test_home_and_a_search_without_result_lead_to_help(browser: Browser) -> None:
    network = make_network()
    browser.as_user(make_listed(network).user)
    home = browser.get(network.get_absolute_url()).content.decode()
    assert f'href="{reverse("mentoring:needs", args=[network.slug])}"' in home
    assert f'href="{new_address(network)}"' in browser.get("/recherche/?q=zzzzqq").content.decode()


def test_a_sentence_that_names_nothing_is_given_a_subject(browser: Browser) -> None:
    network = make_network()
    me, peer = make_listed(network).user, make_peer(network, "Zoé")
    need = make_need(me, network, title="Une idée qui me trotte", details="", competence=None)
    page, search = need.get_absolute_url(), reverse("mentoring:need-search", args=[need.pk])
    assert "choisissez un sujet" in browser.as_user(me).get(page).content.decode()
    assert "Choisissez un sujet" in browser.post(search, {"competence": ""}, follow=True).content.decode()
    assert browser.get(page).context["suggestions"] == []
    browser.post(search, {"competence": SLUG})
    found = browser.get(page).context
    assert [one.entry.user for one, _lines in found["suggestions"]] == [peer.user]
    assert "subject" not in found
    # What it is about once said stays.
    browser.post(search, {"competence": "budget-participatif"})
    need.refresh_from_db()
    assert need.competence == competence(SLUG)


def test_a_draft_is_thrown_away(browser: Browser) -> None:
    network = make_network()
    me = make_listed(network).user
    draft, opened = make_draft(me, network), make_need(me, network)
    browser.as_user(me)
    for need in (draft, opened):
        assert browser.post(reverse("mentoring:need-drop", args=[need.pk])).status_code == 303
    assert list(Need.objects.all()) == [opened]


@pytest.mark.parametrize("number", [1, 3])
def test_the_lists_take_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    me, other = make_listed(network).user, make_listed(network).user
    for _number in range(number):
        make_need(me, network)
        make_need(other, network, audience=NeedAudience.NETWORK)
    page = reverse("mentoring:needs", args=[network.slug])
    browser.as_user(me).get(page)
    with django_assert_num_queries(LIST_QUERIES):
        found = browser.get(page).context["found"]
    assert (len(found.mine), len(found.others)) == (number, number)


# The person with their networks, the network with my hat, mine, those of others; the shell: the bell.
LIST_QUERIES = 5


@pytest.mark.parametrize("number", [1, 3])
def test_a_need_takes_the_same_queries_for_any_number_of_peers(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    me = make_listed(network, territory=make_place()).user
    for place in range(number):
        make_peer(network, f"Pair{place}", territory=make_place())
    page = reverse("mentoring:need", args=[make_need(me, network).pk])
    browser.as_user(me).get(page)
    with django_assert_num_queries(NEED_QUERIES):
        assert len(browser.get(page).context["suggestions"]) == number


# The person, the need, whether an animator wrote; what it asks for (the tree and its bridges) and the names of it; who
# is proposed, links (hats, declared, delegates) and who is kept apart, the author's entry and languages; of the peers:
# the entries, what they declared, their evidence, load, answers, how often they were shown, feedback; their cards; the
# bell.
NEED_QUERIES = 27
