"""The public agenda for programs, and the dates of a person that are no session."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
import vobject
from django.utils import timezone

from peerhub.notifications.models import Notification
from peerhub.notifications.queries import lines_for
from peerhub.notifications.services import notify
from peerhub.people.models import Circle, Delegation
from peerhub.people.services.circles import create_cohort, public_circle
from sessions.models import DatePoll, Milestone, PollAnswer, PollGuest, PollSlot, Programme
from sessions.queries import polls
from sessions.queries.calendars import DEADLINES, KINDS, POLLS, own_dates
from sessions.services.feeds import open_feed
from sessions.services.scheduling import cancel_session
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_session, network_circle

pytestmark = pytest.mark.django_db
ENTRY = "{http://www.w3.org/2005/Atom}entry"
TITLE = "{http://www.w3.org/2005/Atom}title"


def make_poll(circle: Circle, *, title: str = "Quand se voir ?") -> DatePoll:
    assert circle.network
    poll = DatePoll.objects.create(
        network=circle.network, circle=circle, title=title, closes_at=timezone.now() + timedelta(days=4)
    )
    make_slot(poll, days=9)
    return poll


def make_slot(poll: DatePoll, *, days: int) -> PollSlot:
    starts_at = timezone.now() + timedelta(days=days)
    return PollSlot.objects.create(poll=poll, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def test_the_public_agenda_holds_what_everyone_sees(browser: Browser) -> None:
    network = make_network()
    shown = make_session(network, circle=public_circle(), title="Webinaire ouvert", place="Mairie")
    make_session(network, title="Entre membres")
    make_session(network, circle=confidential_circle(network), title="CANARI")
    response = browser.get(f"/r/{network.slug}/seances.ics")
    calendar = vobject.readOne(response.content.decode())
    assert [event.summary.value for event in calendar.vevent_list] == ["Webinaire ouvert"]
    again = browser.get(f"/r/{network.slug}/seances.ics", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    atom = browser.get(f"/r/{network.slug}/seances.atom")
    titles = [entry.findtext(TITLE) for entry in ET.fromstring(atom.content).findall(ENTRY)]  # noqa: S314 - our own
    assert (atom["Content-Type"], titles) == ("application/atom+xml; charset=utf-8", ["Webinaire ouvert"])
    cancel_session(actor=animator_of(network), session=shown)
    changed = browser.get(f"/r/{network.slug}/seances.ics", headers={"If-None-Match": response["ETag"]})
    assert vobject.readOne(changed.content.decode()).vevent.status.value == "CANCELLED"


@pytest.mark.parametrize("name", ["seances.ics", "seances.atom"])
def test_a_private_network_has_no_public_agenda(name: str, browser: Browser) -> None:
    network = make_network(is_public=False)
    make_session(network, circle=public_circle())
    member = make_member(network).user
    assert [browser.as_user(one).get(f"/r/{network.slug}/{name}").status_code for one in [member]] == [404]


def test_deadlines_and_polls_are_those_of_ones_circles(browser: Browser) -> None:
    network = make_network()
    delegation = Delegation.objects.create(network=network, name="Val d’Orsenne")
    member, other = make_member(network, delegation=delegation).user, make_member(network).user
    today = timezone.localdate()
    programme = Programme.objects.create(
        network=network,
        circle=create_cohort(network=network, name="Parcours", delegations=[delegation.pk]),
        title="Territoires en chemin",
        starts_on=today,
        ends_on=today + timedelta(days=300),
    )
    Milestone.objects.create(programme=programme, title="Choix du projet", on=today + timedelta(days=20))
    poll, secret = make_poll(network_circle(network)), make_poll(confidential_circle(network), title="CANARI")
    assert [dated.title for dated in own_dates(member, [DEADLINES])] == ["Choix du projet"]
    assert own_dates(other, [DEADLINES]) == []
    assert [dated.title for dated in own_dates(member, KINDS)] == [
        "Choix du projet",
        "Répondre au sondage\u00a0: Quand se voir ?",
    ]
    elected = make_member(network, category="elected").user
    secret.circle.memberships.get_or_create(user=elected)
    assert [dated.title for dated in own_dates(elected, [POLLS])] == [
        "Répondre au sondage\u00a0: Quand se voir ?",
        "Dernier jour pour répondre à un sondage de dates",
    ]
    PollAnswer.objects.create(slot=poll.slots.get(), user=member, choice="yes")
    assert own_dates(member, [POLLS]) == []
    token = open_feed(user=member)
    calendar = vobject.readOne(browser.get(f"/agenda/{token}.ics?avec=echeances&avec=sondages").content.decode())
    assert [event.summary.value for event in calendar.vevent_list] == ["Choix du projet"]
    assert calendar.vevent.dtstart.value == today + timedelta(days=20)
    # What is not asked for is not there, and an unknown wish is the sessions.
    assert "vevent_list" not in vars(vobject.readOne(browser.get(f"/agenda/{token}.ics?avec=rien").content.decode()))


def test_a_poll_is_to_answer_until_each_of_its_slots_is_answered() -> None:
    """One meaning everywhere: the calendar, the lists, the notifications, the chases, of a person and of a guest."""
    network = make_network()
    member = make_member(network).user
    poll = make_poll(network_circle(network))
    guest = PollGuest.objects.create(poll=poll, name="Sacha", email="sacha@example.org")
    second = make_slot(poll, days=10)
    notify(kind="sessions.poll_chased", recipients=[member.pk], target_id=poll.pk, dedupe_key="chased")

    def waits() -> set[bool]:
        return {
            bool(own_dates(member, [POLLS])),
            polls.polls_of(member, network)[0].waits,
            member.pk in polls.silent_user_ids(poll),
            bool(lines_for(member, list(Notification.objects.filter(recipient=member)))),
            not polls.has_answered(guest),
        }

    def say(slot: PollSlot) -> None:
        PollAnswer.objects.create(slot=slot, user=member, choice="yes")
        PollAnswer.objects.create(slot=slot, guest=guest, choice="no")

    assert waits() == {True}
    say(poll.slots.exclude(pk=second.pk).get())
    assert waits() == {True}
    say(second)
    assert waits() == {False}
    third = make_slot(poll, days=11)
    assert waits() == {True}
    PollSlot.objects.filter(pk=third.pk).update(removed_at=timezone.now())
    assert waits() == {False}
