"""What the platform saw people do, on their page: only what the viewer may open, and what its owner shows."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import EvidenceKind, Level
from mentoring.models import DirectoryChoices, Evidence
from mentoring.queries.competences import declared_by
from mentoring.queries.traces import own_traces, traces_of
from peerhub.people.models import Circle, User
from peerhub.people.services.circles import remove_member
from tests.builders import make_network
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_topic
from tests.mentoring.builders import competence, declare, make_listed
from tests.mentoring.need_builders import SLUG
from tests.sessions.builders import confidential_circle, network_circle

pytestmark = pytest.mark.django_db


def make_trace(user: User, circle: Circle, title: str, slug: str = SLUG, days: int = 1) -> Evidence:
    """A report of theirs, open to the circle."""
    assert circle.network is not None
    forum = make_forum(circle.network, circle=circle, slug=f"theme-{circle.network.forums.count()}")
    topic = make_topic(forum, user, title=title)
    return Evidence.objects.create(
        user=user,
        competence=competence(slug),
        kind=EvidenceKind.REPORT,
        post=topic.posts.get(number=1),
        happened_at=timezone.now() - timedelta(days=days),
    )


def titles(viewer: User, owner: User) -> list[list[str]]:
    return [[one.title for one in group.traces] for group in traces_of(viewer, owner.pk)]


def test_each_sees_what_they_may_open_by_competence_the_declared_first() -> None:
    network = make_network()
    owner, other = make_listed(network, category="elected").user, make_listed(network).user
    inside = confidential_circle(network)
    make_trace(owner, network_circle(network), "Ouvert", days=9)
    make_trace(owner, inside, "Entre nous", days=3)
    make_trace(owner, network_circle(network), "Cantine", slug="cantine-bio-locale", days=30)
    assert titles(other, owner) == [["Ouvert"], ["Cantine"]]
    assert titles(owner, owner) == [["Entre nous", "Ouvert"], ["Cantine"]]
    declared = [declare(owner, "cantine-bio-locale", level=Level.EXPERIENCED)]
    assert [one.competence.slug for one in traces_of(other, owner.pk, declared)] == ["cantine-bio-locale", SLUG]


def test_what_one_hides_is_on_no_page_and_comes_back(browser: Browser) -> None:
    network = make_network()
    owner, other = make_listed(network).user, make_listed(network).user
    trace = make_trace(owner, network_circle(network), "Ouvert")
    profile = reverse("mentoring:profile", args=[network.slug, owner.pk])
    own = reverse("mentoring:my-evidence")
    browser.as_user(owner)
    assert "Choisir ce qui se voit" in browser.get(profile).content.decode()
    for act, shown in (("hide", False), ("hide", False), ("show", True)):
        assert browser.post(own, {act: str(trace.pk)}).status_code == 303
        html = Browser().as_user(other).get(profile).content.decode()
        assert ("Ouvert" in html, "Choisir ce qui se voit" in html) == (shown, False)
        assert "Ouvert" in browser.get(own).content.decode()
    assert browser.post(own, {"act": "x"}).status_code == 404


def test_who_shows_no_competences_shows_no_traces_of_them() -> None:
    network = make_network()
    owner, other = make_listed(network).user, make_listed(network).user
    make_trace(owner, network_circle(network), "Ouvert")
    assert titles(other, owner) == [["Ouvert"]]
    DirectoryChoices.objects.create(user=owner, shows_competences=False)
    assert titles(other, owner) == []
    assert [one.title for group in own_traces(owner) for one in group.traces] == ["Ouvert"]


def test_nobody_hides_what_is_another_s(browser: Browser) -> None:
    network = make_network()
    trace = make_trace(make_listed(network).user, network_circle(network), "Ouvert")
    browser.as_user(make_listed(network).user).post(reverse("mentoring:my-evidence"), {"hide": str(trace.pk)})
    trace.refresh_from_db()
    assert trace.hidden_at is None


def test_of_what_one_left_no_title_is_said_and_it_may_be_hidden(browser: Browser) -> None:
    network = make_network()
    owner = make_listed(network, category="elected").user
    inside = confidential_circle(network)
    trace = make_trace(owner, inside, "Entre nous")
    remove_member(circle=inside, user=owner)
    assert [(one.is_open, one.title, one.post_id) for group in own_traces(owner) for one in group.traces] == [
        (False, "", None)
    ]
    page = reverse("mentoring:my-evidence")
    html = browser.as_user(owner).get(page).content.decode()
    assert ("Entre nous" in html, "un espace qui ne vous est plus ouvert" in html) == (False, True)
    browser.post(page, {"hide": str(trace.pk)})
    trace.refresh_from_db()
    assert trace.hidden_at is not None


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    owner = make_listed(network).user
    for one in range(number):
        make_trace(owner, network_circle(network), f"Retour {one}", slug=(SLUG, "cantine-bio-locale", "legumerie")[one])
    declared = declared_by(owner)
    with django_assert_num_queries(1):
        assert len(traces_of(owner, owner.pk, declared)) == number
    page = reverse("mentoring:my-evidence")
    browser.as_user(owner).get(page)
    # The person; what they declared, their traces, which of them they may open; the bell.
    with django_assert_num_queries(5):
        assert len(browser.get(page).context["groups"]) == number
