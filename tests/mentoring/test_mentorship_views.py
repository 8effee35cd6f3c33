"""Pages of mentorships."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.models import MentoringProfile, Mentorship, MentorshipMeeting, Need
from mentoring.services.meetings import plan_meeting
from peerhub.people.models import Network, User
from sessions.models import PeerSession, Registration
from tests.builders import make_network
from tests.mentoring.builders import competence, make_listed
from tests.mentoring.mentorship_builders import make_group, make_mentorship
from tests.mentoring.need_builders import SLUG

pytestmark = pytest.mark.django_db


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, mentorship: Mentorship) -> str:
    return reverse(f"mentoring:{name}", args=[mentorship.pk])


def meeting(days: int = 3, **fields: Any) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=days)
    token = "8f6a1c1e-5a36-4e19-9a5b-0f2f0c2d7a10"
    return {"token": token, "starts_on": day.isoformat(), "starts_time": "14:00", "minutes": "45", **fields}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(django_assert_num_queries: Any, number: int) -> None:
    network: Network = make_network()
    mentor = make_listed(network).user
    MentoringProfile.objects.create(user=mentor, people_at_a_time=3)
    for _one in range(number):
        make_mentorship(network, mentor, days=30)
    client = as_(mentor)
    client.get(reverse("mentoring:mentorships", args=[network.slug]))
    with django_assert_num_queries(8):
        answer = client.get(reverse("mentoring:mentorships", args=[network.slug]))
    assert answer.content.decode().count("Mentorat avec Paul Pair") == number


def test_one_reads_agrees_and_the_mentorship_begins() -> None:
    network = make_network()
    mentor, peer = make_listed(network, "Maya", "Mentor").user, make_listed(network).user
    made = make_mentorship(network, mentor, [peer], state="proposed")
    shown = as_(peer).get(page("mentorship", made)).content.decode()
    assert "Mentorat avec Maya Mentor" in shown
    assert "Ces termes vous vont-ils" in shown
    for user in (peer, mentor):
        answer = as_(user).post(page("mentorship-terms", made), {"act": "agree", "number": "1"})
        assert answer.status_code == 303
    shown = as_(peer).get(page("mentorship", made)).content.decode()
    assert ("Ces termes vous vont-ils" in shown, "en cours" in shown) == (False, True)
    assert as_(make_listed(network).user).get(page("mentorship", made)).status_code == 404


def test_other_terms_are_proposed_from_a_form() -> None:
    network = make_network()
    made = make_mentorship(network)
    client = as_(made.mentor)
    fields = {"goals": "Autre chose", "rhythm": "weekly", "ends_on": made.ends_on.isoformat(), "number": "1"}
    assert client.get(page("mentorship-terms", made)).status_code == 200
    assert client.post(page("mentorship-terms", made), {**fields, "goals": ""}).status_code == 422
    assert client.post(page("mentorship-terms", made), fields).status_code == 303
    assert client.post(page("mentorship-terms", made), {**fields, "goals": "Encore"}).status_code == 409
    made.refresh_from_db()
    assert (made.goals, made.rhythm, made.terms_number) == ("Autre chose", "weekly", 2)


def test_a_meeting_is_a_session_of_its_people_in_their_agendas() -> None:
    network = make_network()
    made = make_mentorship(network)
    client = as_(made.peers.get().user)
    assert client.post(page("mentorship-meet", made), meeting(days=-1)).status_code == 422
    for _again in range(2):
        assert client.post(page("mentorship-meet", made), meeting(place="Mairie")).status_code == 303
    session = PeerSession.objects.get()
    assert (session.circle, session.place, MentorshipMeeting.objects.get().session) == (made.circle, "Mairie", session)
    seated = set(Registration.objects.registered().filter(session=session).values_list("user", flat=True))
    assert seated == {made.mentor_id, made.peers.get().user_id}
    assert "Mairie" in client.get(page("mentorship", made)).content.decode()


def test_ending_calls_off_what_was_planned() -> None:
    network = make_network()
    made = make_mentorship(network)
    form = meeting()
    assert as_(made.mentor).post(page("mentorship-meet", made), form).status_code == 303
    assert as_(made.peers.get().user).post(page("mentorship-course", made), {"act": "end"}).status_code == 303
    assert PeerSession.objects.get().is_cancelled
    assert as_(made.mentor).get(page("mentorship-course", made)).status_code == 403
    assert as_(made.mentor).get(page("mentorship-meet", made)).status_code == 403
    assert as_(made.mentor).get(page("mentorship", made)).status_code == 200


def test_pausing_and_leaving_are_acts_of_one_page() -> None:
    network = make_network()
    made = make_mentorship(network)
    client, address = as_(made.peers.get().user), page("mentorship-course", made)
    assert client.post(address, {"act": "pause", "until": "hier"}).status_code == 422
    for day in (timezone.localdate().isoformat(), "9999-12-31"):
        assert client.post(address, {"act": "pause", "until": day}).status_code == 422
    assert client.post(address, {"act": "pause"}).status_code == 303
    assert client.post(address, {"act": "autre"}).status_code == 422
    assert client.post(address, {"act": "resume"}).status_code == 303
    asked = client.get(address)
    assert f"{made.mentor.full_name} apprend que le mentorat s’arrête, sans savoir pourquoi." in asked.content.decode()
    assert "looks_again" not in as_(made.mentor).get(address).content.decode()
    token = asked.context["leave_form"]["token"].value()
    answer = client.post(address, {"act": "leave", "looks_again": "on", "token": str(token)})
    draft = Need.objects.get()
    assert answer["Location"] == reverse("mentoring:need-edit", args=[draft.pk])
    assert client.post(address, {"act": "again", "token": str(token)})["Location"] == answer["Location"]


def test_a_group_is_offered_and_people_are_asked_by_name() -> None:
    network = make_network()
    mentor, peer = make_listed(network).user, make_listed(network, "Aïcha", "Bernard").user
    client, new = as_(mentor), reverse("mentoring:mentorship-new", args=[network.slug])
    competence(SLUG)
    form = client.get(new).context["form"]
    fields = {name: form[name].value() for name in ("token", "number", "rhythm", "ends_on", "places")}
    assert client.post(new, fields).status_code == 422
    answer = client.post(new, {**fields, "goals": "Se lancer ensemble", "competence": SLUG})
    group = Mentorship.objects.get()
    assert answer["Location"] == page("mentorship-invite", group)
    found = client.post(page("mentorship-invite", group), {"act": "find", "words": "bernard"})
    assert [entry.user for entry in found.context["entries"]] == [peer]
    asked = client.post(page("mentorship-invite", group), {"act": "invite", "pk": str(peer.pk)})
    assert asked.status_code == 303
    assert group.peers.get().user == peer
    assert "Groupe avec Aïcha Bernard" in client.get(page("mentorship", group)).content.decode()
    assert as_(peer).get(page("mentorship-invite", group)).status_code == 403
    shown = as_(peer).get(page("mentorship", group)).content.decode()
    assert ("Vous êtes invité·e" in shown, "Notre conversation" in shown, "Notes" in shown) == (True, False, False)
    assert as_(peer).get(page("accompaniment", group)).status_code == 403


def test_who_leaves_a_group_comes_no_more_to_its_meetings() -> None:
    network = make_network()
    first, second = make_listed(network).user, make_listed(network).user
    group = make_group(network, None, first, second)
    form = meeting()
    starts_at = timezone.now() + timedelta(days=3)
    session = plan_meeting(
        actor=first, mentorship=group, starts_at=starts_at, minutes=30, token=form["token"], timezone_name="UTC"
    )
    token = as_(first).get(page("mentorship-course", group)).context["leave_form"]["token"].value()
    assert as_(first).post(page("mentorship-course", group), {"act": "leave", "token": str(token)}).status_code == 303
    seated = set(Registration.objects.registered().filter(session=session).values_list("user", flat=True))
    assert seated == {group.mentor_id, second.pk}
    assert not PeerSession.objects.get().is_cancelled
