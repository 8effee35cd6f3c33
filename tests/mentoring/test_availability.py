"""« Ma disponibilité »: what is said there holds in matching, and whom one keeps away nobody else can tell."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.models import Absence, HierarchicalLink, KeptApart, MentoringProfile
from mentoring.queries.links import may_be_paired
from mentoring.queries.load import load_of
from mentoring.services.profiles import (
    add_absence,
    allow_near,
    declare_link,
    drop_absence,
    end_link,
    keep_apart,
    save_availability,
)
from peerhub.people.errors import DomainError
from peerhub.people.models import User
from tests.builders import make_network
from tests.conftest import Browser
from tests.mentoring.builders import declare, entry, make_listed

pytestmark = pytest.mark.django_db

PAGE = "/ma-disponibilite/"


def said(**fields: Any) -> dict[str, Any]:
    return {"act": "save", "people_at_a_time": "3", "hours_a_month": "6", "languages": ["fr", "en"], **fields}


def test_what_one_says_is_one_s_load_the_next_moment(browser: Browser) -> None:
    me, today = make_listed(make_network()).user, timezone.localdate()
    browser.as_user(me)
    form = browser.get(PAGE).context["form"]
    assert {name: form[name].value() for name in form.fields} == {
        "people_at_a_time": 2,
        "hours_a_month": 4,
        "languages": ["fr"],
        "not_now_until": None,
        "is_suggested": True,
    }
    response = browser.post(PAGE, said(not_now_until=str(today)))
    assert (response.status_code, response["Location"]) == (303, reverse("mentoring:my-availability"))
    load = load_of(me.pk, today)
    assert (load.people_at_a_time, load.hours_a_month, load.languages) == (3, 6, ("fr", "en"))
    assert (load.is_not_now, load.is_suggested, load.is_available) == (True, False, False)
    assert load_of(me.pk, today + timedelta(days=1)).is_not_now is False
    assert "personne ne peut vous solliciter" in browser.get(PAGE).content.decode()


def test_the_directory_knows_at_once_who_is_free() -> None:
    member, today = make_listed(make_network()), timezone.localdate()
    declare(member.user, "ouvrir-tiers-lieu", can_help=True)
    found = [entry(member).is_available]
    save_availability(user=member.user, fields={"not_now_until": today})
    found.append(entry(member).is_available)
    save_availability(user=member.user, fields={"not_now_until": None, "languages": ["en"]})
    found.append(entry(member).is_available)
    assert entry(member).speaks == ["en"]
    away = add_absence(user=member.user, starts_on=today, ends_on=today)
    found.append(entry(member).is_available)
    drop_absence(user=member.user, pk=away.pk)
    found.append(entry(member).is_available)
    assert found == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (said(people_at_a_time="21"), "20"),
        (said(languages=[]), "Choisissez au moins une langue."),
        (said(not_now_until="2020-01-01"), "Choisissez un jour entre le"),
        (said(not_now_until="2200-01-01"), "Choisissez un jour entre le"),
        ({"act": "absence", "starts_on": "2020-01-02", "ends_on": "2020-01-01"}, "Choisissez un jour entre le"),
        ({"act": "find", "words": ""}, "Écrivez le début de son nom."),
        ({"act": "rien"}, "Ma disponibilité"),
        ({}, "Ma disponibilité"),
    ],
)
def test_what_means_nothing_is_said_and_not_kept(browser: Browser, fields: dict[str, Any], sentence: str) -> None:
    response = browser.as_user(make_listed(make_network()).user).post(PAGE, fields)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not MentoringProfile.objects.exists()


def test_absences_that_touch_are_one(browser: Browser) -> None:
    me, today = make_listed(make_network()).user, timezone.localdate()

    def day(number: int) -> Any:
        return today + timedelta(days=number)

    Absence.objects.create(user=me, starts_on=day(-9), ends_on=day(-8))
    add_absence(user=me, starts_on=day(5), ends_on=day(8))
    add_absence(user=me, starts_on=day(20), ends_on=day(21))
    browser.as_user(me)
    backwards = browser.post(PAGE, {"act": "absence", "starts_on": day(9), "ends_on": day(8)})
    assert backwards.status_code == 422
    assert browser.post(PAGE, {"act": "absence", "starts_on": day(0), "ends_on": day(6)}).status_code == 303
    assert list(Absence.objects.values_list("starts_on", "ends_on")) == [(day(0), day(8)), (day(20), day(21))]
    assert load_of(me.pk, today).is_away is True
    first = Absence.objects.filter(user=me)[0]
    Browser().as_user(make_listed(make_network()).user).post(PAGE, {"act": "absence-drop", "pk": first.pk})
    assert Absence.objects.filter(pk=first.pk).exists()
    assert browser.post(PAGE, {"act": "absence-drop", "pk": first.pk}).status_code == 303
    assert load_of(me.pk, today).is_away is False


def test_somebody_is_kept_away_and_nobody_else_can_tell(browser: Browser) -> None:
    """By no page of theirs, whichever of the two asks, and whether or not the other asked for the same."""
    network = make_network()
    me, other = make_listed(network, "Ève", "Martin").user, make_listed(network, "Bob", "Zorglub").user
    theirs = Browser().as_user(other)
    before = _page_of(theirs)
    browser.as_user(me)
    found = browser.post(PAGE, {"act": "find", "words": "Zorg"})
    assert [entry.user_id for entry in found.context["found"]] == [other.pk]
    assert browser.post(PAGE, {"act": "apart", "pk": other.pk}).status_code == 303
    assert not may_be_paired(other.pk, me.pk, network)
    assert "Bob Zorglub" in browser.get(PAGE).content.decode()
    assert _page_of(theirs) == before

    # The other asks for the same, and each takes back what they asked alone.
    keep_apart(user=other, other=me)
    keep_apart(user=other, other=me)
    assert KeptApart.objects.count() == 2
    allow_near(user=other, other_id=me.pk)
    assert _page_of(theirs) == before
    assert not may_be_paired(other.pk, me.pk, network)
    browser.post(PAGE, {"act": "apart-drop", "pk": other.pk})
    assert may_be_paired(other.pk, me.pk, network)


def _page_of(browser: Browser) -> str:
    """A whole page, but for what is drawn anew each time."""
    html = browser.get(PAGE).content.decode()
    return "".join(line for line in html.splitlines() if "csrfmiddlewaretoken" not in line and "nonce" not in line)


def test_whoever_is_in_none_of_my_networks_is_nobody(browser: Browser) -> None:
    me, stranger = make_listed(make_network()).user, make_listed(make_network(), "Bob", "Zorglub").user
    browser.as_user(me)
    assert browser.post(PAGE, {"act": "find", "words": "Zorglub"}).context["found"] == []
    for act in ("apart", "senior", "junior"):
        for pk in (stranger.pk, me.pk, 10**30, "x"):
            assert browser.post(PAGE, {"act": act, "pk": pk}).status_code == 404
    assert not KeptApart.objects.exists()
    assert not HierarchicalLink.objects.exists()


def test_a_hierarchical_link_is_known_to_who_declared_it_and_ends_with_the_last_who_says_it(browser: Browser) -> None:
    """Were it shown to the other, they could tell from its absence that they are kept apart."""
    network = make_network()
    me, chief = make_listed(network, "Ève", "Martin").user, make_listed(network, "Bob", "Zorglub").user
    theirs = Browser().as_user(chief)
    before = _page_of(theirs)
    browser.as_user(me)
    for _time in range(2):
        assert browser.post(PAGE, {"act": "senior", "pk": chief.pk}).status_code == 303
    link = HierarchicalLink.objects.get()
    assert (link.senior, link.junior, link.declared_by) == (chief, me, me)
    assert not may_be_paired(chief.pk, me.pk, network)
    assert "Bob Zorglub a autorité sur vous" in browser.get(PAGE).content.decode()
    assert _page_of(theirs) == before
    declare_link(user=chief, other=me, other_is_senior=False)
    assert "Vous avez autorité sur Ève Martin" in theirs.get(PAGE).content.decode()
    end_link(user=chief, pk=link.pk)
    browser.post(PAGE, {"act": "link-end", "pk": link.pk})
    assert not may_be_paired(chief.pk, me.pk, network)
    theirs.post(PAGE, {"act": "link-end", "pk": HierarchicalLink.objects.get(declared_by=chief).pk})
    assert may_be_paired(chief.pk, me.pk, network)
    assert _page_of(theirs) == before


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    me, today = make_listed(network).user, timezone.localdate()
    for place in range(number):
        keep_apart(user=me, other=make_listed(network).user)
        declare_link(user=me, other=make_listed(network).user, other_is_senior=True)
        Absence.objects.create(user=me, starts_on=today + timedelta(days=9 * place), ends_on=today + timedelta(days=99))
    browser.as_user(me).get(PAGE)
    with django_assert_num_queries(QUERIES):
        mine = browser.get(PAGE).context["mine"]
    assert (len(mine.apart), len(mine.links), len(mine.absences)) == (number, number, number)


# The person with their networks; the profile, what fills it (profile, absences, mentorships, asks), the three lists;
# the shell: the bell.
QUERIES = 10


def test_a_list_has_an_end() -> None:
    network = make_network()
    me, other = make_listed(network).user, make_listed(network).user
    crowd = User.objects.bulk_create(
        User(email=f"{place}@example.org", given_name="X", family_name="Y") for place in range(100)
    )
    KeptApart.objects.bulk_create(KeptApart(user=me, other=one, asked_by=me) for one in crowd)
    with pytest.raises(DomainError, match="pleine"):
        keep_apart(user=me, other=other)
