import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError
from peerhub.people.models import Network, User
from sessions.models import DatePoll, PeerSession, PollAnswer, PollGuest, Programme
from sessions.queries import polls as queries
from sessions.services.poll_closing import close_on
from sessions.services.poll_guests import link_token
from sessions.services.programmes import About, create_programme
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.pages import text_of
from tests.sessions.builders import animator_of, confidential_circle, network_circle
from tests.sessions.poll_builders import make_guest, make_poll, name_delegate_of, next_days, say, slots_of

pytestmark = pytest.mark.django_db


def posted(poll: DatePoll, *choices: str) -> dict[str, str]:
    return {f"slot_{slot.pk}": one for slot, one in zip(slots_of(poll), choices, strict=True)}


def make_programme(network: Network | None = None, *, title: str) -> Programme:
    """Without delegations: its circle is the animators of its network."""
    network = network or make_network()
    today = timezone.localdate()
    about = About(title=title, starts_on=today, ends_on=today + timedelta(days=90))
    return create_programme(author=animator_of(network), network=network, about=about, delegations=[])


def page_of(poll: DatePoll) -> str:
    return reverse("sessions:poll", args=[poll.pk])


# --- Queries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_reads_cost_the_same_queries_whatever_their_length(count: int) -> None:
    network = make_network()
    user, clerk = make_member(network, category="elected").user, make_member(network).user
    name_delegate_of(network, user, clerk)
    for number in range(count):
        poll = make_poll(network, days=next_days(count), quorums={"agent": 1, "elected": 2})
        say(poll, make_member(network).user, *["yes"] * count)
        make_guest(poll, email=f"g{number}@example.org")

    def cost(run: object) -> int:
        with CaptureQueriesContext(connection) as captured:
            run()  # type: ignore[operator]
        return len(captured)

    slots = slots_of(poll)
    assert cost(lambda: queries.polls_of(user, network)) == 1
    assert cost(lambda: queries.open_polls_of(user, network)) == 1
    assert cost(lambda: queries.polls_for_others(clerk, network)) == 4
    assert cost(lambda: queries.answers_to(poll, slots)) == 4
    assert cost(lambda: queries.guests_of(poll)) == 1
    assert len(queries.polls_of(user, network)) == len(queries.polls_for_others(clerk, network)) == count


# --- Answering ------------------------------------------------------------------------------------------------------


def test_a_member_answers_every_slot_and_reads_what_each_gathers(browser: Browser) -> None:
    poll = make_poll(quorums={"agent": 1})
    user = make_member(poll.network).user
    browser.as_user(user)
    assert text_of(browser.get(page_of(poll))).count("Si besoin") == 2
    assert PollAnswer.objects.count() == 0
    refused = browser.post(page_of(poll), {f"slot_{slots_of(poll)[0].pk}": "yes"})
    assert (refused.status_code, "Répondez aussi à ce créneau" in text_of(refused)) == (422, True)
    assert browser.post(page_of(poll), posted(poll, "yes", "maybe")).status_code == 422
    assert PollAnswer.objects.count() == 0
    assert browser.post(page_of(poll), posted(poll, "yes", "no")).status_code == 303
    page = text_of(browser.get(page_of(poll)))
    assert "1 agent·e sur 1 Le quorum est atteint" in page
    assert "Manque 1 agent·e" in page
    assert browser.get(page_of(poll)).content.decode().count(" checked") == 2
    assert "Choisir cette date" not in page


def test_after_the_deadline_the_page_says_so(browser: Browser) -> None:
    poll = make_poll(closes_at=timezone.now() + timedelta(hours=1))
    browser.as_user(make_member(poll.network).user)
    DatePoll.objects.update(closes_at=timezone.now())
    assert "Le délai pour répondre est passé." in text_of(browser.get(page_of(poll)))
    assert browser.post(page_of(poll), posted(poll, "yes", "no")).status_code == 403
    assert PollAnswer.objects.count() == 0


def test_hours_are_those_of_who_looks_with_the_zone_written(browser: Browser) -> None:
    poll = make_poll(time_zone="Indian/Reunion")
    user = make_member(poll.network).user
    User.objects.filter(pk=user.pk).update(time_zone="Pacific/Noumea")
    user.refresh_from_db()
    page = text_of(browser.as_user(user).get(page_of(poll)))
    assert ("heure de Nouméa" in page, "de 14 h à 16 h (heure de La Réunion)" in page) == (True, True)


