"""What the page of a session costs, and that a read which is left out leaves nothing out of the page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.people.services.circles import public_circle
from sessions.models import PeerSession, SeatRule
from sessions.queries.session_pages import participants_by_category, viewer_of
from sessions.services.agenda_steps import apply_template
from sessions.services.charters import write_charter
from tests.builders import make_category, make_member, make_user
from tests.conftest import Browser
from tests.pages import text_of
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session

pytestmark = pytest.mark.django_db


def queries_of_page(browser: Browser, user: User, session: PeerSession) -> int:
    browser.as_user(user).get(session.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(session.get_absolute_url()).status_code == 200
    return len(captured)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_as_many_queries_whatever_the_number_of_people(browser: Browser, count: int) -> None:
    """The person (1), the session (2), their answer (3), the steps (4), who comes (5), the bell (6)."""
    session = make_session()
    seats = [make_registration(session) for _ in range(count)]
    apply_template(session=session)
    assert queries_of_page(browser, make_member(session.network).user, session) == 6
    assert queries_of_page(browser, seats[0].user, session) == 6
    assert queries_of_page(browser, animator_of(session.network), session) == 6


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_in_confidence_reads_the_charter_and_the_conclusions_too(browser: Browser, count: int) -> None:
    session = make_session()
    circle = confidential_circle(session.network)
    PeerSession.objects.filter(pk=session.pk).update(circle=circle)
    session.refresh_from_db()
    people = [make_member(session.network, category="elected").user for _ in range(count)]
    for user in people:
        make_registration(session, user)
    write_charter(actor=animator_of(session.network), network=session.network, body="On s’écoute.")
    apply_template(session=session)
    assert queries_of_page(browser, people[0], session) == 8


@pytest.mark.parametrize("count", [1, 3])
def test_a_full_session_is_explained_in_nine_queries(browser: Browser, count: int) -> None:
    """Its seats (7), its guests (8) and its rules (9) say why there is none; no name is read for it."""
    session = make_session(capacity=count)
    for _ in range(count):
        make_registration(session)
    SeatRule.objects.create(session=session, category=make_category("elected"), ceiling=count)
    apply_template(session=session)
    user = make_member(session.network, category="elected").user
    assert queries_of_page(browser, user, session) == 9
    page = text_of(browser.get(session.get_absolute_url()))
    assert ("Me mettre en attente" in page, "Pas de place pour vous maintenant" in page) == (True, True)


def test_the_page_reads_what_was_said_of_it_and_no_more(browser: Browser) -> None:
    session, other = make_session(), make_session()
    user = make_member(session.network).user
    make_member(other.network, user)
    for number, one in enumerate((session, other)):
        Notification.objects.create(
            recipient=user, kind="sessions.moved", key=f"k{number}", streak=f"session.{one.pk}", target_id=one.pk
        )
    assert (viewer_of(user, session).rings, viewer_of(make_user(), session).rings) == (True, False)
    browser.as_user(user).get(session.get_absolute_url())
    assert list(Notification.objects.unread().values_list("streak", flat=True)) == [f"session.{other.pk}"]
    assert viewer_of(user, session).rings is False


def test_the_viewer_is_who_looks_with_their_own_answer() -> None:
    session = make_session()
    seat = make_registration(session)
    member, stranger = make_member(session.network), make_user()
    session.facilitators.add(member.user)
    own = viewer_of(seat.user, session)
    assert (own.registration, own.is_named_facilitator, own.has_steps, own.has_rules) == (seat, False, False, False)
    named = viewer_of(member.user, session)
    assert (named.registration, named.membership, named.is_named_facilitator) == (None, member, True)
    outside = viewer_of(stranger, session)
    assert (outside.registration, outside.membership, outside.is_named_facilitator) == (None, None, False)


def test_who_comes_is_told_by_category_with_names_or_numbers() -> None:
    session = make_session(circle=public_circle())
    for given_name, family_name in (("Zoé", "Arnaud"), ("Anne", "Zola")):
        make_registration(session, given_name=given_name, family_name=family_name)
    named, counted = (participants_by_category(session, with_names=one) for one in (True, False))
    assert [person.name for person in named[0].people] == ["Zoé Arnaud", "Anne Zola"]
    assert [(one.slug, one.people_count, one.people) for one in counted] == [(named[0].slug, 2, ())]


def test_a_session_that_began_reads_whether_one_was_there_and_what_was_decided(browser: Browser) -> None:
    session = make_session()
    user = make_registration(session).user
    now = timezone.now()
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1)
    )
    session.refresh_from_db()
    assert queries_of_page(browser, user, session) == 7


def test_the_page_of_an_agora_costs_eight_queries_before_its_envelopes_open(browser: Browser) -> None:
    """Beside the six of every page: what is sealed, who comes and asks (and, of a peer day, its groups)."""
    session = make_session(format="agora")
    seats = [make_registration(session) for _ in range(3)]
    apply_template(session=session)
    assert queries_of_page(browser, seats[0].user, session) == 8
    assert queries_of_page(browser, animator_of(session.network), session) == 8
    assert queries_of_page(browser, make_member(session.network).user, session) == 7
