"""The pages of who keeps the tree of competences, and of who reads it."""

import re
from typing import Any

import pytest
from django.urls import reverse

from mentoring.models import (
    Competence,
)
from mentoring.services.curating import restore_competence, retire_competence
from tests.builders import make_animator, make_network
from tests.conftest import Browser
from tests.mentoring.builders import competence, declare, make_listed, propose

DESKS = ("need-tasks", "mentorship-desk", "use-report")

pytestmark = pytest.mark.django_db


def test_the_pages_of_who_keeps_the_tree(browser: Browser) -> None:
    network = make_network()
    animator, member = make_animator(network), make_listed(network)
    leaf = competence("cantine-bio-locale")
    declare(member.user, leaf.slug)
    proposal = propose(member.user, network)
    pages = [
        reverse("mentoring:curation"),
        reverse("mentoring:curated", args=[leaf.slug]),
        reverse("mentoring:proposal", args=[proposal.pk]),
    ]
    journal = reverse("mentoring:curation-journal")
    browser.as_user(member.user)
    assert [browser.get(page).status_code for page in [*pages, journal]] == [404, 404, 404, 404]
    browser.as_user(make_animator(make_network()).user)
    assert [browser.get(page).status_code for page in pages] == [200, 200, 404]
    assert browser.get(pages[0]).context["waiting"] == []
    browser.as_user(animator.user)
    assert browser.get(pages[0]).context["waiting"] == [proposal]
    assert browser.post(pages[0], {"parent": "", "name_fr": "ab"}).status_code == 422
    added = {"parent": "alimentation-agriculture", "name_fr": "Ouvrir une légumerie", "name_en": "Open a cutting plant"}
    assert browser.post(pages[0], added).status_code == 303
    assert browser.post(pages[0], added).status_code == 409
    posted = {
        "rename": ({"name_fr": "Cantine bio", "name_en": "Organic canteen", "synonyms_fr": "egalim,\nbio"}, leaf.slug),
        "bridge": ({"bridge-offered": "gaspillage-alimentaire", "bridge-weight": "30"}, leaf.slug),
        "move": ({}, leaf.slug),
        "retire": ({}, leaf.slug),
        "restore": ({}, leaf.slug),
        "merge": ({"merge-into": "gaspillage-alimentaire"}, "gaspillage-alimentaire"),
    }
    other_family = Competence.objects.exclude(slug="alimentation-agriculture").filter(parent=None)[0]
    posted["move"] = ({"move-parent": other_family.slug}, leaf.slug)
    for act, (fields, lands_on) in posted.items():
        response = browser.post(pages[1], {"act": act, **fields})
        assert (act, response.status_code, response.headers.get("Location")) == (
            act,
            303,
            reverse("mentoring:curated", args=[lands_on]),
        )
    leaf.refresh_from_db()
    assert (leaf.name_fr, leaf.synonyms_fr, leaf.parent, leaf.is_retired) == (
        "Cantine bio",
        ["egalim", "bio"],
        other_family,
        True,
    )
    assert browser.post(pages[1], {"act": "sing"}).status_code == 303  # it is the other one now
    other = reverse("mentoring:curated", args=["gaspillage-alimentaire"])
    (merge,) = browser.get(other).context["merges"]
    undone = browser.post(other, {"act": "unmerge", "merge": merge.pk})
    assert (undone.status_code, undone.headers["Location"]) == (303, pages[1])
    assert browser.post(other, {"act": "unmerge", "merge": merge.pk}).status_code == 409
    told = [browser.get(journal + about).content.decode() for about in ("", f"?competence={leaf.slug}", "?before=1")]
    assert ["Cantine bio" in page for page in told] == [True, True, False]
    assert browser.get(journal + "?competence=rien").status_code == 404
    family = reverse("mentoring:curated", args=["alimentation-agriculture"])
    assert browser.post(family, {"act": "retire"}).status_code == 409
    assert browser.post(family, {"act": "sing"}).status_code == 404
    assert browser.post(pages[2], {"act": "refuse", "refuse-answer": ""}).status_code == 422
    assert browser.post(pages[2], {"act": "refuse", "refuse-answer": "Trop précis."}).status_code == 303
    assert "Trop précis." in browser.get(pages[2]).content.decode()


