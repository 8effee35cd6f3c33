"""The agenda of a network: its week, what it is narrowed to, and what it never tells."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peerhub.people.models import Network, User
from peerhub.people.services.circles import categories_circle, category_circle, public_circle
from sessions.agenda_forms import asked_of, week_name
from sessions.models import Programme
from sessions.queries.months import session_of
from sessions.queries.weeks import week_page
from sessions.services.scheduling import cancel_session
from sessions.week_grid import ROWS_A_DAY, Span, hours_shown, last_day, place, span_of
from tests.builders import make_category, make_member, make_network, make_user
from tests.conftest import Browser
from tests.pages import text_of
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session, network_circle

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 3, 1)


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=PARIS)


def agenda(network: Network, query: str = "") -> str:
    return f"{reverse('sessions:session-list', args=[network.slug])}{query}"


def queries_of_page(browser: Browser, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


# --- The week -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_week_costs_the_same_queries_whatever_it_holds(browser: Browser, count: int) -> None:
    """The person (1), the network (2), the programmes (3), the week (4), the bell (5)."""
    network = make_network()
    for number in range(count):
        make_session(network, starts_at=at(1 + number, 9))
    user = make_member(network).user
    assert queries_of_page(browser.as_user(user), agenda(network, "?semaine=2027-W09")) == 5
    assert queries_of_page(browser, agenda(network, "?semaine=2027-W09&format=peer_group&categorie=elected")) == 5
    assert queries_of_page(browser, agenda(network, "?mois=2027-03")) == 5
    # Those to come: their number, their rows, and the polls, instead of the month.
    assert queries_of_page(browser, agenda(network)) == 7


def test_a_week_shows_what_begins_in_it_and_what_goes_on(browser: Browser) -> None:
    network = make_network()
    user = make_member(network).user
    for title, starts_at, ends_at in (
        ("La veille", at(28, 9, month=2), at(28, 10, month=2)),
        ("Commencée avant", at(26, 9, month=2), at(2, 12)),
        ("Du lundi", at(1, 0), at(1, 1)),
        ("Du dimanche soir", at(7, 23), at(8, 0)),
        ("Du lundi suivant", at(8, 0), at(8, 1)),
        ("Finie à minuit", at(28, 22, month=2), at(1, 0)),
    ):
        make_session(network, title=title, starts_at=starts_at, ends_at=ends_at)
    with timezone.override("Europe/Paris"):
        week = week_page(user, network, MONDAY)
    assert [session_of(row).title for row in week.going_on] == ["Commencée avant"]
    assert [one.title for day in week.days for one in day.sessions] == ["Du lundi", "Du dimanche soir"]
    page = text_of(browser.as_user(user).get(agenda(network, "?semaine=2027-W09")))
    assert "Semaine du 1er au 7 mars 2027" in page
    assert "heure de Paris" in page
    assert ("Plusieurs jours" in page, "Déjà commencées" in page, "La veille" in page) == (True, True, False)


def test_parallel_sessions_stand_side_by_side_and_one_alone_takes_the_day(browser: Browser) -> None:
    network = make_network()
    for number in range(3):
        make_session(network, title=f"Groupe {number}", starts_at=at(4, 9, 30), ends_at=at(4, 12, 30))
    make_session(network, title="Agora", starts_at=at(4, 14), ends_at=at(4, 16))
    page = browser.as_user(make_member(network).user).get(agenda(network, "?semaine=2027-W09")).content.decode()
    assert page.count('rowspan="12" colspan="1"') == 3
    assert page.count('rowspan="8" colspan="3"') == 1
    # Jeudi covers three lanes; the week-end is empty, and left out.
    assert page.count('scope="colgroup" colspan="3"') == 1
    assert page.count('class="week__day"') == 5


def test_the_days_of_a_week_are_those_of_the_viewers_clocks(browser: Browser) -> None:
    network = make_network()
    make_session(network, title="À cheval", starts_at=datetime(2027, 3, 1, 21, tzinfo=UTC))
    days = {}
    for zone in ("Europe/Paris", "Indian/Reunion", "Pacific/Tahiti"):
        user = make_member(network, make_user(time_zone=zone)).user
        with timezone.override(zone):
            week = week_page(user, network, MONDAY)
        days[zone] = [day.date.day for day in week.days if day.rows]
        assert "À cheval" in text_of(browser.as_user(user).get(agenda(network, "?semaine=2027-W09")))
    assert days == {"Europe/Paris": [1], "Indian/Reunion": [2], "Pacific/Tahiti": [1]}


@pytest.mark.parametrize(("week", "starts_at"), [("2027-W12", at(28, 3)), ("2027-W43", at(31, 2, month=10))])
def test_the_nights_when_the_clocks_change_are_days_of_their_week(
    browser: Browser, week: str, starts_at: datetime
) -> None:
    """28 March skips 2 h to 3 h; 31 October has 2 h twice: what lasts an hour and a half ends at 2 h 30 there."""
    network = make_network()
    instant = starts_at.astimezone(UTC)
    make_session(network, title="De nuit", starts_at=instant, ends_at=instant + timedelta(minutes=90))
    page = browser.as_user(make_member(network).user).get(agenda(network, f"?semaine={week}")).content.decode()
    assert page.count("week__cell ") == 1
    assert ("dimanche 28" in page, "dimanche 31" in page) == (week == "2027-W12", week == "2027-W43")


def test_a_crowded_day_of_a_week_leads_to_all_of_it(browser: Browser) -> None:
    network = make_network()
    for number in range(8):
        make_session(network, title=f"Atelier {number}", starts_at=at(3, 9 + number))
    page = browser.as_user(make_member(network).user).get(agenda(network, "?semaine=2027-W09&format=peer_group"))
    assert page.content.decode().count("?jour=2027-03-03&amp;format=peer_group") == 2
    assert text_of(page).count("et 2 autres") == 2
    assert "Atelier 6" not in text_of(page)


def test_an_empty_week_says_so_and_leads_out(browser: Browser) -> None:
    network = make_network()
    make_session(network, title="Ailleurs", starts_at=at(20, 9))
    browser.as_user(make_member(network).user)
    empty = text_of(browser.get(agenda(network, "?semaine=2027-W09")))
    assert ("Aucune séance cette semaine" in empty, "Voir celles à venir" in empty) == (True, True)
    narrowed = text_of(browser.get(agenda(network, "?semaine=2027-W11&format=agora")))
    assert ("Rien ne répond à ces filtres" in narrowed, "Enlever les filtres" in narrowed) == (True, True)


@pytest.mark.parametrize(
    ("address", "monday"),
    [
        ("2026-W48", date(2026, 11, 23)),
        ("2026W48", date(2026, 11, 23)),
        ("2026-W53", date(2026, 12, 28)),
        ("2027-W01", date(2027, 1, 4)),
    ],
)
def test_a_week_is_named_as_the_standard_does(address: str, monday: date) -> None:
    asked = asked_of({"semaine": address}, make_user())
    assert (asked.view, asked.on) == ("week", monday)
    assert week_name(monday).replace("-", "") == address.replace("-", "")


@pytest.mark.parametrize("address", ["", "2025-W53", "0000-W01", "9999-W52", "2026-W00", "x", "2026-W48-3"])
def test_a_week_that_is_none_is_this_one(address: str) -> None:
    asked = asked_of({"semaine": address}, make_user())
    today = timezone.localdate()
    assert (asked.view, asked.on) == ("week", today - timedelta(days=today.weekday()))


# --- The grid -------------------------------------------------------------------------------------------------------

spans = st.lists(
    st.tuples(st.integers(0, ROWS_A_DAY - 2), st.integers(2, 40)).map(
        lambda one: Span(one[0], min(one[0] + one[1], ROWS_A_DAY))
    ),
    max_size=12,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spans)
def test_nothing_covers_anything_on_the_grid(given_spans: list[Span]) -> None:
    placed = place(given_spans)
    assert sorted(one.number for one in placed) == list(range(len(given_spans)))
    for one in placed:
        for other in placed:
            if one.number != other.number and one.span.first < other.span.last and other.span.first < one.span.last:
                assert one.lane != other.lane
                assert not one.is_alone
    at_once = [sum(span.first <= row < span.last for span in given_spans) for row in range(ROWS_A_DAY)]
    assert len({one.lane for one in placed}) == max(at_once)
    first, last = hours_shown(given_spans)
    assert all(first * 4 <= span.first and span.last <= last * 4 for span in given_spans)


def test_rows_are_quarter_hours_and_never_too_small_to_press() -> None:
    assert span_of(at(1, 9, 20), at(1, 10, 50)) == Span(37, 44)
    assert span_of(at(1, 9), at(1, 9, 5)) == Span(36, 38)
    assert span_of(at(1, 23, 50), at(2, 0)) == Span(94, 96)
    assert (last_day(at(1, 23), at(2, 0)), last_day(at(1, 23), at(2, 0, 1))) == (date(2027, 3, 1), date(2027, 3, 2))


# --- Filters --------------------------------------------------------------------------------------------------------


def titles(browser: Browser, network: Network, query: str) -> set[str]:
    page = text_of(browser.get(agenda(network, query)))
    return {title for title in ("Agora à moi", "Entre nous", "Des élus", "Plusieurs", "Ailleurs") if title in page}


def world(network: Network, elsewhere: Network) -> User:
    user = make_member(network, category="elected").user
    make_member(elsewhere, user)
    mine = make_session(network, title="Agora à moi", format="agora", starts_at=at(2, 9))
    make_registration(mine, user)
    make_session(network, title="Entre nous", starts_at=at(2, 14))
    elected = category_circle(network=network, category=make_category("elected"))
    make_session(network, title="Des élus", circle=elected, starts_at=at(3, 9))
    several = categories_circle(network=network, categories=[make_category("elected"), make_category("agent")])
    make_session(network, title="Plusieurs", circle=several, starts_at=at(4, 9))
    make_session(elsewhere, title="Ailleurs", starts_at=at(5, 9))
    return user


@pytest.mark.parametrize("view", ["?semaine=2027-W09", "?mois=2027-03", "?"])
def test_each_view_is_narrowed_by_what_the_address_says(browser: Browser, view: str) -> None:
    network, elsewhere = make_network(), make_network()
    browser.as_user(world(network, elsewhere))
    here = {"Agora à moi", "Entre nous", "Des élus", "Plusieurs"}
    assert titles(browser, network, view) == here
    assert titles(browser, network, f"{view}&format=agora") == {"Agora à moi"}
    assert titles(browser, network, f"{view}&categorie=elected") == {"Des élus", "Plusieurs"}
    assert titles(browser, network, f"{view}&miennes=1") == {"Agora à moi"}
    assert titles(browser, network, f"{view}&reseaux=tous") == here | {"Ailleurs"}
    assert titles(browser, network, f"{view}&format=agora&categorie=elected") == set()
    assert titles(browser, network, f"{view}&format=cirque&categorie=inconnue&reseaux=autre") == here


def test_each_filter_is_taken_off_alone_and_goes_along_to_the_other_views(browser: Browser) -> None:
    network, elsewhere = make_network(), make_network()
    browser.as_user(world(network, elsewhere))
    page = browser.get(agenda(network, "?semaine=2027-W09&format=agora&categorie=elected&miennes=1")).content.decode()
    for address in (
        'href="?semaine=2027-W09&amp;categorie=elected&amp;miennes=1"',
        'href="?semaine=2027-W09&amp;format=agora&amp;miennes=1"',
        'href="?semaine=2027-W09&amp;format=agora&amp;categorie=elected"',
        'href="?semaine=2027-W10&amp;format=agora&amp;categorie=elected&amp;miennes=1"',
        f'href="{agenda(network)}?mois=&amp;format=agora&amp;categorie=elected&amp;miennes=1"',
        f'href="{agenda(network)}?format=agora&amp;categorie=elected&amp;miennes=1"',
    ):
        assert page.count(address) == 1, address
    assert page.count('<input type="hidden" name="semaine" value="2027-W09">') == 1


def test_all_my_networks_are_mine_and_each_session_says_whose_it_is(browser: Browser) -> None:
    network, elsewhere = make_network(), make_network(name="Le réseau d’à côté")
    user = world(network, elsewhere)
    foreign = make_session(make_network(is_public=True), title="D’un inconnu", starts_at=at(2, 10))
    hidden = make_session(elsewhere, title="Sans moi", circle=confidential_circle(elsewhere), starts_at=at(2, 11))
    for view in ("?semaine=2027-W09", "?mois=2027-03", "?"):
        page = text_of(browser.as_user(user).get(agenda(network, f"{view}&reseaux=tous")))
        assert page.count("groupe de pairs · Le réseau d’à côté") == 1
        assert (foreign.title in page, hidden.title in page) == (False, False)
    # Of one network there is nothing to choose from; a visitor has none.
    alone = make_member(network).user
    assert "Tous mes réseaux" not in text_of(browser.as_user(alone).get(agenda(network, "?reseaux=tous")))


def test_a_visitor_narrows_what_everyone_sees_and_no_more(browser: Browser) -> None:
    network = make_network(is_public=True)
    make_session(network, title="Ouverte", circle=public_circle(), starts_at=at(2, 9))
    make_session(network, title="Fermée", starts_at=at(2, 10))
    for view in ("?semaine=2027-W09", "?mois=2027-03", "?", "?jour=2027-03-02"):
        page = text_of(browser.get(agenda(network, f"{view}&miennes=1&reseaux=tous")))
        assert ("Ouverte" in page, "Fermée" in page, "Les miennes" in page) == (True, False, False)


def test_a_cancelled_session_is_struck_in_the_week(browser: Browser) -> None:
    network = make_network()
    session = make_session(network, title="Annulée hier", starts_at=at(2, 9))
    cancel_session(actor=animator_of(network), session=session)
    page = browser.as_user(make_member(network).user).get(agenda(network, "?semaine=2027-W09")).content.decode()
    assert page.count("week__session month__session--cancelled") == 1


def test_the_programmes_that_one_follows_are_one_tap_away(browser: Browser) -> None:
    network = make_network()
    programme, secret = (
        Programme.objects.create(
            network=network, circle=circle, title=title, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
        )
        for circle, title in (
            (network_circle(network), "Promotion 2027"),
            (confidential_circle(network), "Promotion cachée"),
        )
    )
    page = browser.as_user(make_member(network).user).get(agenda(network)).content.decode()
    assert page.count(f'href="{programme.get_absolute_url()}"') == 1
    assert (secret.title in page, "Tous les parcours" in page) == (False, True)
    other = make_network()
    assert "Tous les parcours" not in text_of(browser.as_user(make_member(other).user).get(agenda(other)))
