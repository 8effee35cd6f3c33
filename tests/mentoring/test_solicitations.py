"""Asking peers, one after the other: who may be asked, what each answer sets going, what the clock does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from forums.models import Topic
from mentoring.enums import NeedAudience, NeedKind, NeedState, PassedOn
from mentoring.models import Absence, HierarchicalLink, KeptApart, MentoringProfile, Need, NeedSuggestion, Solicitation
from mentoring.queries.needs import need_for
from mentoring.queries.solicitations import passed_on
from mentoring.services.lapses import lapse_due, remind_due, tend_solicitations
from mentoring.services.needs import close_need
from mentoring.services.solicitations import (
    accept_solicitation,
    decline_solicitation,
    mark_seen,
    plan_call,
    propose_moments,
    send_now,
    withdraw_solicitation,
)
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import CircleMember, Membership, Network
from peerhub.people.services.memberships import leave_network
from sessions.models import Registration
from tests.builders import make_animator, make_network
from tests.mentoring.builders import make_listed
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask, move_clock, states

pytestmark = pytest.mark.django_db


def kinds(member: Membership) -> list[str]:
    rows = Notification.objects.filter(recipient=member.user, kind__startswith="mentoring.")
    return list(rows.order_by("pk").values_list("kind", flat=True))


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_the_first_is_asked_and_the_others_wait_their_turn(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    first, second = ask(need, zoe, paul)
    dispatch_all()
    assert states(need) == ["sent", "queued"]
    assert first.circle is not None
    inside = CircleMember.objects.filter(circle=first.circle).values_list("user", flat=True)
    assert set(inside) == {me.user_id, zoe.user_id}
    assert (first.circle.kind, first.circle.is_confidential) == ("conversation", True)
    assert second.circle is None
    assert (kinds(zoe), kinds(paul)) == (["mentoring.solicitation_sent"], [])
    # The need, shown to those who are asked alone, is shown to her now.
    assert need_for(zoe.user, need.pk) == need
    with pytest.raises(Need.DoesNotExist):
        need_for(paul.user, need.pk)
    asked = NeedSuggestion.objects.filter(need=need, state="asked").values_list("peer", flat=True)
    assert set(asked) == {zoe.user_id, paul.user_id}
    seen = [Solicitation.objects.visible_to(one.user).count() for one in (me, zoe, paul, make_animator(network))]
    assert seen == [2, 1, 0, 0]


def test_a_form_sent_twice_asks_once(network: Network, me: Membership) -> None:
    zoe, token = make_peer(network, "Zoé"), uuid4()
    need = make_need(me.user, network)
    assert ask(need, zoe, token=token) == ask(need, zoe, token=token)
    with pytest.raises(DomainError, match="déjà sollicité"):
        ask(need, zoe)


def test_whom_one_may_not_ask_and_nobody_is_told_why(network: Network, me: Membership) -> None:
    today = timezone.localdate()
    away, above, apart, busy, gone, free = (
        make_peer(network, name) for name in ("Ana", "Bob", "Cleo", "Dan", "Eva", "Fay")
    )
    Absence.objects.create(user=away.user, starts_on=today, ends_on=today)
    HierarchicalLink.objects.create(senior=above.user, junior=me.user, declared_by=me.user)
    KeptApart.objects.create(user=apart.user, other=me.user, asked_by=apart.user, network=network)
    MentoringProfile.objects.create(user=busy.user, people_at_a_time=0)
    leave_network(membership=gone)
    dispatch_all()
    need, said = make_need(me.user, network), set()
    for one in (away, above, apart, busy, gone, me):
        with pytest.raises(DomainError) as refusal:
            ask(need, one)
        said.add(str(refusal.value))
    assert len(said) == 1
    for number in range(3):
        ask(make_need(make_listed(network, f"Autre {number}").user, network), free)
    with pytest.raises(DomainError, match="en ce moment"):
        ask(need, free)
    assert states(need) == []


def test_only_its_author_asks_while_it_is_open(network: Network, me: Membership) -> None:
    zoe, other = make_peer(network, "Zoé"), make_listed(network, "Léa")
    need = make_need(me.user, network)
    need.author = other.user
    with pytest.raises(Refused):
        ask(need, zoe)
    need.author = me.user
    close_need(author=me.user, need=need, closing="dropped")
    with pytest.raises(Refused, match="plus ouvert"):
        ask(need, zoe)


# --- Answers --------------------------------------------------------------------------------------------------------


def test_yes_opens_a_conversation_of_the_two_and_nobody_else_is_asked(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    dispatch_all()
    first, _second = ask(need, zoe, paul)
    accepted = accept_solicitation(peer=zoe.user, solicitation=first)
    assert accept_solicitation(peer=zoe.user, solicitation=first) == accepted
    dispatch_all()
    need.refresh_from_db()
    assert (states(need), need.state) == (["accepted", "withdrawn"], NeedState.ANSWERED)
    assert accepted.topic is not None
    assert [Topic.objects.visible_to(one.user).filter(pk=accepted.topic.pk).count() for one in (me, zoe, paul)] == [
        *(1, 1, 0)
    ]
    assert kinds(me) == ["mentoring.solicitation_accepted"]
    assert need.task.done_at is not None


def test_only_who_is_asked_answers_and_only_once(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    (first,) = ask(need, zoe)
    for other in (me, paul):
        with pytest.raises(Refused):
            accept_solicitation(peer=other.user, solicitation=first)
    KeptApart.objects.create(user=me.user, other=zoe.user, asked_by=me.user, network=network)
    with pytest.raises(DomainError, match="plus de réponse"):
        accept_solicitation(peer=zoe.user, solicitation=first)
    decline_solicitation(peer=zoe.user, solicitation=first, reason="time")
    with pytest.raises(Refused):
        accept_solicitation(peer=zoe.user, solicitation=first)


def test_no_place_left_is_said_before_anything_is_promised(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    (first,) = ask(make_need(me.user, network), zoe)
    MentoringProfile.objects.create(user=zoe.user, people_at_a_time=0)
    with pytest.raises(DomainError, match="Toutes les places"):
        accept_solicitation(peer=zoe.user, solicitation=first)
    assert states(first.need) == ["sent"]


def test_an_accompaniment_that_is_promised_takes_a_place(network: Network, me: Membership) -> None:
    zoe, other = make_peer(network, "Zoé"), make_listed(network, "Léa")
    MentoringProfile.objects.create(user=zoe.user, people_at_a_time=1)
    wanted = {"kind": NeedKind.MENTORING}
    (first,), (second,) = (
        ask(make_need(me.user, network, **wanted), zoe),
        ask(make_need(other.user, network, **wanted), zoe),
    )
    accept_solicitation(peer=zoe.user, solicitation=first)
    with pytest.raises(DomainError, match="Toutes les places"):
        accept_solicitation(peer=zoe.user, solicitation=second)


def test_no_goes_on_to_the_next_in_line(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    first, _second = ask(need, zoe, paul)
    declined = decline_solicitation(peer=zoe.user, solicitation=first, reason="time", note="  En mai ? ")
    assert decline_solicitation(peer=zoe.user, solicitation=first, reason="other") == declined
    dispatch_all()
    first.refresh_from_db()
    assert (first.decline_reason, first.decline_note, states(need)) == ("time", "En mai ?", ["declined", "sent"])
    assert (kinds(me), kinds(paul)) == (["mentoring.solicitation_declined"], ["mentoring.solicitation_sent"])


def test_who_may_not_be_asked_any_more_loses_their_turn(network: Network, me: Membership) -> None:
    zoe, paul, rose = make_peer(network, "Zoé"), make_peer(network, "Paul"), make_peer(network, "Rose")
    need = make_need(me.user, network)
    first, *_others = ask(need, zoe, paul, rose)
    KeptApart.objects.create(user=paul.user, other=me.user, asked_by=paul.user, network=network)
    decline_solicitation(peer=zoe.user, solicitation=first, reason="time")
    assert states(need) == ["declined", "withdrawn", "sent"]


def test_passed_on_to_someone_better_before_the_others(network: Network, me: Membership) -> None:
    zoe, paul, rose = make_peer(network, "Zoé"), make_peer(network, "Paul"), make_peer(network, "Rose")
    need = make_need(me.user, network)
    first, second = ask(need, zoe, paul)
    decline_solicitation(peer=zoe.user, solicitation=first, reason="someone_else", pass_on_to=rose.user_id)
    passed = Solicitation.objects.get(peer=rose.user)
    second.refresh_from_db()
    assert (passed.state, passed.passed_from, second.state) == ("sent", first, "queued")
    assert passed.question == first.question
    # Who named them reads that it was sent, then a yes alone.
    assert passed_on(first) == PassedOn.SENT
    accept_solicitation(peer=rose.user, solicitation=passed)
    assert (passed_on(first), passed_on(second)) == (PassedOn.TAKEN, None)


def test_without_that_wish_its_author_decides_about_who_was_named(network: Network, me: Membership) -> None:
    zoe, paul, rose = make_peer(network, "Zoé"), make_peer(network, "Paul"), make_peer(network, "Rose")
    need = make_need(me.user, network)
    first, second = ask(need, zoe, paul, goes_on=False)
    decline_solicitation(peer=zoe.user, solicitation=first, reason="someone_else", pass_on_to=rose.user_id)
    passed = Solicitation.objects.get(peer=rose.user)
    assert [Solicitation.objects.get(pk=one.pk).state for one in (passed, second)] == ["queued", "queued"]
    assert passed_on(first) == PassedOn.KEPT
    assert send_now(asker=me.user, solicitation=passed).state == "sent"
    with pytest.raises(Refused, match="déjà sollicitée"):
        send_now(asker=me.user, solicitation=second)


def test_passing_on_is_judged_as_if_its_author_asked(network: Network, me: Membership) -> None:
    zoe, paul, linked, apart = (make_peer(network, name) for name in ("Zoé", "Paul", "Cheffe", "Loin"))
    elsewhere = make_peer(make_network("Ailleurs"), "Max")
    HierarchicalLink.objects.create(senior=linked.user, junior=me.user, declared_by=me.user)
    KeptApart.objects.create(user=apart.user, other=me.user, asked_by=apart.user, network=network)
    need = make_need(me.user, network)
    first, _second = ask(need, zoe, paul)
    said = set()
    for one in (linked, apart, elsewhere, paul, me, zoe):
        with pytest.raises(DomainError) as refusal:
            decline_solicitation(peer=zoe.user, solicitation=first, reason="other", pass_on_to=one.user_id)
        said.add(str(refusal.value))
    assert (len(said), states(need)) == (1, ["sent", "queued"])


def test_taken_back_the_next_one_is_asked(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    first, second = ask(need, zoe, paul)
    with pytest.raises(Refused):
        withdraw_solicitation(asker=zoe.user, solicitation=first)
    assert withdraw_solicitation(asker=me.user, solicitation=first)
    assert not withdraw_solicitation(asker=me.user, solicitation=first)
    assert states(need) == ["withdrawn", "sent"]
    dispatch_all()
    # Nothing is left to tell to whom it was taken back from.
    assert kinds(zoe) == ["mentoring.solicitation_sent"]
    withdraw_solicitation(asker=me.user, solicitation=second)
    assert states(need) == ["withdrawn", "withdrawn"]


def test_a_need_that_is_closed_asks_nobody(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    ask(need, zoe, paul)
    close_need(author=me.user, need=need, closing="elsewhere")
    dispatch_all()
    dispatch_all()
    assert states(need) == ["withdrawn", "withdrawn"]


def test_who_leaves_the_network_is_asked_no_more(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    ask(need, zoe, paul)
    leave_network(membership=zoe)
    dispatch_all()
    assert states(need) == ["withdrawn", "sent"]
    leave_network(membership=me)
    dispatch_all()
    assert states(need) == ["withdrawn", "withdrawn"]
    need.task.refresh_from_db()
    assert need.task.done_at is not None


def test_the_asker_sees_that_it_was_opened(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    (first,) = ask(make_need(me.user, network), zoe)
    assert not mark_seen(peer=me.user, solicitation=first)
    assert mark_seen(peer=zoe.user, solicitation=first)
    assert not mark_seen(peer=zoe.user, solicitation=first)


# --- The clock ------------------------------------------------------------------------------------------------------


def test_reminded_at_four_days_lapsed_at_seven_each_once(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    ask(need, zoe, paul)
    move_clock(3.9)
    assert tend_solicitations() == 0
    move_clock(0.2)
    assert (remind_due(), remind_due()) == (1, 0)
    dispatch_all()
    assert kinds(zoe) == ["mentoring.solicitation_sent", "mentoring.solicitation_reminded"]
    move_clock(3)
    assert (lapse_due(), lapse_due()) == (1, 0)
    dispatch_all()
    assert states(need) == ["lapsed", "sent"]
    assert (kinds(me), kinds(paul)) == (["mentoring.solicitation_lapsed"], ["mentoring.solicitation_sent"])
    with pytest.raises(Refused):
        accept_solicitation(peer=zoe.user, solicitation=Solicitation.objects.get(peer=zoe.user))


def test_after_an_outage_a_late_ask_lapses_without_a_reminder(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    need = make_need(me.user, network)
    ask(need, zoe, goes_on=False)
    move_clock(30)
    assert tend_solicitations() == 1
    assert (states(need), Solicitation.objects.get().reminded_at) == (["lapsed"], None)


@pytest.mark.parametrize(("goes_on", "expected"), [(True, ["lapsed", "sent"]), (False, ["lapsed"])])
def test_it_goes_on_to_the_next_suggestion_when_wished(
    network: Network, me: Membership, goes_on: bool, expected: list[str]
) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    (first,) = ask(need, zoe, goes_on=goes_on)
    move_clock(7)
    tend_solicitations()
    assert states(need) == expected
    if goes_on:
        second = Solicitation.objects.get(peer=paul.user)
        assert (second.question, second.wants_call, second.passed_from) == (first.question, True, None)


def test_it_does_not_go_on_for_ever(network: Network, me: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mentoring.services.handing_on.MOST_BY_ITSELF", 3)
    peers = [make_peer(network, f"Pair {number}") for number in range(5)]
    need = make_need(me.user, network)
    ask(need, peers[0])
    for _round in range(5):
        Solicitation.objects.sent().update(sent_at=F("sent_at") - timedelta(days=8), due_at=timezone.now())
        lapse_due()
    assert states(need) == ["lapsed"] * 3


def test_a_failure_in_the_hand_on_leaves_all_as_it_was(
    network: Network, me: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    ask(need, zoe, paul)
    move_clock(8)
    dispatch_all()
    with monkeypatch.context() as patch:
        patch.setattr("mentoring.services.handing_on.private_circle", lambda **_facts: 1 / 0)
        assert lapse_due() == 0
    assert states(need) == ["sent", "queued"]
    assert lapse_due() == 1
    assert states(need) == ["lapsed", "sent"]
    dispatch_all()
    assert kinds(me) == ["mentoring.solicitation_lapsed"]


# --- A moment -------------------------------------------------------------------------------------------------------


def test_a_moment_is_in_both_agendas(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    (first,) = ask(make_need(me.user, network), zoe)
    at, token = timezone.now() + timedelta(days=3), uuid4()
    wanted = {"starts_at": at, "minutes": 30, "token": token, "timezone_name": "Europe/Paris"}
    with pytest.raises(Refused):
        plan_call(actor=me.user, solicitation=first, **wanted)  # type: ignore[arg-type]
    accept_solicitation(peer=zoe.user, solicitation=first)
    session = plan_call(actor=zoe.user, solicitation=first, **wanted)  # type: ignore[arg-type]
    assert plan_call(actor=zoe.user, solicitation=first, **wanted) == session  # type: ignore[arg-type]
    seats = Registration.objects.registered().filter(session=session).values_list("user", flat=True)
    first.refresh_from_db()
    assert (set(seats), first.session) == ({me.user_id, zoe.user_id}, session)


def test_several_moments_are_a_poll_of_two(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    (first,) = ask(make_need(me.user, network, audience=NeedAudience.NETWORK), zoe)
    accept_solicitation(peer=zoe.user, solicitation=first)
    at = timezone.now() + timedelta(days=3)
    options = [(at + timedelta(days=day), at + timedelta(days=day, minutes=30)) for day in (0, 1)]
    wanted = {"options": options, "token": uuid4(), "timezone_name": "Europe/Paris"}
    with pytest.raises(Refused):
        propose_moments(actor=paul.user, solicitation=first, **wanted)  # type: ignore[arg-type]
    poll = propose_moments(actor=me.user, solicitation=first, **wanted)  # type: ignore[arg-type]
    first.refresh_from_db()
    assert (first.poll, poll.slots.count()) == (poll, 2)
