"""Availability, languages and supports of organisations in the directory: counted, filtered, in step as days pass."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mentoring import fit, limits
from mentoring.directory import Search, facets_for
from mentoring.directory_handlers import on_mentorship_agreed, on_mentorship_ended
from mentoring.directory_words import order_line
from mentoring.enums import Level, MentorshipState, SupportKind
from mentoring.events import MentorshipAgreed, MentorshipEnded
from mentoring.fit import Likeness
from mentoring.models import Absence, Competence, DirectoryEntry, MentoringProfile, Mentorship, Support
from mentoring.queries.competences import tree
from mentoring.queries.directory import directory_page
from mentoring.services.directory import refresh_entries, refresh_passing, wrong_entries
from mentoring.tasks import keep_directory
from peerhub.moderation.models import TrailEntry
from peerhub.people.models import Affiliation, Membership, Network, Organisation
from tests.builders import make_animator, make_category, make_member, make_network
from tests.conftest import Browser
from tests.mentoring.builders import competence, declare, entry, make_listed, make_place
from tests.sessions.builders import confidential_circle, network_circle

pytestmark = pytest.mark.django_db
LEAF = "cantine-bio-locale"
TODAY = timezone.localdate


def helper(network: Network, name: str, **parts: Any) -> Membership:
    member = make_listed(network, name, **parts)
    declare(member.user, LEAF, can_help=True)
    return member


def counts(network: Network, facet: str = "available", **parts: Any) -> dict[str, int]:
    return dict(facets_for(network, Search(**parts)).of(facet))


def names(network: Network, mine: Membership | None = None, **parts: Any) -> list[str]:
    found = directory_page(network, Search(**parts), mine=entry(mine) if mine else None)
    return [one.entry.user.given_name for one in found.page]


def test_who_is_away_full_or_says_not_now_is_not_available() -> None:
    network = make_network()
    free, away, later, full = (helper(network, name) for name in ("Ali", "Bea", "Cid", "Dan"))
    make_listed(network, "Eva")
    Absence.objects.create(user=away.user, starts_on=TODAY(), ends_on=TODAY() + timedelta(days=3))
    MentoringProfile.objects.create(user=later.user, not_now_until=TODAY())
    MentoringProfile.objects.create(user=full.user, people_at_a_time=0)
    assert refresh_passing() == 3
    assert (refresh_passing(), keep_directory(), wrong_entries()) == (0, 0, [])
    assert names(network, available=True) == ["Ali"]
    assert counts(network) == {"0": 4, "1": 1}
    Absence.objects.update(ends_on=TODAY() - timedelta(days=1), starts_on=TODAY() - timedelta(days=2))
    MentoringProfile.objects.filter(user=later.user).update(not_now_until=TODAY() - timedelta(days=1))
    assert refresh_passing() == 2
    assert (names(network, available=True), wrong_entries()) == (["Ali", "Bea", "Cid"], [])
    assert entry(free).is_available


def test_a_mentor_whose_places_are_taken_is_not_available_until_one_ends() -> None:
    network = make_network()
    mentor = helper(network, "Ali")
    MentoringProfile.objects.create(user=mentor.user, people_at_a_time=1)
    mentorship = Mentorship.objects.create(
        network=network,
        circle=confidential_circle(network),
        mentor=mentor.user,
        state=MentorshipState.ACTIVE,
        starts_on=TODAY(),
        ends_on=TODAY() + timedelta(days=90),
    )
    for _time in range(2):
        on_mentorship_agreed(MentorshipAgreed(mentorship_id=mentorship.pk, actor_id=mentor.user_id))
        assert (entry(mentor).is_available, wrong_entries()) == (False, [])
    Mentorship.objects.update(state=MentorshipState.ENDED, ended_at=timezone.now(), ending="done")
    for _time in range(2):
        on_mentorship_ended(MentorshipEnded(mentorship_id=mentorship.pk, actor_id=mentor.user_id))
        assert (entry(mentor).is_available, wrong_entries()) == (True, [])


def test_languages_are_those_of_the_profile_or_of_the_account() -> None:
    network = make_network()
    both, one = make_listed(network, "Ali"), make_listed(network, "Bea")
    MentoringProfile.objects.create(user=both.user, languages=["fr", "en"])
    refresh_entries("user", both.user_id)
    assert (entry(both).speaks, entry(one).speaks) == (["fr", "en"], ["fr"])
    assert counts(network, "language") == {"fr": 2, "en": 1}
    assert names(network, language="en") == ["Ali"]
    assert counts(network, "language", language="en") == {"fr": 2, "en": 1}


@pytest.fixture
def organised() -> tuple[Network, Membership, Organisation]:
    network = make_network()
    member = make_listed(network, "Ali")
    organisation = Organisation.objects.create(name="Agence des Potirons", kind="state")
    Affiliation.objects.filter(pk=member.affiliation_id).update(organisation=organisation)
    make_listed(network, "Bea")
    return network, member, organisation


def test_what_an_organisation_brings_marks_its_people(organised: tuple[Network, Membership, Organisation]) -> None:
    network, member, organisation = organised
    facts = {"network": network, "organisation": organisation, "summary": "Un appui"}
    Support.objects.create(kind=SupportKind.FUNDING, circle=network_circle(network), **facts)
    Support.objects.create(
        kind=SupportKind.TECHNICAL, circle=network_circle(network), valid_until=TODAY() - timedelta(days=1), **facts
    )
    Support.objects.create(kind=SupportKind.MATERIAL, circle=confidential_circle(network), **facts)
    refresh_entries("organisation", organisation.pk)
    assert entry(member).brings == [SupportKind.FUNDING]
    assert counts(network, "support") == {"funding": 1}
    assert (names(network, support="funding"), names(network, support="material")) == (["Ali"], [])
    Support.objects.update(valid_until=TODAY() - timedelta(days=1))
    assert (refresh_passing(), refresh_passing(), wrong_entries()) == (1, 0, [])
    assert counts(network, "support") == {}


def test_each_of_these_facets_counts_what_the_other_filters_leave() -> None:
    network = make_network()
    for name, languages, category in (("Ali", ["en"], "agent"), ("Bea", ["fr"], "agent"), ("Cid", ["en"], "elected")):
        member = helper(network, name, category=category)
        MentoringProfile.objects.create(user=member.user, languages=languages)
        refresh_entries("user", member.user_id)
    found = facets_for(network, Search(language="en", category=make_category("agent")))
    assert (found.total, found.of("language")) == (1, {"en": 1, "fr": 1})
    assert sorted(found.of("category").values()) == [1, 1]


def test_those_who_help_and_know_best_come_first_then_those_like_me() -> None:
    network = make_network()
    here, there = make_place("Feurs", "Loire", 8000), make_place("Givors", "Rhône", 20000)
    me = make_listed(network, "Moi", "Aaa", category="elected", territory=here)
    declare(me.user, LEAF, can_help=True, level=Level.EXPERIENCED)
    people = [
        ("Knows", "agent", there, False, Level.EXPERIENCED),
        ("Helps", "agent", there, True, Level.PRACTISED),
        ("Best", "agent", there, True, Level.EXPERIENCED),
        ("Like", "elected", here, True, Level.PRACTISED),
        ("Near", "agent", make_place("Roanne", "Loire", 40000), True, Level.PRACTISED),
    ]
    for name, category, territory, can_help, level in people:
        member = make_listed(network, name, category=category, territory=territory)
        declare(member.user, LEAF, can_help=can_help, level=level)
    assert names(network, me, competence=competence(LEAF)) == ["Best", "Like", "Near", "Helps", "Knows", "Moi"]
    assert names(network, me, words="egalim") == ["Best", "Like", "Near", "Helps", "Knows", "Moi"]
    assert names(network, me)[0] == "Like"
    page = directory_page(network, Search(competence=competence(LEAF)), mine=entry(me))
    alike = {one.entry.user.given_name: one.alike for one in page.page}
    assert alike["Like"] == (Likeness.CATEGORY, Likeness.STRATUM, Likeness.DEPARTEMENT)
    assert (alike["Near"], alike["Best"], alike["Moi"]) == ((Likeness.DEPARTEMENT,), (Likeness.REGION,), ())
    assert order_line(page.order) == (
        "D’abord qui propose son aide sur ce sujet et le connaît le mieux, puis les situations proches de la vôtre "
        "(même catégorie, même taille de territoire, même département)."
    )
    by_name = directory_page(network, Search(), mine=entry(me), is_by_name=True)
    assert by_name.page.items[0].entry.user.given_name == "Moi"
    assert order_line(by_name.order) == "Par ordre alphabétique."


def test_of_too_many_the_neighbours_come_first_and_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "FIT_MOST", 2)
    monkeypatch.setattr(fit, "HEAD", 2)
    monkeypatch.setattr("mentoring.queries.directory.PAGE_SIZE", 3)
    network = make_network()
    here, there = make_place("Feurs", "Loire"), make_place("Givors", "Rhône")
    me = make_listed(network, "Moi", "Zzz", territory=here)
    for name, place in (("Ali", there), ("Bea", here), ("Cid", there), ("Dan", here), ("Eva", there), ("Fay", here)):
        make_listed(network, name, name, territory=place)
    pages = [directory_page(network, Search(), number, mine=entry(me)) for number in (1, 2, 3)]
    found = [one.entry.user.given_name for page in pages for one in page.page]
    assert found == ["Bea", "Dan", "Ali", "Cid", "Eva", "Fay", "Moi"]
    assert order_line(pages[0].order).startswith("Beaucoup de monde répond")
    nowhere = directory_page(network, Search(), mine=entry(make_listed(network, "Zoé")))
    assert order_line(nowhere.order) == "Par ordre alphabétique."


def test_words_leave_each_facet_its_count_beside_any_other_filter() -> None:
    """The people whom words name are found once for all the counts: each filter still reads what it needs of them."""
    network, place = make_network(), make_place("Feurs", "Loire", 8000)
    for name, category in (("Ali", "agent"), ("Bea", "elected")):
        helper(network, name, category=category, territory=place)
    helper(network, "Cid", category="elected")
    leaf, agent = competence(LEAF), make_category("agent")
    everything: dict[str, Any] = {"competence": leaf, "territory": place.parent, "category": agent, "can_help": True}
    found = facets_for(network, Search(words="egalim", **everything), [leaf.pk])
    assert (found.total, found.of("leaf")) == (1, {str(pk): 1 for pk in leaf.path})
    assert sorted(found.of("category").values()) == [1, 1]
    assert list(found.of("departement").values()) == list(found.of("territory").values()) == [1]
    assert facets_for(network, Search(words="zzz", **everything)).total == 0


def test_a_whole_branch_is_who_declared_something_of_it() -> None:
    """A family is read in the bits of an entry, what is below it in its lists: both find the same people."""
    network = make_network()
    helper(network, "Ali")
    declare(make_listed(network, "Bea").user, LEAF, can_help=False)
    make_listed(network, "Cid")
    leaf = competence(LEAF)
    others = [one for one in tree() if one.parent_id is None and one.pk != leaf.path[0]]
    for words in ("", "egalim"):
        for one in Competence.objects.filter(pk__in=leaf.path):
            found = [names(network, words=words, competence=one, can_help=helps) for helps in (False, True)]
            assert [sorted(people) for people in found] == [["Ali", "Bea"], ["Ali"]]
    assert [names(network, competence=one) for one in others] == [[]] * len(others)


class EveryFacetKeepsItsPromise(TestCase):
    """Whatever is chosen: the number beside a value is the number of people whom one finds by choosing it."""

    network: Network

    @classmethod
    def setUpTestData(cls) -> None:
        cls.network = world()

    @settings(max_examples=15, deadline=None)
    @given(
        st.fixed_dictionaries(
            {
                "words": st.sampled_from(["", "martin", "egalim"]),
                "stratum": st.sampled_from(["", "2000-10000"]),
                "language": st.sampled_from(["", "fr", "en"]),
                "support": st.sampled_from(["", "funding"]),
                "can_help": st.booleans(),
                "available": st.booleans(),
            }
        )
    )
    def test_counts_are_what_choosing_gives(self, parts: dict[str, Any]) -> None:
        network, search = self.network, Search(**parts)
        found = facets_for(network, search)
        base = {name: getattr(search, name) for name in parts}
        for facet in ("stratum", "language", "support"):
            for value, number in found.of(facet).items():
                assert facets_for(network, Search(**{**base, facet: value})).total == number
        for facet in ("can_help", "available"):
            if not parts[facet]:
                assert facets_for(network, Search(**{**base, facet: True})).total == found.of(facet).get("1", 0)


def world() -> Network:
    """Eight people, each with another mix of what is counted; an organisation that funds."""
    network = make_network(slug="loi")
    organisation = Organisation.objects.create(name="Agence", kind="state")
    Support.objects.create(
        network=network, circle=network_circle(network), organisation=organisation, kind="funding", summary="Un appui"
    )
    place = make_place("Feurs", "Loire", 8000)
    for number in range(8):
        member = make_listed(network, f"Ali{number}", territory=place if number % 2 else None)
        if number % 3:
            declare(member.user, LEAF, can_help=number % 3 == 1)
        if number > 3:
            Affiliation.objects.filter(pk=member.affiliation_id).update(organisation=organisation)
        MentoringProfile.objects.create(
            user=member.user, languages=["en", "fr"][: 1 + number % 2], people_at_a_time=number % 4 and 2
        )
    refresh_entries("network", network.pk)
    return network


@pytest.fixture
def animated() -> tuple[Network, Membership]:
    network = make_network()
    return network, make_animator(network)


def test_animators_export_what_a_search_finds_and_the_journal_says_so(
    animated: tuple[Network, Membership], browser: Browser
) -> None:
    network, animator = animated
    helper(network, "Ali", title='=HYPERLINK("http://x")', territory=make_place("Feurs", "Loire"))
    make_listed(network, "Bea", family_name="-Dupont")
    export = reverse("mentoring:directory-export", args=[network.slug])
    response = browser.as_user(animator.user).post(f"{export}?q=ali")
    assert response["Content-Disposition"].endswith('.csv"')
    lines = response.content.decode().removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("Nom;Prénom;Catégorie;Fonction;Organisation;Territoire;Département;Région;Peut aider")
    assert len(lines) == 2
    assert lines[1] == (
        'Martin;Ali;agent·e;"\'=HYPERLINK(""http://x"")";;Feurs;Loire;Auvergne-Rhône-Alpes;'
        "Passer une cantine au bio et au local;;français;oui"
    )
    noted = TrailEntry.objects.get(verb="mentoring.directory_exported")
    assert (noted.actor, noted.facts) == (animator.user, {"rows": 1, "filters": ["words"]})
    assert ";'-Dupont" in ";" + browser.post(export).content.decode().replace("\n", "\n;")
    assert (
        "a exporté une liste de l’annuaire"
        in browser.get(reverse("moderation:journal", args=[network.slug])).content.decode()
    )


@pytest.mark.parametrize("number", [1, 3])
def test_exports_and_completions_take_the_same_queries_for_any_number(
    animated: tuple[Network, Membership], browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network, animator = animated
    for _number in range(number):
        helper(network, "Ali", territory=make_place())
    browser.as_user(animator.user)
    export = reverse("mentoring:directory-export", args=[network.slug])
    words = reverse("mentoring:directory-words", args=[network.slug])
    browser.get(words, {"q": "ali"})
    with django_assert_num_queries(EXPORT_QUERIES):
        browser.post(export)
    with django_assert_num_queries(WORDS_QUERIES):
        browser.get(words, {"q": "ali"})


# Both: the person, the network with my hat. Then the tree, the people, what they declared, their places, the journal in
# its transaction; and: competences near the words, people by the beginning of their names or others, then as shown,
# organisations, the tree.
EXPORT_QUERIES = 9
WORDS_QUERIES = 7


def test_an_export_has_an_end_and_is_for_animators(
    animated: tuple[Network, Membership], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, animator = animated
    member = helper(network, "Ali")
    for name in ("Bea", "Cid"):
        make_listed(network, name)
    export = reverse("mentoring:directory-export", args=[network.slug])
    page = reverse("mentoring:directory", args=[network.slug])
    monkeypatch.setattr("mentoring.queries.exports.EXPORT_MOST", 2)
    monkeypatch.setattr(limits, "EXPORTS_PER_DAY", 1)
    browser.as_user(animator.user)
    assert "Exporter cette liste" in browser.get(page).content.decode()
    assert len(browser.post(export).content.decode().splitlines()) == 3
    assert browser.post(export).status_code == 429
    browser.as_user(member.user)
    assert (browser.post(export).status_code, browser.get(export).status_code) == (403, 405)
    assert "Exporter cette liste" not in browser.get(page).content.decode()
    assert Browser().as_user(make_member(make_network()).user).post(export).status_code == 404
    assert TrailEntry.objects.filter(verb="mentoring.directory_exported").count() == 1


def test_words_are_completed_with_what_the_directory_shows(
    organised: tuple[Network, Membership, Organisation], browser: Browser
) -> None:
    network, member, _organisation = organised
    refresh_entries("network", network.pk)
    make_listed(make_network(), "Potira", "Intruse")
    competence(LEAF)
    browser.as_user(member.user)
    page = reverse("mentoring:directory-words", args=[network.slug])

    def options(words: str) -> list[str]:
        return [part.split('"')[0] for part in browser.get(page, {"q": words}).content.decode().split('value="')[1:]]

    assert options("agence pot") == ["Agence des Potirons"]
    assert options("potir") == ["Agence des Potirons"]
    assert options("mart") == ["Ali Martin", "Bea Martin"]
    assert options("egalim") == ["Passer une cantine au bio et au local"]
    assert options("p") == options("intruse") == []


def test_who_reads_too_much_waits(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEARCHES_PER_MINUTE", 2)
    monkeypatch.setattr(limits, "PROFILES_PER_HOUR", 1)
    monkeypatch.setattr(limits, "COMPLETIONS_PER_MINUTE", 1)
    network = make_network()
    me, other = make_listed(network), make_listed(network)
    browser.as_user(me.user)
    page = reverse("mentoring:directory", args=[network.slug])
    words = reverse("mentoring:directory-words", args=[network.slug])
    profile = reverse("mentoring:profile", args=[network.slug, other.user_id])
    mine = reverse("mentoring:profile", args=[network.slug, me.user_id])
    assert [browser.get(page).status_code for _time in range(3)] == [200, 200, 429]
    assert [browser.get(words).status_code for _time in range(2)] == [200, 429]
    assert [browser.get(profile).status_code for _time in range(2)] == [200, 429]
    assert browser.get(mine).status_code == 200
    cache.clear()
    monkeypatch.setattr(limits, "SEARCHES_PER_MINUTE", 60)
    monkeypatch.setattr(limits, "LATER_PAGES_PER_DAY", 1)
    assert [browser.get(page, {"page": "2"}).status_code for _time in range(2)] == [404, 429]
    assert browser.get(page).status_code == 200
    assert DirectoryEntry.objects.count() == 2
