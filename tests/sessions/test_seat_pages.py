"""The pages of seats: one's own block, the desk of who runs the session, answering for others, the log."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peerhub.people.models import User
from sessions.models import Enrolment, GuestSeat, PeerSession, Programme, Registration, SeatRule
from sessions.services.registration import register, wait_for_seat, withdraw
from sessions.services.seats import RuleWish, invite_people, set_rules
from tests.builders import make_category, make_member
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session, network_circle
from tests.sessions.test_seats import delegation_of, full_session, member, state

pytestmark = pytest.mark.django_db


def text_of(browser: Browser, address: str, status: int = 200) -> str:
    response = browser.get(address)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def at(session: PeerSession, place: str = "") -> str:
    return f"/seances/{session.pk}/{place}"


def test_a_full_session_proposes_to_wait_and_says_rank_and_reasons(browser: Browser) -> None:
    session = make_session(capacity=1)
    seated, user = make_registration(session).user, member(session)
    browser.as_user(user)
    assert "Pas de place pour vous maintenant\u00a0: 1 place prise sur 1." in browser.get(at(session)).content.decode()
    refused = browser.post(at(session, "inscription/"))
    assert (refused.status_code, "Me mettre en attente" in refused.content.decode()) == (409, True)
    assert browser.post(at(session, "attente/")).status_code == 303
    page = text_of(browser, at(session))
    assert "Vous êtes en attente, rang 1 sur 1 dans votre catégorie." in page
    assert "si quelqu’un se retire, la place est proposée" in page
    withdraw(user=seated, session=session)
    page = text_of(browser, at(session))
    assert page.index("Une place est libre pour vous") < page.index("heure de Paris") < page.index("Les places")
    assert browser.post(at(session, "inscription/")).status_code == 303
    assert state(session, user) == "registered"


def test_an_offer_is_passed_on_with_one_button(browser: Browser) -> None:
    session, (seated,), (first, second) = full_session()
    withdraw(user=seated, session=session)
    browser.as_user(first)
    assert "Laisser passer" in text_of(browser, at(session))
    assert browser.get(at(session, "decliner/")).status_code == 303
    assert state(session, first) == "offered"
    assert browser.post(at(session, "decliner/")).status_code == 303
    assert (state(session, first), state(session, second)) == ("declined", "offered")


def test_who_is_invited_accepts_or_declines_with_a_word(browser: Browser) -> None:
    session = make_session()
    user = member(session)
    invite_people(actor=animator_of(session.network), session=session, user_ids=[user.pk])
    page = text_of(browser.as_user(user), at(session))
    assert ("Vous êtes invité·e." in page, "Je viens" in page, "Je ne viens pas" in page) == (True, True, True)
    assert browser.post(at(session, "decliner/"), {"note": "Conseil <b>municipal</b>"}).status_code == 303
    page = browser.get(at(session)).content.decode()
    assert "Conseil &lt;b&gt;municipal&lt;/b&gt;" in page
    assert "M’inscrire" in page


def test_the_ceiling_of_a_delegation_is_said(browser: Browser) -> None:
    session = make_session(capacity=9)
    orsenne = delegation_of(session.network)
    rules = [RuleWish(is_each_delegation=True, ceiling=1)]
    set_rules(actor=animator_of(session.network), session=session, capacity=9, rules=rules)
    register(user=member(session, "agent", orsenne), session=session)
    page = text_of(browser.as_user(member(session, "elected", orsenne)), at(session))
    assert "Pas de place pour vous maintenant : votre délégation a déjà sa place." in page.replace("\u00a0", " ")


def people_of(session: PeerSession, count: int) -> list[User]:
    """In each of so many delegations: one who comes, one silent, one who waits, and a guest."""
    animator = animator_of(session.network)
    people = []
    for number in range(count):
        delegation = delegation_of(session.network, f"Délégation {number}")
        coming, silent, waiting = (member(session, "agent", delegation) for _ in range(3))
        invite_people(actor=animator, session=session, user_ids=[coming.pk, silent.pk])
        register(user=coming, session=session)
        people += [coming, silent, waiting]
        GuestSeat.objects.create(session=session, name=f"Invité {number}", delegation=delegation)
        PeerSession.objects.filter(pk=session.pk).update(registered_count=2 * number + 2)
    set_rules(actor=animator, session=session, capacity=2 * count, rules=[])
    for waiting in people[2::3]:
        wait_for_seat(user=waiting, session=session)
    return people


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_shows_who_comes_by_delegation_with_a_fixed_number_of_queries(browser: Browser, count: int) -> None:
    session = make_session(capacity=30)
    people_of(session, count)
    browser.as_user(animator_of(session.network))
    browser.get(at(session, "places/"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = text_of(browser, at(session, "places/"))
    assert len(queries) == 22
    assert f"{2 * count} viennent" in page
    assert f"{count} sans réponse" in page
    assert page.count("Délégation") >= count
    assert "Listes d’attente" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_says_why_with_a_fixed_number_of_queries(browser: Browser, count: int) -> None:
    session = make_session(capacity=30)
    people_of(session, count)
    browser.as_user(animator_of(session.network))
    browser.get(at(session, "places/journal/"))
    with CaptureQueriesContext(connection) as queries:
        page = text_of(browser, at(session, "places/journal/"))
    assert len(queries) == 8
    assert page.count("prend une place libre") == count
    assert page.count("se met en attente, rang") == count


def test_the_desk_is_for_who_runs_or_facilitates(browser: Browser) -> None:
    session = make_session()
    user = member(session)
    for place in ("places/", "places/journal/"):
        assert browser.as_user(user).get(at(session, place)).status_code == 403
    session.facilitators.add(user)
    for place in ("places/", "places/journal/"):
        assert browser.get(at(session, place)).status_code == 200
    assert browser.post(at(session, "places/regles/"), {}).status_code in {403, 422}


def test_rules_are_edited_in_place(browser: Browser) -> None:
    session = make_session(capacity=20)
    browser.as_user(animator_of(session.network))
    elected = make_category("elected").pk
    fields = {
        "capacity": "12",
        "offer_minutes": "240",
        "floors_until": "",
        "is_invited_only": "1",
        "regles-TOTAL_FORMS": "2",
        "regles-INITIAL_FORMS": "0",
        "regles-0-part": "0/0/1",
        "regles-0-ceiling": "2",
        "regles-1-part": f"{elected}/0/0",
        "regles-1-floor": "3",
    }
    assert browser.post(at(session, "places/regles/"), fields).status_code == 303
    rules = SeatRule.objects.filter(session=session).order_by("pk")
    found = [(one.category_id, one.delegation_id, one.is_each_delegation, one.floor, one.ceiling) for one in rules]
    assert found == [(None, None, True, 0, 2), (elected, None, False, 3, None)]
    session.refresh_from_db()
    assert (session.capacity, session.offer_minutes, session.is_invited_only) == (12, 240, True)
    response = browser.post(at(session, "places/regles/"), {**fields, "regles-1-floor": "13"})
    assert response.status_code == 409
    assert "Les règles gardent 13 places, et il n’en reste que 12." in response.content.decode()
    assert SeatRule.objects.filter(session=session).count() == 2


def test_an_animator_enters_an_answer_and_a_guest(browser: Browser) -> None:
    session = make_session(capacity=3)
    animator, user = animator_of(session.network), member(session)
    browser.as_user(animator)
    assert user.full_name in text_of(browser, at(session, "places/"))
    assert browser.post(at(session, f"repondre/{user.pk}/"), {"answer": "vient"}).status_code == 303
    assert Registration.objects.get(session=session, user=user).entered_by == animator
    assert "Réponse donnée pour vous par" in text_of(Browser().as_user(user), at(session))
    assert browser.post(at(session, "places/invites/"), {"name": "Mme Roux"}).status_code == 303
    guest = GuestSeat.objects.get(session=session)
    assert browser.post(at(session, f"places/invites/{guest.pk}/retirer/")).status_code == 303
    assert browser.post(at(session, "places/invites/"), {"name": ""}).status_code == 422


def test_a_lead_outside_of_a_confidential_circle_answers_without_reading_its_name(browser: Browser) -> None:
    session = make_session(capacity=3)
    network = session.network
    orsenne = delegation_of(network)
    principal = member(session, "elected", orsenne)
    lead = member(session, "agent", orsenne)
    circle = confidential_circle(network)
    PeerSession.objects.filter(pk=session.pk).update(circle=circle, title="Le secret des élu·es")
    session.refresh_from_db()
    browser.as_user(lead)
    assert browser.get(at(session, "repondre/")).status_code == 404
    programme = Programme.objects.create(
        network=network, circle=network_circle(network), title="Parcours", starts_on="2026-01-01", ends_on="2027-01-01"
    )
    Enrolment.objects.create(programme=programme, delegation=orsenne, lead=lead)
    assert browser.get(at(session, "repondre/")).status_code == 404  # nobody of hers is invited
    Registration.objects.create(
        session=session,
        user=principal,
        affiliation=principal.affiliations.get(),
        delegation=orsenne,
        state="invited",
    )
    for place in ("repondre/", f"repondre/{principal.pk}/"):
        page = text_of(browser, at(session, place))
        assert ("secret" in page, "Séance confidentielle" in page) == (False, True)
    assert browser.get(at(session)).status_code == 404
    assert browser.post(at(session, f"repondre/{principal.pk}/"), {"answer": "vient"}).status_code == 303
    assert state(session, principal) == "registered"
    assert browser.get(at(session, f"repondre/{lead.pk}/")).status_code == 404


def test_a_substitute_is_chosen_on_the_page(browser: Browser) -> None:
    session = make_session(capacity=1)
    orsenne = delegation_of(session.network)
    leaving, coming = member(session, "agent", orsenne), member(session, "agent", orsenne)
    other = make_member(session.network, category="elected").user
    register(user=leaving, session=session)
    browser.as_user(animator_of(session.network))
    page = text_of(browser, at(session, f"repondre/{leaving.pk}/"))
    assert (coming.full_name in page, other.full_name in page) == (True, False)
    assert browser.post(at(session, f"remplacer/{leaving.pk}/"), {"substitute": other.pk}).status_code == 409
    assert browser.post(at(session, f"remplacer/{leaving.pk}/"), {"substitute": coming.pk}).status_code == 303
    assert (state(session, leaving), state(session, coming)) == ("withdrawn", "registered")


def test_the_silent_are_chased_from_the_desk(browser: Browser) -> None:
    session = make_session()
    user = member(session)
    invite_people(actor=animator_of(session.network), session=session, user_ids=[user.pk])
    browser.as_user(animator_of(session.network))
    assert "Relancer les personnes sans réponse" not in text_of(browser, at(session, "places/"))
    row = Registration.objects.get(session=session, user=user)
    row.invited_at = session.created_at.replace(year=2020)
    row.save()
    assert "Relancer les personnes sans réponse (1)" in text_of(browser, at(session, "places/"))
    assert browser.post(at(session, "places/relancer/")).status_code == 303
    row.refresh_from_db()
    assert row.chased_at is not None
