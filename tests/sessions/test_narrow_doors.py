"""Doors that were found open once: drafts, copies, delegates, races, and what no form should take."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, Membership
from peerhub.people.services.memberships import add_affiliation, change_hat, set_delegation
from sessions.fragments import line_html
from sessions.models import Enrolment, PeerSession, Registration
from sessions.queries.answering import answerable_by
from sessions.queries.months import agenda_page
from sessions.services.delegations import add_person, name_delegate
from sessions.services.duplicating import duplicate_programme
from sessions.services.peer_days import Change, edit_slot, send_invitations
from sessions.services.programmes import About, edit_programme
from sessions.services.registration import register
from sessions.services.seats import set_rules
from sessions.services.seats_for_others import answer_for
from tests.builders import make_animator, make_category, make_member, make_network
from tests.conftest import Browser
from tests.sessions.builders import animator_of, make_registration, make_session
from tests.sessions.test_peer_days import make_day, make_programme

pytestmark = pytest.mark.django_db


def change_of(session: PeerSession, *facilitators: int) -> Change:
    return Change(
        title=None,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        facilitators=frozenset(facilitators),
        capacity=None,
        per_delegation=None,
    )


def test_a_copied_programme_says_nothing_of_what_is_in_confidence() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    day = make_day(programme)
    elected = day.sessions.get(opens_to__categories=[make_category("elected").pk])
    inside = make_animator(programme.network).user
    edit_slot(actor=inside, session=elected, change=change_of(elected, inside.pk))
    send_invitations(actor=inside, peer_day=day)
    PeerSession.objects.filter(pk=elected.pk).update(
        title="canari-titre",
        description="canari-texte",
        video_url="https://visio.example/canari",
        reminder_note="canari-note",
    )
    assert not PeerSession.objects.visible_to(actor).filter(pk=elected.pk).exists()
    made = duplicate_programme(
        actor=actor,
        programme=programme,
        title="Encore",
        starts_on=programme.starts_on + timedelta(days=60),
        delegations=programme.circle.delegations,
    )
    copies = PeerSession.objects.visible_to(actor).filter(programme=made)
    said = " ".join(f"{one.title} {one.description} {one.video_url} {one.reminder_note}" for one in copies)
    assert copies.count() > 0
    assert "canari" not in said


def test_a_draft_takes_no_registration() -> None:
    programme = make_programme()
    day = make_day(programme)
    elected = day.sessions.get(opens_to__categories=[make_category("elected").pk])
    other = make_animator(programme.network).user
    with pytest.raises(Refused):
        register(user=other, session=elected)


def test_a_newcomer_does_not_read_the_session_that_ended_a_moment_ago() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    day = make_day(programme)
    send_invitations(actor=actor, peer_day=day)
    session = PeerSession.objects.get(peer_day=day, circle__categories=[make_category("agent").pk])
    now = timezone.now()
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(hours=2), ends_at=now - timedelta(minutes=1)
    )
    newcomer = make_member(programme.network, category="agent")
    Membership.objects.filter(pk=newcomer.pk).update(hat_confirmed_at=now)
    enrolment = Enrolment.objects.filter(programme=programme)[0]
    add_person(actor=actor, enrolment=enrolment, membership=newcomer)
    assert not PeerSession.objects.visible_to(newcomer.user).filter(pk=session.pk).exists()


def test_a_former_lead_answers_for_nobody() -> None:

    programme = make_programme()
    day = make_day(programme)
    send_invitations(actor=animator_of(programme.network), peer_day=day)
    session = PeerSession.objects.get(peer_day=day, circle__categories=[make_category("agent").pk])
    enrolment = Enrolment.objects.filter(programme=programme).order_by("pk")[0]
    lead = Membership.objects.filter(delegation=enrolment.delegation_id, affiliation__category__slug="elected")[0]
    Enrolment.objects.filter(pk=enrolment.pk).update(lead=lead.user)
    set_delegation(membership=Membership.objects.select_related("user", "network").get(pk=lead.pk), delegation=None)
    assert not answerable_by(lead.user, session).exists()


@pytest.mark.django_db(transaction=True)
def test_a_slot_edited_meanwhile_lets_no_delegation_back() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    helper = make_animator(programme.network).user
    day = make_day(programme)
    elected = day.sessions.get(opens_to__categories=[make_category("elected").pk])
    kept, _gone = programme.circle.delegations
    waits = threading.Event()
    failures: list[Exception] = []

    def edit() -> None:
        waits.wait(5)
        try:
            edit_slot(actor=actor, session=elected, change=change_of(elected, helper.pk))
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=edit)
    thread.start()
    with transaction.atomic():
        edit_programme(
            actor=actor,
            programme=programme,
            about=About(title="T", starts_on=programme.starts_on, ends_on=programme.ends_on),
            delegations=[kept],
        )
        waits.set()
        time.sleep(1.5)
    thread.join()
    circle = PeerSession.objects.select_related("opens_to").get(pk=elected.pk).opens_to
    assert failures == []
    assert circle is not None
    assert circle.delegations == [kept]


def test_an_animator_outside_of_its_circle_holds_no_seat_of_a_draft() -> None:
    programme = make_programme()
    day = make_day(programme)
    elected = day.sessions.get(opens_to__categories=[make_category("elected").pk])
    other = make_animator(programme.network).user
    page = Browser().as_user(other).post(reverse("sessions:register", args=[elected.pk]))
    assert page.status_code == 403
    send_invitations(actor=animator_of(programme.network), peer_day=day)
    assert not Registration.objects.registered().filter(session=elected, user=other).exists()


def test_a_line_says_that_a_session_is_full_when_its_last_seat_is_offered() -> None:
    session = make_session(capacity=1)
    session.is_mine = False
    assert "Complète" not in line_html(session)
    session.held_count = 1
    assert session.is_full
    assert "Complète" in line_html(session)


def test_the_month_reads_no_more_for_full_sessions(django_assert_num_queries: DjangoAssertNumQueries) -> None:

    session = make_session(capacity=1)
    user = make_member(session.network).user
    page = agenda_page(user, session.network, session.starts_at.date())
    with django_assert_num_queries(0):
        found = [one.is_full for day in page.days for one in day.sessions]
    assert found == [False]


def test_a_session_is_no_longer_than_its_pages_can_bear() -> None:
    start = timezone.now() + timedelta(days=2)
    with pytest.raises(DomainError):
        make_session(starts_at=start, ends_at=start + timedelta(days=365 * 900))


def test_too_many_seats_are_refused(browser: Browser) -> None:
    session = make_session()
    browser.as_user(animator_of(session.network))
    fields = {"capacity": "3000000000", "offer_minutes": "1440", "regles-TOTAL_FORMS": "0", "regles-INITIAL_FORMS": "0"}
    assert browser.post(reverse("sessions:seat-rules", args=[session.pk]), fields).status_code == 422


def test_a_word_with_a_nul_is_refused(browser: Browser) -> None:
    session = make_session()
    registration = make_registration(session)
    browser.as_user(registration.user)
    assert browser.post(reverse("sessions:seat-decline", args=[session.pk]), {"note": "a\x00b"}).status_code == 303


def test_a_delegate_lets_nobody_in_who_was_not_invited() -> None:
    network = make_network()
    actor = animator_of(network)
    principal, delegate = make_member(network, category="elected").user, make_member(network).user
    name_delegate(actor=principal, network=network, principal=principal, user=delegate)
    session = make_session(network)
    set_rules(actor=actor, session=session, capacity=None, rules=[], is_invited_only=True)
    with pytest.raises(Refused):
        register(user=principal, session=session)
    with pytest.raises(Refused):
        answer_for(actor=delegate, session=session, user=principal, answer="vient")


def test_the_form_takes_no_session_of_nine_centuries() -> None:

    network = make_network()
    browser = Browser().as_user(animator_of(network))
    circle = Circle.objects.of_network(network, CircleKind.NETWORK)
    fields = {
        "title": "Longue",
        "format": "peer_group",
        "circle": circle.pk,
        "description": "",
        "starts_on": str(timezone.localdate() + timedelta(days=3)),
        "starts_time": "09:00",
        "ends_time": "10:00",
        "ends_on": "2999-12-30",
        "time_zone": "Europe/Paris",
    }
    page = browser.post(reverse("sessions:session-create", args=[network.slug]), fields)
    assert page.status_code == 422
    assert PeerSession.objects.count() == 0


def test_a_person_who_is_no_official_any_more_is_answered_for_by_nobody() -> None:

    network = make_network()
    member = make_member(network, category="elected")
    delegate = make_member(network).user
    name_delegate(actor=member.user, network=network, principal=member.user, user=delegate)
    hat = add_affiliation(user=member.user, category=make_category("agent"), title="Agent")
    change_hat(membership=Membership.objects.select_related("user", "network").get(pk=member.pk), affiliation=hat)
    session = make_session(network)
    assert not answerable_by(delegate, session).exists()


def test_who_runs_the_network_is_not_invited_to_the_agora() -> None:
    programme = make_programme()
    animators = [animator_of(programme.network).pk, make_animator(programme.network).user.pk]
    day = make_day(programme)
    send_invitations(actor=animator_of(programme.network), peer_day=day)
    agora = PeerSession.objects.get(peer_day=day, format="agora")
    assert not Registration.objects.filter(session=agora, user__in=animators).exists()
