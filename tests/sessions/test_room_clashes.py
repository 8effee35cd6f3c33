"""One room, one session at a time; and where a session takes place."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as laws
from hypothesis import strategies as st

from peerhub.people.errors import DomainError
from peerhub.people.models import Network, Territory
from sessions import when
from sessions.enums import VideoProvider
from sessions.models import PeerSession
from sessions.queries.clashes import room_key, rooms_taken, travel_between
from sessions.queries.peer_days import board_of
from sessions.services.peer_days import send_invitations
from sessions.services.scheduling import cancel_session, move_session
from tests.builders import make_animator, make_network, make_territory
from tests.concurrency import together
from tests.conftest import Browser
from tests.pages import text_of
from tests.sessions.builders import animator_of, confidential_circle, make_session, network_circle
from tests.sessions.test_pages import FORM
from tests.sessions.test_peer_days import agora_of, in_a_month, make_day, make_programme, of_category

pytestmark = pytest.mark.django_db
NOON = (timezone.now() + timedelta(days=12)).replace(hour=12, minute=0, second=0, microsecond=0)


def at(hours: float) -> dict[str, Any]:
    """Two hours, from so many hours after noon."""
    return {"starts_at": NOON + timedelta(hours=hours), "ends_at": NOON + timedelta(hours=hours + 2)}


def move(session: PeerSession, **changes: Any) -> bool:
    names = ("starts_at", "ends_at", "time_zone", "place", "video_url")
    wanted = {**{name: getattr(session, name) for name in names}, **changes}
    return move_session(actor=animator_of(session.network), session=session, **wanted)


# --- The same room ------------------------------------------------------------------------------------------------


@laws(max_examples=40)
@given(words=st.lists(st.text("abcéèÉ’", min_size=1, max_size=6), min_size=1, max_size=4), shout=st.booleans())
def test_a_room_is_its_words(words: list[str], shout: bool) -> None:
    plain = " ".join(words)
    written = f"  {', '.join(words)} ".upper() if shout else f"{' -  '.join(words)}."
    assert room_key(written) == room_key(plain)
    assert room_key(plain) == room_key(room_key(plain))
    assert room_key(f"{plain} bis") != room_key(plain)


@pytest.mark.parametrize("place", ["", "  ", "À préciser", "lieu à définir", "En visio", "…"])
def test_no_room_is_no_clash(place: str) -> None:
    network = make_network()
    for _number in range(2):
        make_session(network, place=place, **at(0))


def test_an_announced_session_has_its_room_for_itself() -> None:
    network = make_network()
    first = make_session(network, title="Les cantines", place="Salle du Conseil, mairie", **at(0))
    with pytest.raises(DomainError) as refused:
        make_session(network, place="salle du conseil – Mairie", **at(1.5))
    span = when.span(first.starts_at, first.ends_at, "Europe/Paris")
    assert str(refused.value) == f"Ce lieu est pris par «\u00a0Les cantines\u00a0» ({span})."
    # Before, after, elsewhere, in another network, in another commune: it is free.
    make_session(network, place="Salle du Conseil, mairie", **at(2))
    make_session(network, place="Salle du Conseil, mairie", **at(-2))
    make_session(network, place="Salle des fêtes", **at(0))
    make_session(place="Salle du Conseil, mairie", **at(0))
    cancel_session(actor=animator_of(network), session=first)
    make_session(network, place="Salle du Conseil, mairie", **at(0))
    assert PeerSession.objects.count() == 6


def test_two_town_halls_are_two_rooms() -> None:
    network, here, there = make_network(), make_territory("Ici"), make_territory("Là-bas")
    first = make_session(network, place="Mairie", territory=here, **at(0))
    second = make_session(network, place="Mairie", territory=there, **at(0))
    with pytest.raises(DomainError):
        move(second, territory=here)
    with pytest.raises(DomainError):
        move(second, territory=None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.territory, second.territory) == (here, there)
    assert travel_between(first, second) == timedelta(hours=4)


def test_a_session_moves_to_a_room_that_is_free_alone() -> None:
    network = make_network()
    make_session(network, place="Mairie", **at(0))
    other = make_session(network, place="Mairie", **at(3))
    with pytest.raises(DomainError):
        move(other, **at(1))
    other.refresh_from_db()
    assert (other.starts_at, other.sequence) == (at(3)["starts_at"], 0)
    assert move(other, **at(2))
    elsewhere = make_session(network, place="Gymnase", **at(1))
    with pytest.raises(DomainError):
        move(elsewhere, place="MAIRIE")
    # What clashes since before this rule may still change what it says.
    PeerSession.objects.filter(pk=elsewhere.pk).update(place="Mairie")
    elsewhere.refresh_from_db()
    assert move(elsewhere, video_url="https://visio.example.org/")


def test_what_takes_the_room_is_named_to_whom_sees_it_alone() -> None:
    network = make_network()
    secret = make_session(network, title="Crise CANARI", place="Mairie", circle=confidential_circle(network), **at(0))
    with pytest.raises(DomainError) as refused:
        make_session(network, place="Mairie", **at(1))
    # When the other begins and ends is not said either.
    span = when.span(secret.starts_at + timedelta(hours=1), secret.ends_at + timedelta(hours=1), "Europe/Paris")
    assert str(refused.value) == f"Ce lieu est pris par une autre séance ({span})."


@pytest.mark.django_db(transaction=True)
def test_of_six_who_want_a_room_at_once_one_has_it() -> None:
    network = make_network()
    author = animator_of(network)
    results = together(*[lambda: make_session(network, author=author, place="Mairie", **at(0))] * 6)
    assert sorted(isinstance(one, PeerSession) for one in results) == [False] * 5 + [True]
    assert PeerSession.objects.get().place == "Mairie"


# --- Drafts -------------------------------------------------------------------------------------------------------


def test_board_says_which_drafts_share_a_room_and_sending_refuses() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    elected, agent, agora = of_category(day, "elected"), of_category(day, "agent"), agora_of(day)
    for session in (elected, agent, agora):
        assert move(session, place="Mairie")
    make_session(
        day.programme.network,
        circle=confidential_circle(day.programme.network, "association"),
        title="CANARI",
        place="Gymnase",
        starts_at=agora.starts_at,
        ends_at=agora.ends_at,
    )
    assert move(agora_of(day), place="gymnase")
    found = {card.slug: card.warnings for card in board_of(actor, day).cards}
    same = "Même lieu, au même moment, que «\u00a0%s\u00a0»"
    assert found == {
        "elected": [same % agent.title],
        "agent": ["Personne ne facilite encore cette séance", same % elected.title],
        "": ["Le lieu est pris au même moment par une autre séance"],
    }
    move(agora_of(day), place="")
    with pytest.raises(DomainError, match="Ce lieu est pris"):
        send_invitations(actor=actor, peer_day=day)
    move(agent, place="Salle des fêtes")
    assert send_invitations(actor=actor, peer_day=day) > 0


@pytest.mark.parametrize("count", [1, 3])
def test_rooms_cost_one_query_or_none(count: int) -> None:
    network = make_network()
    placed = [make_session(network, place=f"Salle {number}", **at(0)) for number in range(count)]
    for sessions, expected in ((placed, 1), ([make_session(network, **at(0))], 0)):
        with CaptureQueriesContext(connection) as captured:
            assert [one for found in rooms_taken(sessions).values() for one in found] == []
        assert len(captured) == expected


# --- The form -----------------------------------------------------------------------------------------------------


def fill(network: Network, **changes: str) -> dict[str, Any]:
    return {**FORM, "circle": network_circle(network).pk, **changes}


def test_the_form_says_that_a_room_is_taken(browser: Browser) -> None:
    network = make_network()
    browser.as_user(make_animator(network).user)
    url = reverse("sessions:session-create", args=[network.slug])
    assert browser.post(url, fill(network)).status_code == 303
    response = browser.post(url, fill(network, starts_time="16:00", ends_time="18:00", place="MAIRIE"))
    assert response.status_code == 422
    assert "mardi 30 mars 2027, de 14 h à 17 h)." in text_of(response)


def test_a_session_is_on_a_territory(browser: Browser) -> None:
    """By its code without JavaScript; several of one name are told apart; it changes in silence."""
    network = make_network()
    territory, _namesake = make_territory("Orsenne"), make_territory("Orsenne")
    browser.as_user(make_animator(network).user)
    url = reverse("sessions:session-create", args=[network.slug])
    unclear = browser.post(url, fill(network, territory="Orsenne"))
    assert unclear.status_code == 422
    assert f'<option value="{territory.suggestion}">' in unclear.content.decode()
    assert browser.post(url, fill(network, territory=territory.suggestion)).status_code == 303
    session = PeerSession.objects.get()
    assert session.territory == territory
    assert territory.name in browser.get(session.get_absolute_url()).content.decode()
    url = reverse("sessions:session-edit", args=[session.pk])
    assert browser.get(url).context["form"]["territory"].value() == territory.suggestion
    assert browser.post(url, fill(network, territory="", reminder_minutes="60")).status_code == 303
    session.refresh_from_db()
    assert (session.territory_id, session.sequence, Territory.objects.count()) == (None, 0, 2)


def test_a_provider_is_chosen_where_there_is_a_choice(browser: Browser, settings: Any) -> None:
    network = make_network()
    browser.as_user(make_animator(network).user)
    url = reverse("sessions:session-create", args=[network.slug])
    assert "video_provider" not in browser.get(url).content.decode()
    # What is not offered is not taken.
    browser.post(url, fill(network, video_provider="jitsi"))
    assert PeerSession.objects.get().video_provider == VideoProvider.LINK
    settings.VIDEO_JITSI_URL = "https://meet.example.org"
    assert [value for value, _label in browser.get(url).context["form"]["video_provider"].field.choices] == [
        "link",
        "jitsi",
    ]
    wanted = fill(network, place="Ailleurs", video_provider="jitsi", video_url="https://secours.example.org/")
    assert browser.post(url, wanted).status_code == 303
    session = PeerSession.objects.latest("pk")
    assert (session.video_provider, session.meets_by_video) == (VideoProvider.JITSI, True)
    assert browser.post(url, fill(network, place="Là", video_provider="bigbluebutton")).status_code == 422
    # The fallback changes in silence; and a provider that is gone stays what the session has.
    settings.VIDEO_JITSI_URL = ""
    url = reverse("sessions:session-edit", args=[session.pk])
    changed = {**wanted, "video_url": "https://autre.example.org/"}
    assert browser.post(url, changed).status_code == 303
    session.refresh_from_db()
    assert (session.video_url, session.sequence) == ("https://autre.example.org/", 0)
    assert browser.post(url, {**changed, "video_provider": "link"}).status_code == 303
    session.refresh_from_db()
    assert (session.video_provider, session.sequence) == (VideoProvider.LINK, 1)


def test_no_room_is_promised_that_cannot_be_made() -> None:
    with pytest.raises(DomainError):
        make_session(video_provider=VideoProvider.JITSI)


def test_each_session_of_a_day_has_the_room_that_was_chosen(browser: Browser, settings: Any) -> None:
    programme = make_programme()
    browser.as_user(animator_of(programme.network))
    url = reverse("sessions:peer-day-create", args=[programme.pk])
    assert "video_provider" not in browser.get(url).content.decode()
    settings.VIDEO_JITSI_URL = "https://meet.example.org"
    assert "Salle Jitsi" in browser.get(url).content.decode()
    form = {"on": in_a_month(), "pattern": "parallel", "categories": ["elected", "agent"], "video_provider": "jitsi"}
    assert browser.post(url, form).status_code == 303
    assert list(PeerSession.objects.values_list("video_provider", flat=True)) == ["jitsi"] * 3
