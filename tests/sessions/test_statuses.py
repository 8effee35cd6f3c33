"""What a refusal answers: 403 when a policy said no, 409 when the world did; what changes between the judging of a page
and its act is told as well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from peerhub.people.enums import Role
from peerhub.people.models import Membership
from peerhub.people.services.memberships import set_role
from sessions.enums import PollState
from sessions.models import DatePoll, Milestone, PeerSession, PollSlot
from sessions.services.programmes import add_milestone
from sessions.services.scheduling import cancel_session
from tests.builders import make_animator, make_member
from tests.conftest import Browser
from tests.sessions.builders import animator_of, make_session
from tests.sessions.poll_builders import make_poll, slots_of
from tests.sessions.test_peer_days import in_a_month, make_programme

pytestmark = pytest.mark.django_db


@contextmanager
def as_the_row_is_locked(table: str, act: Callable[[], object]) -> Iterator[None]:
    """Do it once, right before a row of the table is locked: what another process would do then."""
    left = [act]

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if left and f'FOR NO KEY UPDATE OF "{table}"' in sql:
            left.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield
    assert left == []


def test_a_seat_that_a_policy_refuses_is_403(browser: Browser) -> None:
    session = make_session()
    browser.as_user(make_member(session.network).user)
    cancel_session(actor=animator_of(session.network), session=session)
    response = browser.post(reverse("sessions:register", args=[session.pk]))
    assert response.status_code == 403
    assert "Cette séance est annulée." in unescape(response.content.decode())


def test_a_seat_that_the_world_refuses_is_409(browser: Browser) -> None:
    session = make_session()
    elsewhere = make_session(session.network)
    user = make_member(session.network).user
    elsewhere.facilitators.add(user)
    response = browser.as_user(user).post(reverse("sessions:register", args=[session.pk]))
    assert response.status_code == 409
    assert "Vous facilitez une autre séance au même moment" in unescape(response.content.decode())


def test_a_date_that_is_past_is_409(browser: Browser) -> None:
    poll = make_poll()
    slot = slots_of(poll)[0]
    PollSlot.objects.filter(pk=slot.pk).update(
        starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(hours=1)
    )
    browser.as_user(animator_of(poll.network))
    assert browser.post(reverse("sessions:poll-close", args=[poll.pk, slot.pk])).status_code == 409
    assert PeerSession.objects.count() == 0


def test_a_poll_that_is_abandoned_meanwhile_is_403(browser: Browser) -> None:
    poll = make_poll()
    browser.as_user(animator_of(poll.network))
    abandoned = DatePoll.objects.filter(pk=poll.pk)
    with as_the_row_is_locked("peer_sessions_datepoll", lambda: abandoned.update(state=PollState.CANCELLED)):
        response = browser.post(reverse("sessions:poll-close", args=[poll.pk, slots_of(poll)[0].pk]))
    assert response.status_code == 403
    assert "Ce sondage est abandonné." in unescape(response.content.decode())
    assert PeerSession.objects.count() == 0


def test_a_milestone_that_one_may_no_longer_remove_stays_and_it_is_said(browser: Browser) -> None:
    programme = make_programme()
    animator = make_animator(programme.network).user
    milestone = add_milestone(actor=animator, programme=programme, kind="other", title="Fête", on=in_a_month())
    membership = Membership.objects.get(user=animator, network=programme.network)
    browser.as_user(animator)
    with as_the_row_is_locked("peer_sessions_programme", lambda: set_role(membership=membership, role=Role.MEMBER)):
        response = browser.post(reverse("sessions:milestone-remove", args=[milestone.pk]))
    assert (response.status_code, response["Location"]) == (303, programme.get_absolute_url())
    assert Milestone.objects.filter(pk=milestone.pk).exists()
    said = browser.get(reverse("sessions:programme-list", args=[programme.network.slug])).content.decode()
    assert "Les parcours sont tenus par l’animation du réseau." in unescape(said)