def test_the_desks_are_places_of_those_who_animate(browser: Browser) -> None:
    """In the navigation of the site, and among themselves; the pages of everybody stay in the directory."""
    network = make_network()
    leaf, animator = competence("cantine-bio-locale"), make_animator(network)
    of_network = {name: reverse(f"mentoring:{name}", args=[network.slug]) for name in DESKS}
    desks = [reverse("portal:desk", args=[network.slug]), *of_network.values(), reverse("mentoring:curation")]
    inner = [reverse("mentoring:curation-journal"), reverse("mentoring:curated", args=[leaf.slug])]
    browser.as_user(animator.user)
    for page in [*desks, *inner]:
        html = browser.get(page).content.decode()
        places = re.findall(r'<a class="nav__item" href="([^"]+)" aria-current', html)
        tabs = re.findall(r'<a class="tabs__tab" href="([^"]+)" aria-current="page"', html)
        assert (page, places, tabs) == (page, desks[:1], [page] if page in desks else [])
        assert page in inner or all(f'class="tabs__tab" href="{desk}"' in html for desk in desks)
    directory = reverse("mentoring:directory", args=[network.slug])
    html = browser.get(reverse("mentoring:map", args=[network.slug])).content.decode()
    assert re.findall(r'<a class="nav__item" href="([^"]+)" aria-current', html) == [directory]


def test_the_tree_and_a_competence_as_members_read_them(browser: Browser) -> None:
    network = make_network()
    eve, paul = make_listed(network, "Ève"), make_listed(network, "Paul")
    declare(eve.user, "cantine-bio-locale", can_help=True)
    declare(paul.user, "cantine-bio-locale")
    stranger = make_listed(make_network())
    declare(stranger.user, "cantine-bio-locale", can_help=True)
    browser.as_user(paul.user)
    listed = browser.get(reverse("mentoring:competences", args=[network.slug]), {"q": "egalim"})
    assert [(known.competence.slug, known.people, known.helpers) for known in listed.context["found"]] == [
        ("cantine-bio-locale", 2, 1)
    ]
    page = browser.get(reverse("mentoring:competence", args=[network.slug, "cantine-bio-locale"])).context["page"]
    assert (page.known.people, page.known.helpers) == (2, 1)
    assert [entry.user for entry in page.helping] == [eve.user]
    family = browser.get(reverse("mentoring:competence", args=[network.slug, "alimentation-agriculture"]))
    below = family.context["page"].below
    assert [known.people for known in below if known.competence.slug == "cantine-bio-locale"] == [2]
    response = browser.post(reverse("mentoring:competences", args=[network.slug]), {"name": "ab"})
    assert response.status_code == 422
    response = browser.post(reverse("mentoring:competences", args=[network.slug]), {"name": "Creuser un puits"})
    assert response.status_code == 303
    there = reverse("mentoring:competences", args=[network.slug])
    for name, anyway, status, alike in (
        ("Restaurations scolaires", "", 409, ["cantine-bio-locale"]),  # a synonym of it
        ("Cantine bio", "", 422, ["cantine-bio-locale", "gaspillage-alimentaire"]),
        ("Cantine bio", "on", 303, []),
    ):
        answer = browser.post(there, {"name": name, "anyway": anyway})
        shown = [one.slug for one in answer.context["form"].alike] if answer.context else []
        assert (answer.status_code, shown) == (status, alike)
    assert "en attente de réponse" in browser.get(response.headers["Location"]).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_of_competences_take_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    for index in range(number):
        member = make_listed(network)
        declare(member.user, "cantine-bio-locale", can_help=True)
        propose(member.user, network, f"Idée {index}")
    browser.as_user(member.user)
    pages = {
        reverse("mentoring:competences", args=[network.slug]): 7,
        reverse("mentoring:competence", args=[network.slug, "cantine-bio-locale"]): 10,
    }
    for page, queries in pages.items():
        browser.get(page)
        with django_assert_num_queries(queries):
            browser.get(page)
    browser.as_user(make_animator(network).user).get(reverse("mentoring:curation"))
    for _index in range(number):
        retire_competence(curator=make_animator(network).user, competence=competence("gaspillage-alimentaire"))
        restore_competence(curator=make_animator(network).user, competence=competence("gaspillage-alimentaire"))
    with django_assert_num_queries(JOURNAL_QUERIES):
        assert len(browser.get(reverse("mentoring:curation-journal")).context["page"]) == 2 * number + 1
    with django_assert_num_queries(CURATION_QUERIES):
        assert len(browser.get(reverse("mentoring:curation")).context["waiting"]) == number


# The person with their networks, whether they animate one, the families to choose from, what waits, the tree with its
# declarations; the shell: what is unread.
CURATION_QUERIES = 6
# The person, whether they animate, the acts on the tree, the answers to proposals, the competences; what is unread.
JOURNAL_QUERIES = 6
