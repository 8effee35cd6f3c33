"""The pages of resource actors."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import SupportKind
from mentoring.models import OrganisationKeeper, Support
from mentoring.services.actors import USUAL, Contact, withdraw_support
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.mentoring.actor_builders import make_keeper, make_organisation, make_support
from tests.mentoring.builders import competence, make_listed, make_place
from tests.mentoring.need_builders import SLUG, make_need, put_in_organisation
from tests.sessions.builders import animator_of

pytestmark = pytest.mark.django_db


def typed(**fields: str) -> dict[str, str]:
    return {
        "kind": "funding",
        "summary": "Jusqu’à 5 000 euros",
        "valid_until": str(timezone.localdate() + USUAL),
        "contacts-TOTAL_FORMS": "2",
        "contacts-INITIAL_FORMS": "0",
        **fields,
    }


def test_a_keeper_offers_changes_withdraws_and_offers_again_without_scripts(browser: Browser) -> None:
    network, organisation = make_network(), make_organisation()
    keeper = make_keeper(make_member(network), organisation).user
    place, subject = make_place("Feurs"), competence(SLUG)
    browser.as_user(keeper)
    new = reverse("mentoring:support-new", args=[network.slug, organisation.pk])
    assert new in browser.get(reverse("mentoring:actor", args=[network.slug, organisation.pk])).content.decode()
    assert browser.get(new).status_code == 200
    fields = typed(place_2=place.suggestion, subject_1=SLUG)
    fields |= {"contacts-0-role": "accueil", "contacts-0-user": str(keeper.pk)}
    response = browser.post(new, fields)
    support = Support.objects.get()
    page, edit = (reverse(f"mentoring:support{part}", args=[support.pk]) for part in ("", "-edit"))
    assert (response.status_code, response["Location"]) == (303, page)
    assert (list(support.territories.all()), list(support.competences.all())) == ([place], [subject])
    assert "Accueil" in browser.get(page).content.decode()
    form = browser.get(edit).context["form"]
    assert (form["place_1"].value(), form["subject_1"].value()) == (place.suggestion, SLUG)
    assert "kind" not in form.fields
    assert browser.post(edit, typed(summary="Mieux dit")).status_code == 303
    support.refresh_from_db()
    assert (support.summary, support.kind, support.contacts.count()) == ("Mieux dit", SupportKind.FUNDING, 0)
    for act, is_current in (("withdraw", False), ("renew", True)):
        assert browser.post(page, {"act": act}).status_code == 303
        support.refresh_from_db()
        assert support.is_current is is_current
    assert browser.post(page, {"act": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": ""}, "Dites de quelle nature est cet appui."),
        ({"summary": ""}, "obligatoire"),
        ({"valid_until": "2020-01-01"}, "La date de validité est à venir"),
        ({"website": "ftp://example.org/"}, "URL valide"),
        ({"website": "javascript:alert(1)"}, "URL valide"),
        ({"place_1": "zzzz"}, "Nous ne trouvons pas"),
        ({"contacts-0-role": "accueil"}, "Dites comment joindre ce contact"),
        ({"contacts-0-email": "a@example.org"}, "Dites la fonction de ce contact"),
        ({"contacts-0-role": "a", "contacts-0-phone": "1", "contacts-1-role": "a", "contacts-1-phone": "2"}, "Deux"),
        ({"contacts-0-role": "a", "contacts-0-user": "999999"}, "Sélectionnez un choix valide"),
        ({"contacts-TOTAL_FORMS": "x"}, "ManagementForm"),
    ],
)
def test_what_is_wrong_with_it_is_said(browser: Browser, fields: dict[str, str], sentence: str) -> None:
    network, organisation = make_network(), make_organisation()
    browser.as_user(make_keeper(make_member(network), organisation).user)
    response = browser.post(reverse("mentoring:support-new", args=[network.slug, organisation.pk]), typed(**fields))
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not Support.objects.exists()


def test_a_second_one_of_a_kind_says_to_change_the_first(browser: Browser) -> None:
    network = make_network()
    organisation = make_support(network).organisation
    browser.as_user(make_keeper(make_member(network), organisation).user)
    response = browser.post(reverse("mentoring:support-new", args=[network.slug, organisation.pk]), typed())
    assert (response.status_code, "mettez-le à jour" in response.content.decode()) == (409, True)


def test_an_animator_finds_an_organisation_and_names_who_keeps_it(browser: Browser) -> None:
    network, organisation = make_network(), make_organisation("Fonds d’Éole")
    member = make_listed(network, "Zoé", "Pair")
    make_organisation("Ailleurs")
    put_in_organisation(organisation, member)
    browser.as_user(animator_of(network))
    listed = browser.get(reverse("mentoring:actors", args=[network.slug]), {"q": "EOLE"}).context["page"]
    assert [(one.organisation, one.supports, one.keepers) for one in listed] == [(organisation, 0, 0)]
    page = reverse("mentoring:actor", args=[network.slug, organisation.pk])
    assert [one.user_id for one in browser.get(page).context["people"]] == [member.user_id]
    for act, number in (("name", 1), ("drop", 0)):
        assert browser.post(page, {"act": act, "user": str(member.user_id)}).status_code == 303
        assert OrganisationKeeper.objects.count() == number
    assert browser.post(page, {"act": "name", "user": ""}).status_code == 303
    assert OrganisationKeeper.objects.count() == 0
    # Its page is nobody else's as long as it offers nothing.
    assert Browser().as_user(member.user).get(page).status_code == 404


def test_what_is_over_or_withdrawn_is_on_no_page_of_others(browser: Browser) -> None:
    network = make_network()
    over = make_support(network, make_organisation("Passée"), ends_in=-1, summary="Appui passé")
    withdrawn = make_support(network, make_organisation("Retirée"), summary="Appui retiré")
    make_support(network, make_organisation("Tenue"), summary="Appui tenu")
    withdraw_support(actor=animator_of(network), support=withdrawn)
    member = make_listed(network, territory=make_place()).user
    need = make_need(member, network, kind="funding")
    browser.as_user(member)
    pages = [reverse("mentoring:supports", args=[network.slug]), reverse("mentoring:need", args=[need.pk])]
    for page in pages:
        html = browser.get(page).content.decode()
        assert ("Appui tenu" in html, "Appui passé" in html, "Appui retiré" in html) == (True, False, False)
    for support in (over, withdrawn):
        assert browser.get(reverse("mentoring:support", args=[support.pk])).status_code == 404
        actor = reverse("mentoring:actor", args=[network.slug, support.organisation_id])
        assert browser.get(actor).status_code == 404
        assert support.summary in Browser().as_user(animator_of(network)).get(actor).content.decode()


def test_a_contact_takes_their_name_away(browser: Browser) -> None:
    network, organisation = make_network(), make_organisation()
    member = make_listed(network, "Zoé", "Pair")
    put_in_organisation(organisation, member)
    support = make_support(network, organisation, contacts=[Contact("accueil", user_id=member.user_id)])
    page = reverse("mentoring:support", args=[support.pk])
    browser.as_user(member.user)
    assert "Retirer mon nom" in browser.get(page).content.decode()
    assert browser.post(page, {"act": "leave"}).status_code == 303
    assert support.contacts.count() == 0
    assert (browser.post(page, {"act": "withdraw"}).status_code, Support.objects.current().count()) == (303, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_the_lists_take_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    place, subject = make_place(), competence(SLUG)
    for one in range(number):
        organisation = make_organisation(f"Fonds {one}")
        make_support(network, organisation, territories=[place], competences=[subject])
        make_support(network, organisation, kind=SupportKind.MATERIAL)
        make_keeper(make_member(network), organisation)
    browser.as_user(animator_of(network))
    lists = {
        # The person, the network with my hat; the counts, how many, the supports with subjects and places; what I keep;
        # the bell.
        reverse("mentoring:supports", args=[network.slug]): (9, number * 2),
        # The person, the network; how many, the organisations, their supports, their keepers; the bell.
        reverse("mentoring:actors", args=[network.slug]): (7, number),
    }
    for page, (queries, length) in lists.items():
        browser.get(page)
        with django_assert_num_queries(queries):
            context = browser.get(page).context
        assert len(context["found"].page if "found" in context else context["page"]) == length


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network, organisation = make_network(), make_organisation()
    members = [make_member(network) for _each in range(number)]
    put_in_organisation(organisation, *members)
    contacts = [Contact(f"rôle {one.pk}", user_id=one.user_id) for one in members]
    kinds = list(SupportKind)[:number]
    made = [make_support(network, organisation, kind=kind, contacts=contacts) for kind in kinds]
    for member in members:
        make_keeper(member, organisation)
    browser.as_user(members[0].user)
    pages = {
        # The person, the network; the organisation, its keepers (who I am to it), its supports with subjects and
        # places, its keepers by name, its people; the bell.
        reverse("mentoring:actor", args=[network.slug, organisation.pk]): 10,
        # The person; the support with subjects, places and contacts; my hat, its keepers; the bell.
        reverse("mentoring:support", args=[made[0].pk]): 8,
    }
    for page, queries in pages.items():
        browser.get(page)
        with django_assert_num_queries(queries):
            browser.get(page)
