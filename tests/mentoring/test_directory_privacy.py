"""What a person does not let be seen is told by nothing: page, facets, counts, map, export, completion, suggestions."""

import json
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from forums.enums import ReactionKind
from forums.queries.search.answers import search
from forums.queries.search.grammar import asked_from
from forums.services.reactions import react
from mentoring.directory import Search, facets_for
from mentoring.enums import EvidenceKind
from mentoring.models import DirectoryChoices, DirectoryEntry, Evidence
from mentoring.queries.directory import directory_page, search_people
from mentoring.queries.suggestions import best_for
from mentoring.services.directory import wrong_entries
from mentoring.services.listing import choose_listing
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import OrganisationKind
from peerhub.people.models import Membership, Network, User
from peerhub.people.services.memberships import NewHat, change_hat, create_hat
from tests.builders import make_animator, make_category, make_user
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_post, make_topic
from tests.mentoring.builders import competence, declare, make_listed, make_place
from tests.mentoring.need_builders import make_need
from tests.sessions.builders import make_registration, make_session
from tests.sessions.test_peer_days import make_programme

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "is_listed": True,
    "shows_organisation": True,
    "shows_territory": True,
    "shows_competences": True,
    "shows_availability": True,
}
NOTHING_KNOWN = Search()


def choose(user: User, **changes: bool) -> DirectoryChoices:
    return choose_listing(user=user, **{**EVERYTHING, **changes})


@pytest.fixture
def hidden(network: Network) -> Membership:
    """Maud, who speaks for an association of Feurs, knows canteens, helps, and is free."""
    member = make_listed(network, "Maud", "Renard", territory=make_place("Feurs", "Loire", 8000))
    hat = NewHat(
        category=make_category("association"),
        organisation="Les Potirons",
        title="Trésorière",
        territory=make_place("Montbrison", "Isère", 16000),
    )
    change_hat(membership=member, affiliation=create_hat(user=member.user, hat=hat))
    declare(member.user, "cantine-bio-locale", can_help=True)
    dispatch_all()
    return member


@pytest.fixture
def viewer(network: Network) -> User:
    return make_animator(network).user


def finds(network: Network, **parts: Any) -> list[str]:
    found = directory_page(network, Search(**parts)).page
    return [one.entry.user.given_name for one in found if one.entry.user.given_name == "Maud"]


def everything_said(browser: Browser, network: Network, words: str) -> str:
    """All that the pages of the directory say: the list with its facets, the export, the completion."""
    page = reverse("mentoring:directory", args=[network.slug])
    texts = [
        browser.get(page).content.decode(),
        browser.get(reverse("mentoring:directory-words", args=[network.slug]), {"q": words}).content.decode(),
        browser.post(reverse("mentoring:directory-export", args=[network.slug])).content.decode(),
        browser.get(reverse("mentoring:map", args=[network.slug])).content.decode(),
    ]
    return "\n".join(texts)


def test_all_is_shown_to_who_says_nothing(network: Network, hidden: Membership, viewer: User, browser: Browser) -> None:
    said = everything_said(browser.as_user(viewer), network, "potirons")
    for words in ("Renard", "Les Potirons", "Trésorière", "Montbrison", "Isère", "Passer une cantine au bio"):
        assert words in said


def test_an_organisation_that_is_not_shown(
    network: Network, hidden: Membership, viewer: User, browser: Browser
) -> None:
    choose(hidden.user, shows_organisation=False)
    assert finds(network, words="potirons") == finds(network, words="tresoriere") == []
    assert finds(network, organisation_kind=OrganisationKind.ASSOCIATION) == []
    assert facets_for(network, NOTHING_KNOWN).of("organisation_kind") == {}
    said = everything_said(browser.as_user(viewer), network, "potirons")
    profile = browser.get(reverse("mentoring:profile", args=[network.slug, hidden.user_id])).content.decode()
    for words in ("Potirons", "Trésorière"):
        assert words not in said
        assert words not in profile
    assert "Renard" in said