def test_hidden_answers_make_no_difference_on_any_page(browser: Browser) -> None:
    """Whatever others answered, everybody's pages stay the same to the byte, the animator's too."""
    poll = make_poll(is_hidden=True)
    actor, watcher, voter = animator_of(poll.network), make_member(poll.network).user, make_member(poll.network).user

    def seen(choices: tuple[str, str]) -> list[str]:
        say(poll, voter, *choices)
        pages = []
        for user in (actor, watcher):
            response = Browser().as_user(user).get(page_of(poll))
            pages.append(re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", response.content.decode()))
        return pages

    assert seen(("yes", "yes")) == seen(("no", "if_needed"))
    assert voter.full_name not in seen(("no", "no"))[0]
    DatePoll.objects.update(closes_at=timezone.now())
    assert seen_names(actor, poll, voter) is True


def seen_names(actor: User, poll: DatePoll, voter: User) -> bool:
    return voter.full_name in text_of(Browser().as_user(actor).get(page_of(poll)))


def test_those_silent_are_named_to_animators_alone(browser: Browser) -> None:
    poll = make_poll()
    silent = make_member(poll.network).user
    assert silent.full_name in text_of(browser.as_user(animator_of(poll.network)).get(page_of(poll)))
    other = make_member(poll.network).user
    assert silent.full_name not in text_of(Browser().as_user(other).get(page_of(poll)))


def test_a_delegate_answers_on_a_page_that_tells_nothing(browser: Browser) -> None:
    network = make_network()
    author = make_member(network, category="elected", role="animator").user
    poll = make_poll(network, author=author, circle=confidential_circle(network), title="Le budget", note="Secret")
    mayor, clerk = make_member(network, category="elected").user, make_member(network, category="agent").user
    url = reverse("sessions:poll-answer-for", args=[poll.pk, mayor.pk])
    browser.as_user(clerk)
    assert browser.get(url).status_code == 404
    name_delegate_of(network, mayor, clerk)
    page = browser.get(url)
    assert ("Le budget" in text_of(page), "Secret" in text_of(page), mayor.full_name in text_of(page)) == (
        False,
        False,
        True,
    )
    assert browser.get(page_of(poll)).status_code == 404
    listed = text_of(browser.get(reverse("sessions:poll-list", args=[network.slug])))
    assert ("Le budget" in listed, f"Répondre pour {mayor.full_name}" in listed) == (False, True)
    assert browser.post(url, posted(poll, "yes", "no")).status_code == 303
    shown = text_of(Browser().as_user(author).get(page_of(poll)))
    assert f"répondu par {clerk.full_name} pour {mayor.full_name}" in shown


# --- Guests ---------------------------------------------------------------------------------------------------------


def test_a_guest_answers_by_the_button_never_by_opening_the_link(browser: Browser) -> None:
    poll = make_poll(title="Quand se voir ?")
    guest = make_guest(poll)
    url = reverse("sessions:poll-guest", args=[link_token(guest)])
    page = browser.get(url)
    assert ("Quand se voir ?" in text_of(page), page["Referrer-Policy"], PollAnswer.objects.count()) == (
        True,
        "same-origin",
        0,
    )
    assert browser.post(url, {}).status_code == 422
    assert "vos réponses sont enregistrées" in text_of(browser.post(url, posted(poll, "yes", "no")))
    assert sorted(PollAnswer.objects.filter(guest=guest).values_list("choice", flat=True)) == ["no", "yes"]
    assert "Trop d’essais" in text_of([browser.post(url, {}) for _ in range(25)][-1])


def test_a_guest_may_leave(browser: Browser) -> None:
    guest = make_guest(make_poll())
    url = reverse("sessions:poll-guest", args=[link_token(guest)])
    assert browser.post(url, {"leave": "1"}).status_code == 200
    assert browser.get(url).status_code == 404
    assert PollGuest.objects.get().removed_at is not None


def test_a_guest_of_a_confidential_poll_reads_a_neutral_page(browser: Browser) -> None:
    network = make_network()
    author = make_member(network, category="elected", role="animator").user
    poll = make_poll(network, author=author, circle=confidential_circle(network), title="Le budget", note="Secret")
    guest = PollGuest.objects.create(poll=poll, name="Zoé", email="zoe@example.org")
    page = text_of(browser.get(reverse("sessions:poll-guest", args=[link_token(guest)])))
    assert ("Le budget" in page, "Secret" in page, f"Sondage de dates · {network.name}" in page) == (False, False, True)


# --- Animating ------------------------------------------------------------------------------------------------------

FORM = {
    "title": "Quand se voir ?",
    "format": "agora",
    "note": "À distance",
    "time_zone": "Europe/Paris",
    "closes_on": "",
    "closes_time": "",
    "day_count": "4",
    "hour_count": "2",
    "day_0": "2099-03-27",
    "day_1": "2099-03-29",
    "from_0": "14:00",
    "to_0": "16:00",
    "quorum_elected": "3",
}


def test_an_animator_opens_a_poll_without_javascript(browser: Browser) -> None:
    network = make_network()
    actor = animator_of(network)
    url = reverse("sessions:poll-create", args=[network.slug])
    browser.as_user(actor)
    circle = network.circles.get(kind="network").pk
    more = browser.post(url, {**FORM, "circle": circle, "more": "days"})
    assert (more.status_code, more.content.decode().count('type="date"')) == (200, 9)
    assert 'value="2099-03-29"' in more.content.decode()
    assert DatePoll.objects.count() == 0
    for wrong in ({"day_0": "", "day_1": ""}, {"to_0": "13:00"}, {"to_0": ""}, {"day_0": "2001-01-01"}, {"title": ""}):
        assert browser.post(url, {**FORM, "circle": circle, **wrong}).status_code == 422
    empty = browser.post(url, {"circle": circle, "time_zone": "Europe/Paris"})
    assert (empty.status_code, empty.content.decode().count("<error-summary")) == (422, 1)
    assert "3 points sont à revoir" in text_of(empty)
    assert DatePoll.objects.count() == 0
    assert browser.post(url, {**FORM, "circle": circle, "closes_on": "2099-03-01"}).status_code == 303
    poll = DatePoll.objects.get()
    # The clocks go forward on the 29th: two hours of the same day, on the same clocks.
    assert [slot.starts_at.isoformat() for slot in slots_of(poll)] == [
        "2099-03-27T13:00:00+00:00",
        "2099-03-29T12:00:00+00:00",
    ]
    assert (poll.closes_at.isoformat() if poll.closes_at else "") == "2099-03-01T22:59:00+00:00"
    edit = browser.post(reverse("sessions:poll-edit", args=[poll.pk]), {**FORM, "title": "Autre"})
    assert (edit.status_code, DatePoll.objects.get().title) == (303, "Autre")


def test_slots_are_added_removed_and_restored_on_their_page(browser: Browser) -> None:
    poll = make_poll()
    url = reverse("sessions:poll-slots", args=[poll.pk])
    browser.as_user(animator_of(poll.network))
    first = slots_of(poll)[0]
    browser.post(url, {"remove": first.pk})
    assert len(slots_of(poll)) == 1
    assert "retiré" in text_of(browser.get(url))
    browser.post(url, {"restore": first.pk})
    assert len(slots_of(poll)) == 2
    assert browser.post(url, {"day_0": "2099-01-05", "from_0": "09:00", "to_0": "10:00"}).status_code == 303
    assert len(slots_of(poll)) == 3
    assert browser.post(url, {"day_0": "2099-01-05"}).status_code == 422


def test_choosing_a_date_asks_then_makes_the_session(browser: Browser) -> None:
    poll = make_poll()
    slot = slots_of(poll)[0]
    url = reverse("sessions:poll-close", args=[poll.pk, slot.pk])
    browser.as_user(animator_of(poll.network))
    assert "Choisir cette date ?" in text_of(browser.get(url))
    assert PeerSession.objects.count() == 0
    first, second = browser.post(url), browser.post(url)
    session = PeerSession.objects.get()
    assert [first["Location"], second["Location"]] == [session.get_absolute_url()] * 2
    assert "La date est choisie" in text_of(browser.get(page_of(poll)))
    assert browser.get(reverse("sessions:poll-close", args=[poll.pk, slots_of(poll)[1].pk])).status_code == 403


def test_guests_are_invited_renewed_and_taken_off_on_their_page(browser: Browser) -> None:
    poll = make_poll()
    url = reverse("sessions:poll-guests", args=[poll.pk])
    browser.as_user(animator_of(poll.network))
    assert browser.post(url, {"name": "Zoé", "email": "zoe@example.org"}).status_code == 303
    assert browser.post(url, {"name": "Zoé", "email": "zoe@example.org"}).status_code == 422
    guest = PollGuest.objects.get()
    old = link_token(guest)
    browser.post(url, {"renew": guest.pk})
    dispatch_all()
    assert [message.to for message in mail.outbox] == [["zoe@example.org"]]
    assert Browser().get(reverse("sessions:poll-guest", args=[old])).status_code == 404
    browser.post(url, {"remove": guest.pk})
    assert queries.guests_of(poll) == []


@pytest.mark.parametrize(
    ("act", "words"),
    [("chase", "relancées"), ("end", "On ne répond plus"), ("cancel", "abandonné"), ("fly", "Sondage de dates")],
)
def test_acts_say_what_they_did(act: str, words: str, browser: Browser) -> None:
    poll = make_poll()
    browser.as_user(animator_of(poll.network))
    response = browser.post(reverse("sessions:poll-act", args=[poll.pk]), {"act": act}, follow=True)
    assert words in text_of(response)


def test_the_list_of_sessions_shows_polls_that_are_open(browser: Browser) -> None:
    poll = make_poll(title="Quand se voir ?")
    user = make_member(poll.network).user
    url = reverse("sessions:session-list", args=[poll.network.slug])
    page = text_of(browser.as_user(user).get(url))
    assert ("Quand se voir ?" in page, "Votre réponse est attendue" in page) == (True, True)
    say(poll, user, "yes", "no")
    assert "Vous avez répondu" in text_of(browser.get(url))
    DatePoll.objects.update(closes_at=timezone.now())
    assert "Quand se voir ?" not in text_of(browser.get(url))


# --- Its programme --------------------------------------------------------------------------------------------------


def test_the_session_of_a_poll_joins_the_programme(browser: Browser) -> None:
    network = make_network()
    animator = animator_of(network)
    programme, other = make_programme(network, title="Cantines"), make_programme(network, title="Forêts")
    make_programme(title="D’un autre réseau")
    address = reverse("sessions:poll-create", args=[network.slug])
    form = browser.as_user(animator).get(f"{address}?parcours={programme.pk}").context["form"]
    assert form["programme"].value() == programme.pk
    assert [label for _key, label in form.fields["programme"].choices] == ["Aucun", "Cantines", "Forêts"]
    day = next_days(1)[0].isoformat()
    fields = {"title": "Quand ?", "format": "peer_group", "circle": network_circle(network).pk, "day_0": day}
    fields |= {"from_0": "14:00", "to_0": "16:00", "time_zone": "Europe/Paris", "programme": programme.pk}
    assert browser.post(address, fields).status_code == 303
    poll = DatePoll.objects.get()
    assert poll.programme == programme
    assert "Parcours : Cantines" in text_of(browser.get(page_of(poll)))
    edited = {"title": poll.title, "format": poll.format, "programme": other.pk}
    assert browser.post(reverse("sessions:poll-edit", args=[poll.pk]), edited).status_code == 303
    session = close_on(actor=animator, poll=poll, slot_id=slots_of(poll)[0].pk)
    assert session.programme == other


def test_who_does_not_see_the_programme_of_a_poll_does_not_read_its_name(browser: Browser) -> None:
    network = make_network()
    poll = make_poll(network, programme=make_programme(network, title="Cantines"))
    text = text_of(browser.as_user(make_member(network).user).get(page_of(poll)))
    assert (poll.title in text, "Cantines" in text) == (True, False)


def test_a_network_without_a_programme_is_not_asked_for_one(browser: Browser) -> None:
    network = make_network()
    page = browser.as_user(animator_of(network)).get(reverse("sessions:poll-create", args=[network.slug]))
    assert "programme" not in page.context["form"].fields
    with pytest.raises(DomainError):
        make_poll(network, programme=make_programme(title="D’un autre réseau"))
