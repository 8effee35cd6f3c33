"""What surrounds a session: its steps, its charter, who was there, what is printed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, User
from sessions.enums import CheckInMethod, Format
from sessions.half_days import half_day_at, half_days
from sessions.models import Attendance, Charter, CharterAcceptance, GuestSeat, PeerSession
from sessions.queries.around import attendance_sheet, charter_of, charter_to_accept, presence_of
from sessions.queries.session_pages import timed_steps
from sessions.services.agenda_steps import apply_template, set_steps
from sessions.services.attendance import ALPHABET, check_in, check_in_code, record_list
from sessions.services.charters import accept_charter, write_charter
from sessions.step_templates import TEMPLATES, Step
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)


def now_on(session: PeerSession) -> PeerSession:
    """The same session, begun ten minutes ago; too short to have two half-days, whatever the hour of the test."""
    now = timezone.now()
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=19)
    )
    session.refresh_from_db()
    return session


def seated(session: PeerSession) -> User:
    return make_registration(session).user


# --- Half-days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        ("2026-11-26T08:30", "2026-11-26T11:30", [True]),
        ("2026-11-26T13:00", "2026-11-26T15:00", [False]),
        ("2026-11-26T08:00", "2026-11-26T16:00", [True, False]),
        ("2026-11-26T08:00", "2026-11-26T12:15", [True]),
        ("2026-11-26T11:50", "2026-11-26T12:10", [True]),
        ("2026-11-26T08:00", "2026-11-27T16:00", [True, False, True, False]),
    ],
)
def test_half_days_are_those_that_the_session_reaches_into(begins: str, ends: str, expected: list[bool]) -> None:
    starts_at, ends_at = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (begins, ends))
    found = half_days(starts_at, ends_at, "Europe/Paris")
    assert [part.is_morning for part in found][: len(expected)] == expected
    assert [part.number for part in found] == list(range(len(found)))


@given(
    starts_at=st.integers(0, 700 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    minutes=st.integers(1, 4 * 24 * 60),
    zone=st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Noumea"]),
)
def test_half_days_never_overlap_and_hold_their_moments(starts_at: datetime, minutes: int, zone: str) -> None:
    ends_at = starts_at + timedelta(minutes=minutes)
    parts = half_days(starts_at, ends_at, zone)
    assert all(one.ends_at <= following.starts_at for one, following in pairwise(parts))
    assert starts_at <= parts[0].starts_at
    assert parts[-1].ends_at <= ends_at
    assert [half_day_at(parts, part.starts_at).number for part in parts] == [part.number for part in parts]


# --- Steps --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Format.values)
def test_each_format_has_steps_that_fill_the_session(kind: str) -> None:
    session = make_session(format=kind)
    steps = apply_template(session=session)
    assert sum(step.minutes for step in steps) == 120
    assert len(steps) == len(TEMPLATES[kind])
    assert timed_steps(session)[0].starts_at == session.starts_at
    assert [step.pk for step in apply_template(session=session)] == [step.pk for step in steps]


def test_codevelopment_has_its_six_steps() -> None:
    titles = [step.title for step in apply_template(session=make_session(format=Format.CODEVELOPMENT))]
    assert titles == [
        "Exposé de la situation",
        "Clarification",
        "Contrat",
        "Consultation",
        "Synthèse et plan d’action",
        "Apprentissages",
    ]


def test_steps_are_replaced_by_who_facilitates_alone() -> None:
    session = make_session()
    facilitator, member = make_member(session.network).user, make_member(session.network).user
    session.facilitators.add(facilitator)
    set_steps(actor=facilitator, session=session, steps=[Step("Tour  de table", 20), Step("Suite", 40)])
    set_steps(actor=facilitator, session=session, steps=[Step("Tour de table", 30)])
    assert [(step.title, step.minutes) for step in session.steps.all()] == [("Tour de table", 30)]
    with pytest.raises(Refused):
        set_steps(actor=member, session=session, steps=[])
    assert session.steps.count() == 1


def test_the_page_of_steps_keeps_what_was_typed(browser: Browser) -> None:
    session = make_session()
    animator = animator_of(session.network)
    address = f"/seances/{session.pk}/deroule/"
    assert browser.as_user(animator).get(address).context["formset"].initial[0]["title"] == "Accueil et tour de table"
    data = {
        "etapes-TOTAL_FORMS": "2",
        "etapes-INITIAL_FORMS": "0",
        "etapes-0-title": "Café",
        "etapes-0-minutes": "zéro",
        "etapes-1-title": "",
        "etapes-1-minutes": "",
    }
    response = browser.post(address, data)
    assert response.status_code == 422
    assert 'value="Café"' in response.content.decode()
    response = browser.post(address, {**data, "etapes-0-minutes": "10"})
    assert (response.status_code, [(one.title, one.minutes) for one in session.steps.all()]) == (303, [("Café", 10)])
    assert "Café" in browser.get(session.get_absolute_url()).content.decode()


# --- The charter --------------------------------------------------------------------------------------------------


def confidential_session(category: str = "elected") -> tuple[PeerSession, User]:
    network = make_network()
    member = make_member(network, category=category).user
    session = make_session(network, circle=confidential_circle(network, category))
    Circle.objects.get(pk=session.circle_id).memberships.get_or_create(user=member)
    return session, member


def accept(user: User, charter: Charter) -> bool:
    return accept_charter(user=user, network=charter.network, version=charter.version)


def test_a_new_text_is_a_new_version_to_accept_anew() -> None:
    session, member = confidential_session()
    animator, seat = animator_of(session.network), make_registration(session, member)
    assert charter_to_accept(member, session, seat) is None
    first = write_charter(actor=animator, network=session.network, body="Ce qui se dit ici reste ici.")
    assert write_charter(actor=animator, network=session.network, body="Ce qui se dit ici reste ici.") == first
    assert (first.version, charter_to_accept(member, session, seat)) == (1, first)
    assert charter_to_accept(member, session, None) is None
    assert (accept(member, first), accept(member, first)) == (True, False)
    assert charter_to_accept(member, session, seat) is None
    second = write_charter(actor=animator, network=session.network, body="Et l’on s’écoute.")
    assert (second.version, charter_to_accept(member, session, seat), charter_of(session.network)) == (
        2,
        second,
        second,
    )
    with pytest.raises(Refused):
        accept(member, first)
    with pytest.raises(Refused):
        write_charter(actor=member, network=session.network, body="Rien ne reste.")


def test_the_video_link_waits_for_the_charter(browser: Browser) -> None:
    session, member = confidential_session()
    PeerSession.objects.filter(pk=session.pk).update(video_url="https://visio.example.org/salle")
    make_registration(session, member)
    now_on(session)
    charter = write_charter(actor=animator_of(session.network), network=session.network, body="On s’écoute.")
    door = reverse("sessions:video-join", args=[session.pk])
    assert browser.as_user(member).get(door).status_code == 403
    page = browser.as_user(member).get(session.get_absolute_url()).content.decode()
    assert (door in page, "On s’écoute." in page) == (False, True)
    accept = f"/r/{session.network.slug}/charte/accepter/"
    browser.post(accept, {"version": "7", "next": session.get_absolute_url()})
    assert CharterAcceptance.objects.count() == 0
    response = browser.post(accept, {"version": str(charter.version), "next": session.get_absolute_url()})
    assert (response.status_code, response.headers["Location"]) == (303, session.get_absolute_url())
    page = browser.get(session.get_absolute_url()).content.decode()
    assert (door in page, "On s’écoute." in page) == (True, False)
    assert browser.get(door)["Location"] == "https://visio.example.org/salle"


# --- Attendance ---------------------------------------------------------------------------------------------------


def test_the_code_has_no_ambiguous_characters() -> None:
    assert set(ALPHABET) & set("AEIOULSZ0125") == set()
    sessions = [make_session() for _number in range(2)]
    codes = [check_in_code(session) for session in sessions]
    assert codes[0] != codes[1]
    assert [len(code) for code in codes] == [6, 6]


def test_one_says_to_be_there_once_and_within_the_window() -> None:
    session = make_session(place="")
    user = seated(session)
    with pytest.raises(Refused):
        check_in(user=user, session=session)
    now_on(session)
    rows = [check_in(user=user, session=session) for _time in range(2)]
    assert rows[0] == rows[1]
    assert [(row.user_id, row.half_day, row.is_present, row.method) for row in Attendance.objects.all()] == [
        (user.pk, 0, True, CheckInMethod.BUTTON)
    ]
    with pytest.raises(Refused):
        check_in(user=make_member(session.network).user, session=session)
    with pytest.raises(Refused):
        check_in(user=user, session=session, now=session.ends_at)


def test_on_site_the_code_is_asked_for() -> None:
    session = make_session(place="Salle des fêtes")
    user = seated(session)
    now_on(session)
    for wrong in ("", "XXXXXX"):
        with pytest.raises(DomainError, match="code"):
            check_in(user=user, session=session, code=wrong)
    code = check_in_code(session)
    row = check_in(user=user, session=session, code=f" {code[:3].lower()}-{code[3:]} ")
    assert (row.method, row.is_present) == (CheckInMethod.CODE, True)


def test_the_list_has_the_last_word() -> None:
    session = make_session()
    first, second = seated(session), seated(session)
    guest = GuestSeat.objects.create(session=session, name="Sacha Invité")
    animator = animator_of(session.network)
    with pytest.raises(DomainError):
        record_list(actor=animator, session=session, half_day=0, user_ids={first.pk}, guest_ids=set())
    now_on(session)
    check_in(user=first, session=session)
    record_list(actor=animator, session=session, half_day=0, user_ids={second.pk}, guest_ids={guest.pk})
    check_in(user=first, session=session)
    assert {person.key: sorted(person.present) for person in attendance_sheet(session).people} == {
        f"u{first.pk}": [],
        f"u{second.pk}": [0],
        f"g{guest.pk}": [0],
    }
    record_list(actor=animator, session=session, half_day=0, user_ids={first.pk}, guest_ids=set())
    assert [part.number for part in presence_of(first, session)] == [0]
    assert presence_of(second, session) == []
    with pytest.raises(Refused):
        record_list(actor=first, session=session, half_day=0, user_ids={first.pk}, guest_ids=set())
    with pytest.raises(DomainError):
        record_list(actor=animator, session=session, half_day=9, user_ids={first.pk}, guest_ids=set())


@pytest.mark.parametrize("people", [1, 3])
def test_the_attendance_page_reads_as_much_for_three_as_for_one(
    people: int, browser: Browser, django_assert_num_queries: object
) -> None:
    session = make_session()
    for _number in range(people):
        seated(session)
    now_on(session)
    browser.as_user(animator_of(session.network)).get(f"/seances/{session.pk}/emargement/")
    with django_assert_num_queries(7):  # type: ignore[operator]
        response = browser.get(f"/seances/{session.pk}/emargement/")
    assert response.content.decode().count('name="present"') == people


def test_sheet_and_certificate_are_printed(browser: Browser) -> None:
    session = make_session()
    user = seated(session)
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() - timedelta(days=1, hours=2), ends_at=timezone.now() - timedelta(days=1)
    )
    address = f"/seances/{session.pk}/attestation.pdf"
    assert browser.as_user(user).get(address).status_code == 403
    Attendance.objects.create(session=session, user=user, method=CheckInMethod.LIST)
    certificate = browser.get(address)
    assert (certificate.status_code, certificate.content[:5]) == (200, b"%PDF-")
    assert certificate.headers["Cache-Control"] == "private, no-store"
    assert browser.get(f"/seances/{session.pk}/emargement.pdf").status_code == 403
    sheet = browser.as_user(animator_of(session.network)).get(f"/seances/{session.pk}/emargement.pdf")
    assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")
    again = browser.get(f"/seances/{session.pk}/emargement.pdf")
    assert again.content == sheet.content
