import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peerhub.people.models import User
from peerhub.people.services.circles import public_circle
from sessions.models import PeerSession, Registration
from sessions.queries import sessions as queries
from sessions.queries.months import agenda_page
from sessions.queries.session_pages import participants_by_category
from sessions.services.scheduling import cancel_session
from tests.builders import make_animator, make_member, make_network, make_user
from tests.conftest import Browser
from tests.pages import text_of
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_past_session,
    make_registration,
    make_session,
    network_circle,
)

pytestmark = pytest.mark.django_db


def queries_of(run: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run()
    return len(captured)


FORM = {
    "title": "Coopérer entre communes",
    "format": "codevelopment",
    "starts_on": "2027-03-30",
    "starts_time": "14:00",
    "ends_time": "17:00",
    "ends_on": "",
    "time_zone": "Europe/Paris",
    "place": "Mairie",
    "video_url": "",
    "capacity": "12",
    "description": "Venez **avec** une situation.",
}


# --- Lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_each_list_costs_the_same_queries_whatever_its_length(count: int) -> None:
    network = make_network()
    user = make_member(network).user
    for _ in range(count):
        make_registration(make_session(network, starts_at=timezone.now() + timedelta(days=3 + _)), user)
    month = timezone.localdate(PeerSession.objects.earliest("starts_at").starts_at)
    assert queries_of(lambda: queries.session_page(user, network)) == 2
    assert queries_of(lambda: agenda_page(user, network, month)) == 1
    assert queries_of(lambda: queries.next_session_for(user)) == 1
    assert queries_of(lambda: queries.upcoming_for(user, network)) == 1
    assert queries_of(lambda: queries.search_sessions(user, network, "séance")) == 1
    assert queries_of(lambda: queries.sessions_needing_attention(user, network)) == 1
    assert queries_of(lambda: queries.feed_sessions(user)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_session_page_costs_the_same_queries_whatever_the_number_of_people(count: int) -> None:
    session = make_session()
    for _ in range(count):
        make_registration(session)
    assert queries_of(lambda: participants_by_category(session, with_names=True)) == 1
    assert queries_of(lambda: participants_by_category(session, with_names=False)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_page_costs_the_same_queries_whatever_its_length(count: int, browser: Browser) -> None:
    network = make_network()
    for _ in range(count):
        make_session(network, circle=public_circle())
    url = reverse("sessions:session-list", args=[network.slug])
    browser.get(url)
    assert queries_of(lambda: browser.get(url)) == 3


def test_a_month_shows_the_first_of_a_day_and_leads_to_all_of_them(browser: Browser) -> None:
    """What a month's page holds is bounded, whatever the network plans."""
    network = make_network()
    user = make_member(network).user
    day = timezone.localtime().replace(year=2027, month=3, day=10, hour=9, minute=0, second=0, microsecond=0)
    for number in range(9):
        starts_at = day + timedelta(minutes=number)
        make_session(network, title=f"Atelier {number}", starts_at=starts_at, format="agora" if number else "webinar")
    make_session(network, title="Le lendemain", starts_at=day + timedelta(days=1))
    assert queries_of(lambda: agenda_page(user, network, day.date())) == 2
    browser.as_user(user)
    url = reverse("sessions:session-list", args=[network.slug])
    page = browser.get(url, {"mois": "2027-03"}).content.decode()
    for style in ("month__session", "slot__title"):
        assert re.findall(f'class="{style}[^>]*>(?:<b>.*?</b> )?([^<]+)<', page) == [
            *(f"Atelier {number}" for number in range(6)),
            "Le lendemain",
        ]
    assert (
        re.findall(r'class="month__others" href="([^"]+)">([^<]+)<', page) == [("?jour=2027-03-10", "et 3 autres")] * 2
    )
    narrowed = browser.get(url, {"mois": "2027-03", "format": "agora"}).content.decode()
    assert (
        re.findall(r'class="month__others" href="([^"]+)">([^<]+)<', narrowed)
        == [("?jour=2027-03-10&amp;format=agora", "et 2 autres")] * 2
    )
    whole = browser.get(url, {"jour": "2027-03-10"}).content.decode()
    assert re.findall(r'class="slot__title" href="[^"]+">([^<]+)<', whole) == [
        f"Atelier {number}" for number in range(9)
    ]


def test_the_list_shows_by_day_what_is_to_come_or_past_or_mine_or_of_a_format(browser: Browser) -> None:
    network = make_network()
    user = make_member(network).user
    make_session(network, title="À venir", format="agora")
    make_registration(make_session(network, title="La mienne", starts_at=timezone.now() + timedelta(days=4)), user)
    make_past_session(network, title="Déjà passée")
    browser.as_user(user)
    url = reverse("sessions:session-list", args=[network.slug])

    def titles(query: str) -> list[str]:
        page = browser.get(url + query).content.decode()
        return re.findall(r'class="slot__title" href="[^"]+">([^<]+)<', page)

    assert titles("") == ["La mienne", "À venir"]
    assert titles("?passees=1") == ["Déjà passée"]
    assert titles("?miennes=1") == ["La mienne"]
    assert titles("?format=agora") == ["À venir"]
    assert titles("?format=nimporte") == ["La mienne", "À venir"]
    assert browser.get(url + "?page=2").status_code == 404


def test_the_month_shows_its_sessions_in_the_viewers_zone(browser: Browser) -> None:
    network = make_network()
    user = make_member(network, make_user(time_zone="Pacific/Noumea")).user
    # 31 March at 23:00 in Paris is already April in Nouméa.
    make_session(
        network,
        title="Nuit",
        starts_at=datetime.fromisoformat("2027-03-31T21:00Z"),
        ends_at=datetime.fromisoformat("2027-03-31T22:00Z"),
    )
    browser.as_user(user)
    url = reverse("sessions:session-list", args=[network.slug])
    assert "Nuit" in text_of(browser.get(url + "?mois=2027-04"))
    assert "Aucune séance ce mois-ci" in text_of(browser.get(url + "?mois=2027-03"))
    assert {browser.get(f"{url}?mois={month}").status_code for month in ("bof", "9999-12", "0001-01")} == {200}


def test_an_empty_list_says_what_to_do_next(browser: Browser) -> None:
    network = make_network()
    url = reverse("sessions:session-list", args=[network.slug])
    assert "Aucune séance à venir" in text_of(browser.get(url))
    browser.as_user(make_animator(network).user)
    assert "Proposer une séance" in text_of(browser.get(url))


def test_a_visitor_sees_the_public_sessions_of_a_public_network_alone(browser: Browser) -> None:
    network = make_network()
    make_session(network, circle=public_circle(), title="Webinaire ouvert")
    make_session(network, title="Entre membres")
    page = text_of(browser.get(reverse("sessions:session-list", args=[network.slug])))
    assert ("Webinaire ouvert" in page, "Entre membres" in page) == (True, False)
    hidden = reverse("sessions:session-list", args=[make_network(is_public=False).slug])
    absent = reverse("sessions:session-list", args=["nulle-part"])
    login = reverse("account_login")
    answers = [browser.get(url)["Location"] for url in (hidden, absent)]
    assert answers == [f"{login}?next={hidden}", f"{login}?next={absent}"]


# --- One session --------------------------------------------------------------------------------------------------


def test_the_page_says_when_in_the_viewers_zone_and_over_there(browser: Browser) -> None:
    session = make_session(
        starts_at=datetime.fromisoformat("2027-03-30T12:00Z"), ends_at=datetime.fromisoformat("2027-03-30T15:00Z")
    )
    user = make_member(session.network, make_user(time_zone="Indian/Reunion")).user
    page = text_of(browser.as_user(user).get(session.get_absolute_url()))
    assert "mardi 30 mars 2027, de 16 h à 19 h heure de La Réunion" in page
    assert "Sur place : mardi 30 mars 2027, de 14 h à 17 h (heure de Paris)" in page


def test_the_video_link_opens_half_an_hour_before_to_those_registered(browser: Browser) -> None:
    session = make_session(video_url="https://visio.example.org/salle")
    registered, member = make_registration(session).user, make_member(session.network).user
    url = session.get_absolute_url()

    def sees_link(user: User) -> bool:
        page = browser.as_user(user).get(url).content.decode()
        assert "visio.example.org" not in page
        # What waits in a template is shown when its hour has come.
        shown = re.sub(r"<template>.*?</template>", "", page, flags=re.DOTALL)
        return reverse("sessions:video-join", args=[session.pk]) in shown

    assert (sees_link(registered), sees_link(member), sees_link(animator_of(session.network))) == (False, False, False)
    assert "Le lien vidéo s’ouvrira ici" in text_of(browser.as_user(registered).get(url))
    starts_at = timezone.now() + timedelta(minutes=29)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    assert (sees_link(registered), sees_link(member), sees_link(animator_of(session.network))) == (True, False, True)


def test_names_are_for_members_and_the_web_sees_numbers(browser: Browser) -> None:
    session = make_session(circle=public_circle())
    make_registration(session, given_name="Jeanne", family_name="Participante")
    url = session.get_absolute_url()
    visitor = text_of(browser.get(url))
    assert ("Participante" in visitor, "Agent·es 1" in visitor) == (False, True)
    assert "Jeanne Participante" in text_of(browser.as_user(make_member(session.network).user).get(url))


def test_the_calendar_file_is_for_who_sees_the_session(browser: Browser) -> None:
    session = make_session(circle=public_circle())
    response = browser.get(reverse("sessions:session-ics", args=[session.pk]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="seance-{session.pk}.ics"'
    hidden = reverse("sessions:session-ics", args=[make_session(session.network).pk])
    assert browser.get(hidden)["Location"] == f"{reverse('account_login')}?next={hidden}"
    assert browser.as_user(make_user()).get(hidden).status_code == 404


def test_registering_and_withdrawing_by_plain_forms(browser: Browser) -> None:
    session = make_session(capacity=2)
    user = make_member(session.network).user
    browser.as_user(user)
    response = browser.post(reverse("sessions:register", args=[session.pk]))
    assert (response.status_code, response["Location"]) == (303, session.get_absolute_url())
    assert "Vous êtes inscrit·e." in text_of(browser.get(session.get_absolute_url()))
    response = browser.post(reverse("sessions:withdraw", args=[session.pk]))
    assert (response.status_code, response["Location"]) == (303, session.get_absolute_url())
    assert Registration.objects.get(session=session).state == "withdrawn"


def test_a_full_session_answers_409_with_the_sentence(browser: Browser) -> None:
    session = make_session(capacity=1)
    make_registration(session)
    browser.as_user(make_member(session.network).user)
    response = browser.post(reverse("sessions:register", args=[session.pk]))
    assert response.status_code == 409
    assert "La séance est complète : toutes les places sont prises." in text_of(response)


def test_a_clash_is_told_and_confirmed(browser: Browser) -> None:
    network = make_network()
    first, second = make_session(network, title="La première"), make_session(network)
    user = make_registration(first).user
    browser.as_user(user)
    url = reverse("sessions:register", args=[second.pk])
    response = browser.post(url)
    assert response.status_code == 409
    assert "Vous êtes déjà inscrit·e à une séance au même moment." in text_of(response)
    assert "La première" in text_of(response)
    assert not Registration.objects.filter(session=second).exists()
    assert browser.post(url, {"accept_clash": "1"}).status_code == 303
    assert Registration.objects.registered().filter(user=user).count() == 2


def test_a_visitor_who_registers_is_sent_to_sign_in(browser: Browser) -> None:
    session = make_session(circle=public_circle())
    response = browser.post(reverse("sessions:register", args=[session.pk]))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    assert "Se connecter pour s’inscrire" in text_of(browser.get(session.get_absolute_url()))


@pytest.mark.parametrize("name", ["session", "session-ics", "register", "withdraw", "session-edit", "session-cancel"])
def test_what_one_may_not_see_does_not_exist(name: str, browser: Browser) -> None:
    network = make_network()
    session = make_session(network, circle=confidential_circle(network))
    browser.as_user(make_member(network, category="agent").user)
    url = reverse(f"sessions:{name}", args=[session.pk])
    assert browser.get(url).status_code == 404
    if name in {"register", "withdraw", "session-edit", "session-cancel"}:
        assert browser.post(url).status_code == 404


# --- Planning -----------------------------------------------------------------------------------------------------


def test_an_animator_creates_a_session_at_a_local_hour(browser: Browser) -> None:
    network = make_network()
    animator = make_animator(network).user
    browser.as_user(animator)
    url = reverse("sessions:session-create", args=[network.slug])
    assert browser.get(url).status_code == 200
    response = browser.post(url, {**FORM, "circle": network_circle(network).pk})
    session = PeerSession.objects.get()
    assert (response.status_code, response["Location"]) == (303, session.get_absolute_url())
    assert session.starts_at == datetime.fromisoformat("2027-03-30T12:00Z")
    assert session.ends_at == datetime.fromisoformat("2027-03-30T15:00Z")
    assert (session.capacity, session.place, session.format) == (12, "Mairie", "codevelopment")
    assert session.description_html == "<p>Venez <strong>avec</strong> une situation.</p>"
    assert session.created_by == animator


# Short to type, and a page of unbearable weight.
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_on": "2027-03-28", "starts_time": "02:30"}, "il n’est jamais 2 h 30 (heure de Paris)"),
        ({"starts_on": "2027-10-31", "starts_time": "02:30"}, "il est deux fois 2 h 30 (heure de Paris)"),
        ({"ends_time": "13:00"}, "La séance doit se terminer après son début."),
        ({"starts_on": "2020-01-01"}, "choisissez une date à venir"),
        ({"starts_on": "9999-12-31", "time_zone": "America/Martinique"}, "date valide"),
        ({"starts_on": "0001-01-01", "starts_time": "00:00"}, "date valide"),
        ({"video_url": "ftp://example.org/x"}, "URL valide"),
        ({"capacity": "0"}, "supérieure ou égale à 1"),
        ({"title": "  "}, "Ce champ est obligatoire"),
        ({"time_zone": "Mars/Olympus"}, "Sélectionnez un choix valide"),
    ],
)
def test_a_form_with_an_error_says_it_and_keeps_what_was_typed(
    changes: dict[str, str], sentence: str, browser: Browser
) -> None:
    network = make_network()
    browser.as_user(make_animator(network).user)
    url = reverse("sessions:session-create", args=[network.slug])
    response = browser.post(url, {**FORM, "circle": network_circle(network).pk, **changes})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "Venez **avec** une situation." in response.content.decode()
    assert PeerSession.objects.count() == 0


def test_a_presentation_puts_no_words_under_anybodys_name(browser: Browser) -> None:
    network = make_network()
    animator = make_animator(network).user
    url = reverse("sessions:session-create", args=[network.slug])
    typed = {**FORM, "circle": network_circle(network).pk, "description": f"@[Madame la préfète](user:{animator.pk})"}
    assert browser.as_user(animator).post(url, typed).status_code == 303
    assert PeerSession.objects.get().description_html == "<p>@Madame la préfète</p>"


def test_a_session_is_offered_to_ones_own_circles_alone(browser: Browser) -> None:
    network = make_network()
    animator = make_animator(network).user
    other = confidential_circle(network, "elected")
    browser.as_user(animator)
    url = reverse("sessions:session-create", args=[network.slug])
    assert browser.post(url, {**FORM, "circle": other.pk}).status_code == 422
    kinds = [circle.kind for circle in queries.circles_for_planning(animator, network)]
    assert kinds == ["network", "public", "animators"]


def test_a_change_of_hour_moves_and_a_change_of_text_does_not(browser: Browser) -> None:
    session = make_session(place="Mairie", capacity=12)
    browser.as_user(animator_of(session.network))
    url = reverse("sessions:session-edit", args=[session.pk])
    form = browser.get(url).context["form"]
    same = {name: str(form[name].value() or "") for name in form.fields} | {"reminder_minutes": ["1440", "60"]}
    assert browser.post(url, {**same, "title": "Un autre titre"}).status_code == 303
    session.refresh_from_db()
    assert (session.title, session.sequence) == ("Un autre titre", 0)
    assert browser.post(url, {**same, "place": "Salle des fêtes"}).status_code == 303
    session.refresh_from_db()
    assert (session.place, session.sequence) == ("Salle des fêtes", 1)


def test_cancelling_asks_first_and_shows_why(browser: Browser) -> None:
    session = make_session()
    make_registration(session)
    browser.as_user(animator_of(session.network))
    url = reverse("sessions:session-cancel", args=[session.pk])
    assert "1 personne inscrite sera prévenue" in text_of(browser.get(url))
    assert browser.post(url, {"reason": "Trop de neige"}).status_code == 303
    session.refresh_from_db()
    assert (session.state, session.sequence, session.cancelled_reason) == ("cancelled", 1, "Trop de neige")
    page = text_of(browser.get(session.get_absolute_url()))
    assert ("Cette séance est annulée" in page, "Trop de neige" in page) == (True, True)
    assert browser.get(url).status_code == 403


@pytest.mark.parametrize("name", ["session-edit", "session-cancel"])
def test_planning_is_for_animators(name: str, browser: Browser) -> None:
    session = make_session()
    browser.as_user(make_member(session.network).user)
    assert browser.get(reverse(f"sessions:{name}", args=[session.pk])).status_code == 403
    assert browser.get(reverse("sessions:session-create", args=[session.network.slug])).status_code == 403
    assert browser.post(reverse(f"sessions:{name}", args=[session.pk])).status_code == 403


def test_a_cancelled_session_is_cancelled_once() -> None:
    session = make_session()
    animator = animator_of(session.network)
    assert [cancel_session(actor=animator, session=session) for _ in range(2)] == [True, False]
    session.refresh_from_db()
    assert session.sequence == 1
