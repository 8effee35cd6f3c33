"""Mentorships: proposed, agreed upon, changed, gone on with, left, ended."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from mentoring import mentorship_handlers as handlers
from mentoring.enums import MentorshipEnd, MentorshipState, NeedKind, NeedState, Rhythm
from mentoring.events import (
    MentorshipAgreed,
    MentorshipDue,
    MentorshipEnded,
    MentorshipProposed,
    PeerLeft,
    TermsChanged,
)
from mentoring.models import Evidence, HierarchicalLink, KeptApart, MentoringProfile, Mentorship, Need
from mentoring.queries.load import load_of
from mentoring.services import mentorship_course as course
from mentoring.services.mentorships import invite_peer, propose_group, propose_mentorship
from mentoring.services.needs import mark_answered
from mentoring.services.solicitations import accept_solicitation
from mentoring.services.terms import agree_terms, change_terms
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import CircleMember
from peerhub.people.services.memberships import end_membership
from tests.builders import make_animator, make_network
from tests.mentoring.builders import make_listed, told
from tests.mentoring.mentorship_builders import GOALS, make_group, make_mentorship
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask

pytestmark = pytest.mark.django_db


def test_it_runs_once_both_agreed_to_the_same_terms() -> None:
    network = make_network()
    mentor, peer = make_listed(network).user, make_listed(network).user
    made = make_mentorship(network, mentor, [peer], state="proposed")
    dispatch_all()
    for _again in range(2):
        assert agree_terms(actor=peer, mentorship=made, number=1).state == MentorshipState.PROPOSED
    running = agree_terms(actor=mentor, mentorship=made, number=1)
    assert (running.state, running.starts_on) == (MentorshipState.ACTIVE, timezone.localdate())
    assert [*Mentorship.objects.visible_to(mentor)] == [*Mentorship.objects.visible_to(peer)] == [made]
    assert not Mentorship.objects.visible_to(make_animator(network).user).exists()
    with pytest.raises(Refused):
        agree_terms(actor=make_listed(network).user, mentorship=made, number=1)
    assert (told(mentor), told(peer)) == (["mentorship_proposed"], ["mentorship_proposed", "mentorship_agreed"])


def test_a_change_asks_everyone_anew_and_stops_nothing() -> None:
    network = make_network()
    made = make_mentorship(network)
    mentor, peer = made.mentor, made.peers.get().user
    later = made.ends_on + timedelta(days=30)
    changed = change_terms(actor=peer, mentorship=made, number=1, fields={"goals": " Autre. ", "rhythm": "weekly"})
    assert (changed.terms_number, changed.goals, changed.rhythm) == (2, "Autre.", Rhythm.WEEKLY)
    assert (changed.state, changed.mentor_agreed_number, made.peers.get().agreed_number) == ("active", 1, 2)
    with pytest.raises(DomainError, match="entre-temps"):
        change_terms(actor=mentor, mentorship=made, number=1, fields={"ends_on": later})
    with pytest.raises(DomainError, match="entre-temps"):
        agree_terms(actor=mentor, mentorship=made, number=1)
    assert change_terms(actor=mentor, mentorship=made, number=2, fields={"goals": "Autre."}).terms_number == 2
    assert agree_terms(actor=mentor, mentorship=made, number=2).mentor_agreed_number == 2
    assert change_terms(actor=mentor, mentorship=made, number=2, fields={"ends_on": later}).ends_on == later
    with pytest.raises(DomainError, match="Choisissez un jour entre le"):
        change_terms(actor=mentor, mentorship=made, number=3, fields={"ends_on": timezone.localdate()})
    assert told(peer)[-1] == "terms_changed"


def test_the_same_form_is_the_same_mentorship() -> None:
    network = make_network()
    mentor, other, token = make_listed(network).user, make_listed(network).user, uuid4()
    fields = {"goals": GOALS, "places": 3}
    first = propose_group(mentor=mentor, network=network, token=token, fields=fields)
    assert propose_group(mentor=mentor, network=network, token=token, fields=fields) == first
    with pytest.raises(Refused):
        propose_group(mentor=other, network=network, token=token, fields=fields)
    with pytest.raises(DomainError, match="de 2 à 12 places"):
        propose_group(mentor=mentor, network=network, token=uuid4(), fields={"places": 13})


def test_people_who_must_not_meet_are_not_brought_together_and_nothing_says_why() -> None:
    network = make_network()
    mentor, apart, junior = (make_listed(network).user for _number in range(3))
    KeptApart.objects.create(user=apart, other=mentor, asked_by=apart)
    HierarchicalLink.objects.create(senior=mentor, junior=junior)
    outside = make_listed(make_network()).user
    said = set()
    for peer in (apart, junior, outside, mentor):
        with pytest.raises(DomainError) as refusal:
            propose_mentorship(network=network, mentor=mentor, peers=[peer])
        said.add(str(refusal.value))
    assert len(said) == 1
    assert not Mentorship.objects.exists()


def test_a_mentor_without_a_place_begins_nothing_more() -> None:
    network = make_network()
    mentor, peer = make_listed(network).user, make_listed(network).user
    MentoringProfile.objects.create(user=mentor, people_at_a_time=1)
    first = make_mentorship(network, mentor)
    second = make_mentorship(network, mentor, [peer], state="proposed")
    agree_terms(actor=mentor, mentorship=second, number=1)
    with pytest.raises(DomainError, match="n’a plus de place"):
        agree_terms(actor=peer, mentorship=second, number=1)
    course.pause(actor=mentor, mentorship=first)
    assert load_of(mentor.pk, timezone.localdate()).room == 0
    course.leave(actor=mentor, mentorship=first)
    assert agree_terms(actor=peer, mentorship=second, number=1).state == MentorshipState.ACTIVE


def test_a_pause_ends_by_itself_at_its_date() -> None:
    network = make_network()
    made = make_mentorship(network)
    mentor, peer, today = made.mentor, made.peers.get().user, timezone.localdate()
    for days in (0, 184):
        with pytest.raises(DomainError, match="Choisissez un jour entre le"):
            course.pause(actor=peer, mentorship=made, until=today + timedelta(days=days))
    course.pause(actor=peer, mentorship=made, until=today + timedelta(days=7))
    with pytest.raises(Refused):
        course.pause(actor=mentor, mentorship=made)
    assert [course.tend(today + timedelta(days=days)) for days in (6, 7, 8)] == [0, 1, 0]
    made.refresh_from_db()
    assert (made.state, made.paused_until) == (MentorshipState.ACTIVE, None)
    assert course.pause(actor=peer, mentorship=made).paused_until == today + timedelta(days=183)
    assert course.resume(actor=mentor, mentorship=made).state == MentorshipState.ACTIVE


def test_at_its_end_date_its_people_are_asked_once_and_nothing_ends() -> None:
    network = make_network()
    made = make_mentorship(network, days=30)
    mentor, peer, today = made.mentor, made.peers.get().user, timezone.localdate()
    assert [course.tend(today + timedelta(days=days)) for days in (29, 30, 31)] == [0, 1, 0]
    assert (told(mentor)[-1], told(peer)[-1]) == ("mentorship_due", "mentorship_due")
    change_terms(actor=peer, mentorship=made, number=1, fields={"ends_on": today + timedelta(days=60)})
    assert [course.tend(today + timedelta(days=days)) for days in (59, 60, 200)] == [0, 1, 0]
    made.refresh_from_db()
    assert made.state == MentorshipState.ACTIVE
    assert Notification.objects.filter(kind="mentoring.mentorship_due").count() == 2
    assert told(peer).count("mentorship_due") == 2


def test_what_came_to_its_end_is_evidence_that_its_people_alone_see() -> None:
    network = make_network()
    made = make_mentorship(network, state="ended")
    peer = made.peers.get().user
    assert (made.state, made.ending) == (MentorshipState.ENDED, MentorshipEnd.DONE)
    [row] = Evidence.objects.all()
    assert (row.user, row.competence_id, row.mentorship, row.circle) == (
        made.mentor, made.competence_id, made, made.circle,
    )  # fmt: skip
    seen = [Evidence.objects.visible_to(user).count() for user in (made.mentor, peer, make_listed(network).user)]
    assert seen == [1, 1, 0]
    with pytest.raises(Refused):
        course.end(actor=peer, mentorship=made)
    make_mentorship(network, state="ended", competence=None)
    assert Evidence.objects.count() == 1


def test_leaving_is_without_fault_and_the_need_is_open_again() -> None:
    network = make_network()
    mentor, peer = make_listed(network).user, make_listed(network).user
    need = make_need(peer, network, kind=NeedKind.MENTORING)
    mark_answered(need_id=need.pk)
    made = make_mentorship(network, mentor, [peer], need=need)
    with pytest.raises(Refused):
        course.look_again(actor=peer, mentorship=made, token=uuid4())
    course.leave(actor=mentor, mentorship=made)
    made.refresh_from_db()
    assert (made.ending, told(peer)[-1], Evidence.objects.count()) == (MentorshipEnd.LEFT, "mentorship_ended", 0)
    assert course.look_again(actor=peer, mentorship=made, token=uuid4()) == need
    need.refresh_from_db()
    assert need.state == NeedState.OPEN
    with pytest.raises(Refused):
        course.look_again(actor=mentor, mentorship=made, token=uuid4())


def test_without_a_need_a_draft_is_there_to_be_completed() -> None:
    network = make_network()
    made = make_mentorship(network, state="proposed")
    peer, token = made.peers.get().user, uuid4()
    assert course.leave(actor=peer, mentorship=made).ending == MentorshipEnd.DECLINED
    draft = course.look_again(actor=peer, mentorship=made, token=token)
    assert course.look_again(actor=peer, mentorship=made, token=token) == draft
    assert (draft.state, draft.kind, draft.competence, draft.title) == ("draft", "mentoring", made.competence, "")
    assert Need.objects.count() == 1


def test_a_group_has_its_places_and_goes_on_when_somebody_leaves() -> None:
    network = make_network()
    first, second, third, fourth = (make_listed(network).user for _number in range(4))
    group = make_group(network, None, first, second)
    dispatch_all()
    with pytest.raises(Refused):
        change_terms(actor=first, mentorship=group, number=1, fields={"goals": "Autre"})
    with pytest.raises(Refused):
        invite_peer(mentor=first, mentorship=group, peer=third)
    asked = invite_peer(mentor=group.mentor, mentorship=group, peer=third)
    assert invite_peer(mentor=group.mentor, mentorship=group, peer=third) == asked
    with pytest.raises(Refused, match="places"):
        invite_peer(mentor=group.mentor, mentorship=group, peer=fourth)
    assert (told(second), told(third)) == (["mentorship_agreed"], ["mentorship_proposed"])
    course.leave(actor=first, mentorship=group)
    assert not Mentorship.objects.visible_to(first).exists()
    assert told(group.mentor)[-1] == "peer_left"
    invite_peer(mentor=group.mentor, mentorship=group, peer=fourth)
    course.leave(actor=fourth, mentorship=group)
    with pytest.raises(DomainError, match="a quitté ce groupe"):
        invite_peer(mentor=group.mentor, mentorship=group, peer=fourth)
    group.refresh_from_db()
    assert group.state == MentorshipState.ACTIVE
    assert course.look_again(actor=first, mentorship=group, token=uuid4()).author == first
    # Asked into a group, one is in its circle from one's agreement on.
    assert CircleMember.objects.filter(circle=group.circle).count() == 2
    agree_terms(actor=third, mentorship=group, number=1)
    assert CircleMember.objects.filter(circle=group.circle).count() == 3


def test_who_leaves_the_network_holds_no_place_there() -> None:
    network = make_network()
    mentor = make_listed(network)
    given, peer = make_mentorship(network, mentor.user), make_listed(network)
    group = make_group(network, None, peer.user, make_listed(network).user)
    for member in (mentor, peer):
        end_membership(membership=member, status=MembershipStatus.LEFT)
    dispatch_all()
    given.refresh_from_db()
    group.refresh_from_db()
    assert (given.state, group.state) == (MentorshipState.ENDED, MentorshipState.ACTIVE)
    assert group.peers.filter(left_at__isnull=True).count() == 1


def test_an_accepted_ask_for_accompaniment_becomes_a_mentorship_in_its_conversation() -> None:
    network = make_network()
    asker = make_listed(network).user
    peer, adviser = make_peer(network, "Maya"), make_peer(network, "Sami")
    need = make_need(asker, network, kind=NeedKind.MENTORING, details="Sans y passer mes nuits.")
    [asked] = ask(need, peer)
    accepted = accept_solicitation(peer=peer.user, solicitation=asked)
    # At once, with the yes: nothing else is offered meanwhile.
    made = Mentorship.objects.get()
    assert (made.state, made.mentor, made.peers.get().user) == ("proposed", peer.user, asker)
    assert (made.circle, made.topic, made.need, made.competence) == (
        accepted.circle, accepted.topic, need, need.competence,
    )  # fmt: skip
    assert made.goals == f"{need.title}\n\nSans y passer mes nuits."
    [advice] = ask(make_need(asker, network), adviser)
    accept_solicitation(peer=adviser.user, solicitation=advice)
    dispatch_all()
    assert Mentorship.objects.count() == 1


def test_mails_tell_that_something_happened_never_what_nor_with_whom() -> None:
    network = make_network()
    mentor, peer, other = (make_listed(network, name, "Quiproquo").user for name in ("Zénobie", "Yvon", "Xavière"))
    made = make_mentorship(network, mentor, [peer], state="proposed", goals="Potiron")
    dispatch_all()
    for actor in (mentor, peer):
        agree_terms(actor=actor, mentorship=made, number=1)
    change_terms(actor=mentor, mentorship=made, number=1, fields={"goals": "Potimarron"})
    dispatch_all()
    deliver_due()
    course.pause(actor=mentor, mentorship=made)
    dispatch_all()
    deliver_due()
    course.resume(actor=mentor, mentorship=made)
    course.tend(made.ends_on)
    dispatch_all()
    deliver_due()
    course.end(actor=mentor, mentorship=made)
    group = make_group(network, mentor, peer, other, goals="Potiron")
    dispatch_all()
    course.leave(actor=other, mentorship=group)
    dispatch_all()
    deliver_due()
    kinds = set(Notification.objects.values_list("kind", flat=True))
    assert kinds == {
        f"mentoring.{kind}"
        for kind in (
            *("mentorship_proposed", "terms_changed", "mentorship_agreed", "mentorship_paused"),
            *("mentorship_resumed", "mentorship_due", "mentorship_ended", "peer_left"),
        )
    }
    told_once = Notification.objects.count()
    handlers.on_mentorship_proposed(MentorshipProposed(group.pk))
    handlers.on_terms_changed(TermsChanged(made.pk, number=2, actor_id=mentor.pk))
    handlers.on_mentorship_agreed(MentorshipAgreed(made.pk, actor_id=peer.pk))
    handlers.on_mentorship_due(MentorshipDue(made.pk))
    handlers.on_mentorship_ended(MentorshipEnded(made.pk, actor_id=mentor.pk))
    handlers.on_peer_left(PeerLeft(group.pk, user_id=other.pk))
    assert Notification.objects.count() == told_once
    assert len({message.subject for message in mail.outbox}) >= 7
    for message in mail.outbox:
        text = " ".join(str(part.get_payload(decode=True) or b"") for part in message.message().walk())
        said = f"{message.subject} {text}".lower()
        assert [word for word in ("poti", "quiproquo", "ouvrir un tiers") if word in said] == []