def test_a_territory_that_is_not_shown(network: Network, hidden: Membership, viewer: User, browser: Browser) -> None:
    place = DirectoryEntry.objects.get(membership=hidden).territory
    assert place is not None
    choose(hidden.user, shows_territory=False)
    assert (
        finds(network, words="montbrison") == finds(network, territory=place) == finds(network, stratum=place.stratum)
    )
    assert finds(network, territory=place.parent) == []
    facets = facets_for(network, NOTHING_KNOWN)
    assert (facets.of("territory"), facets.of("stratum")) == ({}, {})
    said = everything_said(browser.as_user(viewer), network, "montbrison")
    profile = browser.get(reverse("mentoring:profile", args=[network.slug, hidden.user_id])).content.decode()
    assert "Montbrison" not in said + profile


def test_competences_that_are_not_shown(network: Network, hidden: Membership, viewer: User, browser: Browser) -> None:
    leaf = competence("cantine-bio-locale")
    choose(hidden.user, shows_competences=False)
    assert finds(network, words="cantine") == finds(network, competence=leaf) == finds(network, can_help=True) == []
    facets = facets_for(network, NOTHING_KNOWN)
    assert (facets.of("competence"), facets.of("can_help"), facets.of("available")) == ({}, {"0": 1}, {"0": 1})
    browser.as_user(viewer)
    profile = browser.get(reverse("mentoring:profile", args=[network.slug, hidden.user_id])).content.decode()
    export = browser.post(reverse("mentoring:directory-export", args=[network.slug])).content.decode()
    assert "cantine" not in (profile + export).lower()
    own = browser.as_user(hidden.user).get(reverse("mentoring:my-competences")).content.decode()
    assert leaf.name in own


def test_an_availability_that_is_not_shown(network: Network, hidden: Membership) -> None:
    assert finds(network, available=True) == finds(network, language="fr") == ["Maud"]
    choose(hidden.user, shows_availability=False)
    assert finds(network, available=True) == finds(network, language="fr") == []
    facets = facets_for(network, NOTHING_KNOWN)
    assert (facets.of("available"), facets.of("language")) == ({"0": 1}, {})


def test_who_is_not_listed_is_nowhere(network: Network, hidden: Membership, viewer: User, browser: Browser) -> None:
    choose(hidden.user, is_listed=False)
    assert directory_page(network, NOTHING_KNOWN).facets.total == 0
    assert search_people(viewer, network, "renard") == []
    said = everything_said(browser.as_user(viewer), network, "renard")
    assert "Renard" not in said
    assert "Renard" not in browser.get(reverse("portal:network-home", args=[network.slug])).content.decode()
    profile = reverse("mentoring:profile", args=[network.slug, hidden.user_id])
    assert browser.get(profile).status_code == 404
    mine = browser.as_user(hidden.user).get(profile)
    assert "personne d’autre ne peut ouvrir cette page" in mine.content.decode()
    choose(hidden.user)
    assert finds(network, words="renard") == ["Maud"]


def test_what_was_done_is_not_told_of_who_hides_what_they_know(network: Network, hidden: Membership) -> None:
    viewer = make_listed(network).user
    report = make_topic(make_forum(network), hidden.user, title="Notre cantine").posts.get(number=1)
    Evidence.objects.create(
        user=hidden.user,
        competence=competence("cantine-bio-locale"),
        kind=EvidenceKind.REPORT,
        post=report,
        happened_at=timezone.now(),
    )
    assert Evidence.objects.visible_to(viewer).count() == 1
    for changes in ({"shows_competences": False}, {"is_listed": False}):
        choose(hidden.user, **changes)
        assert Evidence.objects.visible_to(viewer).count() == 0


def test_matching_reads_no_more_than_the_directory(network: Network, hidden: Membership) -> None:
    """Who hides what they know is not sought for it; who hides their territory is not said to be near."""
    author = make_listed(network, territory=make_place("Saint-Égrève", "Isère", 16000)).user
    need = make_need(author, network, competence=competence("cantine-bio-locale"))
    assert [fit.user_id for fit in best_for(need, limit=5)] == [hidden.user_id]
    choose(hidden.user, shows_territory=False)
    [fit] = best_for(need, limit=5)
    assert fit.parts["territory"] == 0
    choose(hidden.user, shows_competences=False)
    assert best_for(need, limit=5) == []


