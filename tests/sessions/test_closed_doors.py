"""What was closed stays closed: also in sequence, by race, through a delegate, and in the journal."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Delegation, Membership, User
from peerhub.people.services.circles import category_circle
from sessions.enums import Voice
from sessions.models import Conclusion, PeerSession, Registration
from sessions.policies.conclusions import can_see_conclusion
from sessions.queries.conclusions import conclusion_of, group_of
from sessions.queries.confidentiality import authors_of
from sessions.services import conclusions, revealing
from sessions.services.attendance import check_in, record_list
from sessions.services.confidentiality import answer_lowering, ask_to_lower, raise_confidentiality
from sessions.services.delegations import name_delegate
from sessions.services.peer_days import Change, edit_slot, send_invitations
from sessions.services.poll_closing import close_on
from sessions.services.programmes import About, edit_programme
from sessions.services.registration import register, wait_for_seat, withdraw
from sessions.services.seats import invite_people
from tests.builders import make_category, make_member, make_network
from tests.conftest import Browser
from tests.sessions import conclusions as groups
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session, network_circle
from tests.sessions.poll_builders import make_poll, slots_of
from tests.sessions.test_confidentiality import write
from tests.sessions.test_peer_days import make_day, make_programme


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> list[Exception]:
    """Do `second` while the transaction of `first` is open; what failed otherwise than by a refusal."""
    begun, failures = threading.Event(), []

    def other() -> None:
        begun.wait(5)
        try:
            second()
        except DomainError:
            pass
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    with transaction.atomic():
        first()
        begun.set()
        time.sleep(1)
    thread.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_nobody_sits_in_a_session_that_closes_meanwhile() -> None:
    network = make_network()
    session = make_session(network)
    one, other = make_member(network).user, make_member(network).user
    make_registration(session, one)
    actor = animator_of(network)
    failures = meanwhile(
        lambda: raise_confidentiality(actor=actor, session=session, target="registered"),
        lambda: register(user=other, session=session),
    )
    assert failures == []
    assert not PeerSession.objects.visible_to(other).filter(pk=session.pk).exists()
    assert not Registration.objects.filter(session=session, user=other).exists()


# --- Conclusions leave by the agora ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_conclusions_do_not_leave_by_an_opening_asked_before_them() -> None:
    day = groups.make_day(("elected",), people=2)
    session, people = day.groups["elected"], day.people["elected"]
    for user in people:
        write(session, user)
    asked = ask_to_lower(actor=people[0], session=session, target="network", reason="Le partager.")
    conclusions.write_conclusion(author=people[1], session=session, body="canari", version=0)
    with pytest.raises(Refused, match="par l’agora"):
        answer_lowering(user=people[1], request=asked, agrees=True)
    session.refresh_from_db()
    assert session.is_confidential
    asked.refresh_from_db()
    assert asked.closed_at is None


@pytest.mark.django_db(transaction=True)
def test_no_conclusion_is_written_into_a_session_that_opens_meanwhile() -> None:
    day = groups.make_day(("elected",), people=2)
    session, people = day.groups["elected"], day.people["elected"]
    for user in people:
        write(session, user)
    asked = ask_to_lower(actor=people[0], session=session, target="network", reason="Le partager.")
    failures = meanwhile(
        lambda: answer_lowering(user=people[1], request=asked, agrees=True),
        lambda: conclusions.write_conclusion(author=people[1], session=session, body="canari", version=0),
    )
    assert failures == []
    session.refresh_from_db()
    assert not session.is_confidential
    assert not Conclusion.objects.exclude(body="").exists()


@pytest.mark.django_db
def test_what_is_not_revealed_is_read_in_confidence_alone() -> None:
    """The second line: even if the session were opened by somebody who forgot its conclusions."""
    day = groups.make_day(("elected",), people=2)
    outsider = make_member(day.network).user
    for act, outside in ((groups.propose, False), (groups.seal, False), (None, True)):
        session = day.groups["elected"]
        if act is not None:
            act(day)
        else:
            Conclusion.objects.update(state="revealed", revealed_at=session.starts_at)
        PeerSession.objects.filter(pk=session.pk).update(circle=network_circle(day.network))
        conclusion = Conclusion.objects.select_related("session__circle", "agora__circle").get()
        for user in (outsider, day.people["elected"][0]):
            assert Conclusion.objects.visible_to(user).exists() is outside
            assert bool(can_see_conclusion(user, conclusion)) is outside
        assert (conclusion_of(conclusion.session) is not None) is outside
        PeerSession.objects.filter(pk=session.pk).update(circle=session.circle)


@pytest.mark.django_db
@pytest.mark.parametrize("is_asked_before", [False, True])
def test_an_agora_in_confidence_keeps_the_envelopes_of_others(*, is_asked_before: bool) -> None:
    day = groups.make_day(("elected",), people=2)
    agora, people = day.agora, day.people["elected"]
    for user in people:
        write(agora, user)
    raise_confidentiality(actor=day.animator, session=agora, target="registered")
    if is_asked_before:
        asked = ask_to_lower(actor=people[1], session=agora, target="network", reason="Hop.")
    groups.seal(day)

    def lower() -> None:
        if is_asked_before:
            answer_lowering(user=people[0], request=asked, agrees=True)
        else:
            ask_to_lower(actor=people[1], session=agora, target="network", reason="Hop.")

    with pytest.raises(Refused, match="enveloppes"):
        lower()
    revealing.open_envelopes(actor=day.animator, agora=agora)
    with pytest.raises(Refused, match="enveloppes"):
        lower()
    outsider = make_member(day.network).user
    assert Conclusion.objects.visible_to(people[0]).exists()
    assert not Conclusion.objects.visible_to(outsider).exists()


@pytest.mark.django_db
def test_saying_oneself_present_does_not_make_one_the_group() -> None:
    day = groups.make_day(("elected",), people=3)
    session, people = day.groups["elected"], day.people["elected"]
    everyone = {user.pk for user in people}
    check_in(user=people[0], session=session)
    assert group_of(session) == everyone
    groups.propose(day)
    with pytest.raises(Refused, match="tout le monde"):
        conclusions.seal(actor=people[0], session=session, version=1)
    session.facilitators.add(people[2])
    record_list(actor=people[2], session=session, half_day=0, user_ids=[], guest_ids=[])
    assert group_of(session) == everyone
    record_list(actor=people[2], session=session, half_day=0, user_ids=[people[0].pk, people[2].pk], guest_ids=[])
    assert group_of(session) == {people[0].pk, people[2].pk}


# --- What one asks for, and its journal -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_twin_that_was_asked_for_follows_its_programme() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    kept, gone = programme.circle.delegations
    make_member(programme.network, category="agent", delegation=Delegation.objects.get(pk=kept))
    day = make_day(programme)
    send_invitations(actor=actor, peer_day=day)
    session = PeerSession.objects.get(peer_day=day, circle__categories=[make_category("agent").pk])
    session.facilitators.clear()
    agents = Membership.objects.filter(affiliation__category__slug="agent").select_related("user").order_by("pk")
    one, other = (row.user for row in agents.filter(delegation=kept))
    out = agents.get(delegation=gone).user
    for user in (one, other):
        write(session, user)
    asked = ask_to_lower(actor=one, session=session, target="twin", reason="Ouvrons.")
    assert asked.circle is None
    about = About(title="T", starts_on=programme.starts_on, ends_on=programme.ends_on)
    edit_programme(actor=actor, programme=programme, about=about, delegations=[kept])
    answered = answer_lowering(user=other, request=asked, agrees=True)
    session.refresh_from_db()
    assert (answered.is_granted, session.is_confidential, session.circle) == (True, False, answered.circle)
    assert session.circle.delegations == [kept]
    assert not PeerSession.objects.visible_to(out).filter(pk=session.pk).exists()
    assert PeerSession.objects.visible_to(one).filter(pk=session.pk).exists()


@pytest.mark.django_db
def test_a_request_is_read_by_those_among_whom_it_was_made() -> None:
    network = make_network()
    asker, author, silent = (make_member(network, category="elected").user for _ in range(3))
    outsider = make_member(network).user
    session = make_session(network, circle=confidential_circle(network))
    write(session, author)
    refused = ask_to_lower(actor=asker, session=session, target="network", reason="canari dit entre nous")
    answer_lowering(user=author, request=refused, agrees=False)
    assert ask_to_lower(actor=author, session=session, target="network", reason="canari pour ouvrir").is_granted
    url = reverse("sessions:confidentiality", args=[session.pk])
    for user in (asker, author, silent):
        page = Browser().as_user(user).get(url).content.decode()
        assert page.count("canari") == 2
    page = Browser().as_user(outsider).get(url).content.decode()
    assert "Ouverte, avec l’accord" in page
    assert [word for word in ("canari", asker.full_name, author.full_name) if word in page] == []


# --- Closed to those registered -------------------------------------------------------------------------------------


def inside(session: PeerSession) -> set[User]:
    circle = PeerSession.objects.select_related("circle").get(pk=session.pk).circle
    assert circle.member_count == circle.members.count()
    return set(circle.members.all())


@pytest.mark.django_db
def test_who_withdraws_is_out_and_who_closed_it_stays() -> None:
    network = make_network()
    session, actor = make_session(network), animator_of(network)
    one, other, facilitator = (make_member(network).user for _ in range(3))
    session.facilitators.add(facilitator)
    for user in (one, other, facilitator, actor):
        make_registration(session, user)
    raise_confidentiality(actor=actor, session=session, target="registered")
    for user in (one, facilitator, actor):
        withdraw(user=user, session=session)
    assert inside(session) == {other, facilitator, actor}
    assert not PeerSession.objects.visible_to(one).filter(pk=session.pk).exists()
    with pytest.raises(Refused, match="pas ouverte"):
        register(user=one, session=session)
    register(user=facilitator, session=session)
    assert inside(session) == {other, facilitator, actor}


@pytest.mark.django_db
def test_who_waits_outside_leaves_the_list_as_the_session_closes() -> None:
    network = make_network()
    session, actor = make_session(network, capacity=2), animator_of(network)
    one, other, offered, waiting, helper = (make_member(network).user for _ in range(5))
    session.facilitators.add(helper)
    for user in (one, other):
        make_registration(session, user)
    for user in (offered, waiting, helper):
        wait_for_seat(user=user, session=session)
    withdraw(user=one, session=session)

    def states() -> list[str]:
        rows = Registration.objects.filter(session=session).order_by("pk")
        return list(rows.values_list("state", flat=True))

    assert states() == ["withdrawn", "registered", "offered", "waiting", "waiting"]
    raise_confidentiality(actor=actor, session=session, target="registered")
    assert states() == ["withdrawn", "registered", "withdrawn", "withdrawn", "offered"]
    session.refresh_from_db()
    assert (session.registered_count, session.held_count) == (1, 1)
    assert inside(session) == {other, helper, actor}


@pytest.mark.django_db
def test_a_new_facilitator_is_let_in_and_the_one_before_is_out() -> None:
    programme = make_programme()
    actor = animator_of(programme.network)
    day = make_day(programme)
    send_invitations(actor=actor, peer_day=day)
    agora = PeerSession.objects.get(peer_day=day, format="agora")
    was = make_member(programme.network).user
    agora.facilitators.set([was])
    raise_confidentiality(actor=actor, session=agora, target="registered")
    assert inside(agora) == {was, actor}
    helper = make_member(programme.network).user
    change = Change(
        title=None,
        starts_at=agora.starts_at,
        ends_at=agora.ends_at,
        facilitators=frozenset({helper.pk}),
        capacity=None,
        per_delegation=None,
    )
    edit_slot(actor=actor, session=agora, change=change)
    assert inside(agora) == {helper, actor}


@pytest.mark.django_db
def test_the_poll_that_made_a_session_closes_with_it_and_does_not_open() -> None:
    network = make_network()
    actor, one, out = animator_of(network), make_member(network).user, make_member(network).user
    poll = make_poll(network, title="canari-titre", note="canari-note")
    session = close_on(actor=actor, poll=poll, slot_id=slots_of(poll)[0].pk)
    register(user=one, session=session)
    url = reverse("sessions:poll", args=[poll.pk])
    assert "canari" in Browser().as_user(out).get(url).content.decode()
    raise_confidentiality(actor=actor, session=session, target="registered")
    assert Browser().as_user(out).get(url).status_code == 404
    assert "canari" in Browser().as_user(one).get(url).content.decode()
    PeerSession.objects.filter(pk=session.pk).update(
        ends_at=timezone.now(), starts_at=timezone.now() - timedelta(hours=1)
    )
    assert ask_to_lower(actor=one, session=session, target="network", reason="Ouvrons.").is_granted
    assert Browser().as_user(out).get(url).status_code == 404


# --- Outside of the circle, and silenced -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_delegate_outside_of_the_circle_does_not_read_the_title() -> None:
    network = make_network()
    actor = animator_of(network)
    principal, delegate = make_member(network, category="elected").user, make_member(network).user
    name_delegate(actor=principal, network=network, principal=principal, user=delegate)
    circle = category_circle(network=network, category=make_category("elected"))
    session = make_session(network, circle=circle, title="canari-titre")
    invite_people(actor=actor, session=session, user_ids=[principal.pk])
    assert not PeerSession.objects.visible_to(delegate).filter(pk=session.pk).exists()
    for url in (
        reverse("sessions:seat-answers", args=[session.pk]),
        reverse("sessions:seat-answer-for", args=[session.pk, principal.pk]),
    ):
        page = Browser().as_user(delegate).get(url).content.decode()
        assert f"Séance · {network.name}" in page
        assert "canari" not in page


@pytest.mark.django_db
def test_who_is_silenced_writes_no_conclusions_and_no_reasons() -> None:
    day = groups.make_day(("elected",), people=2)
    session, (user, other) = day.groups["elected"], day.people["elected"]
    own = Membership.objects.filter(user=user)
    own.update(silenced_until=timezone.now() + timedelta(days=1))
    with pytest.raises(Refused, match="sans pouvoir y écrire"):
        groups.write(day)
    with pytest.raises(Refused, match="sans pouvoir y écrire"):
        ask_to_lower(actor=user, session=session, target="network", reason="Hop.")
    own.update(silenced_until=None)
    groups.propose(day)
    own.update(silenced_until=timezone.now() + timedelta(days=1))
    for voice in Voice:
        with pytest.raises(Refused, match="sans pouvoir y écrire"):
            conclusions.give_voice(user=user, session=session, version=1, voice=voice, reason="Non.")
    conclusions.give_voice(user=other, session=session, version=1, voice=Voice.OBJECTS, reason="Non.")
    own.update(silenced_until=timezone.now() - timedelta(minutes=1))
    groups.write(day, body="Autre texte.")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["facilitates", "registered"])
def test_who_trusted_the_confidence_is_asked(role: str) -> None:
    network = make_network()
    asker, trusting, silent = (make_member(network, category="elected").user for _ in range(3))
    session = make_session(network, circle=confidential_circle(network))
    if role == "facilitates":
        session.facilitators.add(trusting)
    else:
        make_registration(session, trusting)
    asked = ask_to_lower(actor=asker, session=session, target="network", reason="Hop.")
    assert set(asked.voices.values_list("user", "agrees")) == {(trusting.pk, None)}
    session.refresh_from_db()
    assert session.is_confidential
    with pytest.raises(Refused, match="qui ont écrit"):
        answer_lowering(user=silent, request=asked, agrees=True)
    assert answer_lowering(user=trusting, request=asked, agrees=True).is_granted


@pytest.mark.django_db
def test_after_the_end_those_registered_are_asked_of_what_the_group_wrote() -> None:
    day = groups.make_day(("elected",), people=2)
    session, people = day.groups["elected"], day.people["elected"]
    groups.begin(session)
    PeerSession.objects.filter(pk=session.pk).update(ends_at=timezone.now())
    session.refresh_from_db()
    assert authors_of(session) == set()
    groups.write(day)
    assert authors_of(session) == {user.pk for user in people}
