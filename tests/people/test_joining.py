"""Joining a network with a hat, changing it there, leaving."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from peerhub.people.enums import JoinPolicy, MembershipStatus, OrganisationKind, Role, TerritoryKind
from peerhub.people.models import Affiliation, Membership, Network, Organisation, User
from peerhub.people.services.memberships import NewHat, add_affiliation, create_hat
from tests.builders import (
    make_animator,
    make_category,
    make_member,
    make_network,
    make_suspended,
    make_territory,
    make_user,
)
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

NEW_HAT = {"wear": "new", "category": "elected", "title": "Adjointe", "organisation": "Mairie", "territory": ""}


def join(browser: Browser, network: Network, **fields: str) -> Any:
    response: Any = browser.post(reverse("people:network-join", args=[network.slug]), {**NEW_HAT, **fields})
    return response


def sentences(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response: Any) -> dict[str, list[str]]:
    form = response.context["form"]
    return {name: list(of_field) for name, of_field in form.errors.items()}


def test_the_list_shows_mine_then_those_to_join(browser: Browser) -> None:
    mine = make_member(make_network(name="Le mien"))
    make_network(name="Ouvert")
    make_network(name="Fermé", join_policy=JoinPolicy.CLOSED)
    make_network(name="Caché", is_public=False)
    response = browser.as_user(mine.user).get(reverse("people:network-list"))
    assert [m.network.name for m in response.context["memberships"]] == ["Le mien"]
    assert [n.name for n in response.context["networks"]] == ["Ouvert", "Fermé"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    user = make_user()
    for _number in range(number):
        make_network()
        make_member(make_network(), user)
    browser.as_user(user).get(reverse("people:network-list"))
    with django_assert_num_queries(LIST_QUERIES):
        assert browser.get(reverse("people:network-list")).status_code == 200


# The person with her networks (the session is in the cache), those to join; the shell: what is unread.
LIST_QUERIES = 3


def test_a_visitor_reads_the_list_and_signs_in_to_join(browser: Browser) -> None:
    network = make_network()
    assert browser.get(reverse("people:network-list")).status_code == 200
    address = reverse("people:network-join", args=[network.slug])
    response = browser.get(address)
    assert (response.status_code, response.headers["Location"]) == (302, f"{reverse('account_login')}?next={address}")


def test_joining_with_a_new_hat_makes_the_hat_and_the_organisation(browser: Browser) -> None:
    network, user = make_network(), make_user()
    place = make_territory("Bourg-les-Tests")
    make_category("elected")
    response = join(browser.as_user(user), network, territory="bourg les tests")
    assert (response.status_code, response.headers["Location"]) == (303, network.get_absolute_url())
    hat = Membership.objects.get(user=user, network=network).affiliation
    assert hat.organisation is not None
    assert (hat.category.slug, hat.title, hat.territory) == ("elected", "Adjointe", place)
    assert (hat.organisation.name, hat.organisation.kind) == ("Mairie", OrganisationKind.LOCAL_AUTHORITY)


def test_an_organisation_of_the_same_name_on_the_same_territory_is_reused() -> None:
    here, there = make_territory("Ici"), make_territory("Là")
    category = make_category("association")
    hats = [
        create_hat(user=make_user(), hat=NewHat(category=category, organisation=name, territory=place))
        for name, place in [("Les Éveillés", here), ("  les eveilles ", here), ("Les Éveillés", there)]
    ]
    assert hats[0].organisation == hats[1].organisation != hats[2].organisation
    assert Organisation.objects.count() == 2


def test_joining_with_one_of_my_hats(browser: Browser) -> None:
    network, user = make_network(), make_user()
    hat = add_affiliation(user=user, category=make_category("agent"))
    response = join(browser.as_user(user), network, wear=str(hat.pk), category="", territory="n’importe où")
    assert response.status_code == 303
    assert Membership.objects.get(user=user).affiliation == hat
    assert Affiliation.objects.count() == 1


def test_the_hat_of_another_is_not_offered(browser: Browser) -> None:
    network = make_network()
    hat = make_member(make_network()).affiliation
    assert join(browser.as_user(make_user()), network, wear=str(hat.pk)).status_code == 422
    assert not Membership.objects.filter(network=network).exists()


def test_an_ambiguous_territory_lists_the_candidates_and_keeps_what_was_typed(browser: Browser) -> None:
    network = make_network()
    make_category("elected")
    one, two = (make_territory("Saint-Denis", population=population) for population in (150_000, 110_000))
    response = join(browser.as_user(make_user()), network, territory="st denis", title="Conseillère & élue")
    assert response.status_code == 422
    assert errors(response) == {
        "territory": [
            (
                "Plusieurs territoires répondent à ce nom. Recopiez le vôtre avec son code : "
                f"Saint-Denis ({one.code}), Saint-Denis ({two.code})."
            )
        ]
    }
    html = response.content.decode()
    assert 'value="Conseillère &amp; élue"' in html
    assert 'value="st denis"' in html
    assert f'<option value="Saint-Denis ({two.code})">' in html
    assert response.context["form"]["category"].value() == "elected"


@pytest.mark.parametrize("words", ["Saint-Denis ({code})", "saint denis ({code})", "{code}", "97400"])
def test_a_territory_is_taken_by_suggestion_code_or_postcode(browser: Browser, words: str) -> None:
    network, user = make_network(), make_user()
    make_category("elected")
    wanted, _other = make_territory("Saint-Denis"), make_territory("Saint-Denis")
    wanted.postcodes = ["97400"]
    wanted.code = "97411"
    wanted.save()
    response = join(browser.as_user(user), network, territory=words.format(code=wanted.code))
    assert response.status_code == 303
    assert Membership.objects.get(user=user).affiliation.territory == wanted


def test_two_territories_of_one_code_are_told_apart_by_their_name(browser: Browser) -> None:
    network, user = make_network(), make_user()
    make_category("elected")
    aude = make_territory("Aude", kind=TerritoryKind.DEPARTEMENT)
    region = make_territory("Île-de-France", kind=TerritoryKind.REGION)
    for one in (aude, region):
        one.code = "11"
        one.save()
    assert join(browser.as_user(user), network, territory=region.suggestion).status_code == 303
    assert Membership.objects.get(user=user).affiliation.territory == region


def test_an_unknown_territory_and_a_missing_category_are_sentences(browser: Browser) -> None:
    response = join(browser.as_user(make_user()), make_network(), category="", territory="zzz")
    assert errors(response) == {
        "category": ["Choisissez la catégorie qui vous ressemble le plus."],
        "territory": ["Nous ne trouvons pas « zzz » : écrivez le début du nom, le code officiel ou le code postal."],
    }


def test_joining_twice_makes_one_membership_and_one_hat(browser: Browser) -> None:
    network, user = make_network(), make_user()
    make_category("elected")
    assert join(browser.as_user(user), network).status_code == 303
    assert join(browser, network).status_code == 303
    assert (Membership.objects.count(), Affiliation.objects.count()) == (1, 1)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_closed_network_says_how_it_is_joined(browser: Browser, method: str) -> None:
    network = make_network(join_policy=JoinPolicy.CLOSED)
    response = getattr(browser.as_user(make_user()), method)(reverse("people:network-join", args=[network.slug]))
    assert response.status_code == 403
    assert "Ce réseau se rejoint sur invitation de son animation." in response.content.decode()


def test_a_suspended_person_does_not_come_back_by_joining(browser: Browser) -> None:
    membership = make_suspended(make_network())
    assert join(browser.as_user(membership.user), membership.network).status_code == 403
    membership.refresh_from_db()
    assert membership.status == MembershipStatus.SUSPENDED


def test_a_hidden_network_is_not_found(browser: Browser) -> None:
    network = make_network(is_public=False)
    assert join(browser.as_user(make_user()), network).status_code == 404


def test_leaving_asks_first_then_leaves(browser: Browser) -> None:
    member = make_member(make_network())
    address = reverse("people:network-leave", args=[member.network.slug])
    assert browser.as_user(member.user).get(address).status_code == 200
    member.refresh_from_db()
    assert member.status == MembershipStatus.ACTIVE
    response = browser.post(address)
    assert sentences(response) == [f"Vous avez quitté le réseau « {member.network.name} »."]
    member.refresh_from_db()
    assert member.status == MembershipStatus.LEFT
    assert browser.post(address).status_code == 404


def test_the_only_animator_does_not_leave(browser: Browser) -> None:
    animator = make_animator(make_network())
    address = reverse("people:network-leave", args=[animator.network.slug])
    response = browser.as_user(animator.user).post(address)
    assert response.status_code == 403
    assert "confiez d’abord son animation" in response.content.decode()
    make_animator(animator.network)
    assert browser.post(address).status_code == 303


def test_wearing_another_hat_moves_the_membership(browser: Browser) -> None:
    member = make_member(make_network(), category="agent")
    other = add_affiliation(user=member.user, category=make_category("elected"))
    address = reverse("people:network-hat", args=[member.network.slug])
    assert browser.as_user(member.user).post(address, {"wear": str(other.pk)}).status_code == 303
    member.refresh_from_db()
    assert (member.affiliation, member.role) == (other, Role.MEMBER)
    strange = make_member(make_network()).affiliation
    assert browser.post(address, {"wear": str(strange.pk)}).status_code == 422


def test_a_worn_hat_is_not_put_away_and_another_is(browser: Browser) -> None:
    member = make_member(make_network(name="Catalyseurs"))
    user: User = member.user
    spare = add_affiliation(user=user, category=make_category())
    browser.as_user(user)
    worn = browser.post(reverse("people:hat-end", args=[member.affiliation_id]))
    assert sentences(worn) == [
        "Vous portez cette casquette dans « Catalyseurs » : choisissez-en d’abord une autre pour ce réseau."
    ]
    assert browser.post(reverse("people:hat-end", args=[spare.pk])).status_code == 303
    spare.refresh_from_db()
    assert spare.ends_on is not None
    assert browser.post(reverse("people:hat-end", args=[make_member(member.network).affiliation_id])).status_code == 404


def test_a_new_hat_from_my_page(browser: Browser) -> None:
    user = make_user()
    make_category("elected")
    browser.as_user(user)
    assert browser.post(reverse("people:hat-create"), {"category": "nul"}).status_code == 422
    response = browser.post(reverse("people:hat-create"), {"category": "elected", "title": " Maire "})
    assert response.headers["Location"] == reverse("people:hat-list")
    assert [(hat.category.slug, hat.title) for hat in Affiliation.objects.filter(user=user)] == [("elected", "Maire")]
    assert "Maire" in browser.get(reverse("people:hat-list")).content.decode()


def test_suggestions_are_options_for_signed_in_people_within_a_limit(browser: Browser) -> None:
    place = make_territory("Évry & <Cie>", population=1234)
    address = reverse("people:territory-options")
    assert browser.get(address, {"q": "evry"}).status_code == 302
    browser.as_user(make_user())
    html = browser.get(address, {"q": "evry"}).content.decode()
    words = "commune · 1234 habitants"
    assert html.strip() == f'<option value="Évry &amp; &lt;Cie&gt; ({place.code})">{words}</option>'
    assert browser.get(address, {"territory": "evry"}).content.decode() == html
    statuses = {browser.get(address, {"q": "e"}).status_code for _number in range(130)}
    assert statuses == {200, 429}