def test_choosing_again_says_it_anew_and_stays_in_step(hidden: Membership) -> None:
    for changes in ({"shows_territory": False}, {"is_listed": False}, {}, {"shows_organisation": False}):
        choose(hidden.user, **changes)
        choose(hidden.user, **changes)
        assert wrong_entries() == []
    assert DirectoryChoices.objects.count() == 1


def test_the_page_of_what_is_shown(hidden: Membership, browser: Browser) -> None:
    page = reverse("mentoring:my-listing")
    assert browser.as_user(hidden.user).get(page).status_code == 200
    fields = {name: "on" for name in EVERYTHING if name != "shows_territory"}
    assert browser.post(page, fields).headers["Location"] == page
    chosen = DirectoryChoices.objects.get(user=hidden.user)
    assert (chosen.is_listed, chosen.shows_territory, chosen.hides_something) == (True, False, True)
    assert DirectoryEntry.objects.get(membership=hidden).territory is None
    assert browser.as_user(make_user()).get(page).status_code == 200


def test_who_hides_what_they_know_is_not_told_that_they_declared_nothing(hidden: Membership, browser: Browser) -> None:
    page = reverse("mentoring:profile", args=[hidden.network.slug, hidden.user_id])
    browser.as_user(hidden.user)
    for changes in ({"shows_competences": False}, {"is_listed": False}):
        choose(hidden.user, **changes)
        response = browser.get(page)
        assert (response.status_code, "Ajouter mes compétences" in response.content.decode()) == (200, False)


def places_of_names(network: Network, member: Membership) -> dict[str, tuple[str, dict[str, str]]]:
    """Every page out of the directory that writes what somebody is beside their name."""
    topic = make_topic(make_forum(network, circle=network.circles.get(kind="network")), member.user, title="Légumerie")
    react(user=member.user, post=make_post(topic, make_animator(network).user), kind=ReactionKind.TRIED)
    report = make_topic(topic.forum, member.user, title="Retour", kind="report")
    session = make_session(network)
    make_registration(session, member.user)
    programme = make_programme(network, delegations=1)
    delegation = programme.enrolments.get().delegation_id
    Membership.objects.filter(pk=member.pk).update(delegation=delegation)
    return {
        "topic": (topic.get_absolute_url(), {}),
        "report": (report.get_absolute_url(), {}),
        "print": (reverse("forums:topic-print", args=[topic.pk]), {}),
        "names": (reverse("forums:topic-readers", args=[topic.pk]), {"q": "Maud"}),
        "search": (reverse("portal:search"), {"q": "légumerie"}),
        "session": (session.get_absolute_url(), {}),
        "delegation": (reverse("sessions:delegation", args=[programme.pk, delegation]), {}),
    }


def beside_the_name(browser: Browser, places: dict[str, tuple[str, dict[str, str]]]) -> dict[str, str]:
    said = {name: browser.get(address, query).content.decode() for name, (address, query) in places.items()}
    return said | {"names": str(json.loads(said["names"]))}


def test_what_is_not_shown_stands_beside_the_name_nowhere(
    network: Network, hidden: Membership, viewer: User, browser: Browser
) -> None:
    browser.as_user(viewer)
    places = places_of_names(network, hidden)
    words = ("Trésorière", "Potirons", "Montbrison")
    shown = {name: [word in page for word in words] for name, page in beside_the_name(browser, places).items()}
    assert shown == {  # of an organisation, where there is no territory
        "topic": [True, False, True],
        "report": [True, False, True],
        "print": [True, False, True],
        "names": [True, False, True],
        "search": [False, False, True],
        "session": [True, False, True],
        "delegation": [True, False, False],
    }
    place = DirectoryEntry.objects.get(membership=hidden).territory
    assert place is not None

    def found_there() -> bool:
        asked = asked_from({"q": "légumerie", "territoire": place.name})
        return bool(search(viewer, network, asked).total)

    assert found_there()
    choose(hidden.user, shows_organisation=False, shows_territory=False)
    assert not found_there()
    for name, page in beside_the_name(browser, places).items():
        assert ("Maud" in page, name, [word in page for word in words]) == (True, name, [False, False, False])
    choose(hidden.user, shows_territory=False)
    pages = beside_the_name(browser, places)
    assert {name for name, page in pages.items() if "Potirons" in page} == {"topic", "report", "print"}
