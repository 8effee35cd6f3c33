from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.utils import timezone

from peerhub.notifications.delivery import deliver_due as send_mails
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership, User
from peerhub.people.services.circles import public_circle
from peerhub.people.services.memberships import end_membership
from sessions import poll_handlers
from sessions.enums import PollState, RegistrationState
from sessions.events import PollCancelled, PollChased, PollClosed, PollOpened
from sessions.models import DatePoll, PeerSession, PollAnswer, PollGuest, Registration
from sessions.policies.polls import can_see_poll
from sessions.queries import polls as queries
from sessions.services import polls
from sessions.services.poll_answers import answer, answer_as_guest, answer_for
from sessions.services.poll_closing import close_on
from sessions.services.poll_guests import guest_of_token, leave_as_guest, link_token, remove_guest, renew_link
from tests.builders import make_member, make_network, make_user
from tests.sessions.builders import animator_of, confidential_circle, network_circle
from tests.sessions.poll_builders import (
    AFTERNOON,
    EVENING,
    make_guest,
    make_poll,
    name_delegate_of,
    next_days,
    say,
    slots_of,
)

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[int]:
    return sorted(Notification.objects.filter(kind=f"sessions.{kind}").values_list("recipient_id", flat=True))


def words_of(poll: DatePoll) -> list[str]:
    """What the page says of each slot, best first."""
    results = queries.answers_to(poll, slots_of(poll)).results
    assert results is not None
    said = [
        ", ".join(group.words for group in one.groups) + (f" : {one.verdict}" if one.verdict else "") for one in results
    ]
    return [line.replace("\u00a0", " ") for line in said]


def pass_deadline(poll: DatePoll) -> None:
    DatePoll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    poll.refresh_from_db()


# --- Making and editing ---------------------------------------------------------------------------------------------


def test_a_poll_has_each_hour_on_each_day() -> None:
    poll = make_poll(days=next_days(3), hours=[AFTERNOON, EVENING], quorums={"elected": 3, "agent": 0})
    assert len(slots_of(poll)) == 6
    assert [(quorum.category.slug, quorum.wanted) for quorum in queries.quorums_of(poll)] == [("elected", 3)]


def test_a_poll_is_for_a_circle_of_its_network_that_its_author_is_in() -> None:
    network = make_network()
    elected = confidential_circle(network)
    for circle in (public_circle(), network_circle(make_network()), elected):
        with pytest.raises(DomainError):
            make_poll(network, circle=circle)
    with pytest.raises(Refused):
        make_poll(network, author=make_member(network).user)
    with pytest.raises(DomainError):
        make_poll(network, days=[timezone.localdate() - timedelta(days=1)])
    with pytest.raises(DomainError):
        make_poll(network, closes_at=timezone.now())
    assert DatePoll.objects.count() == 0


def test_removing_a_slot_keeps_its_answers_and_restoring_brings_them_back() -> None:
    poll = make_poll()
    actor, user = animator_of(poll.network), make_member(poll.network).user
    say(poll, user, "yes", "no")
    first, second = slots_of(poll)
    assert polls.remove_slot(actor=actor, poll=poll, slot_id=first.pk) is True
    assert polls.remove_slot(actor=actor, poll=poll, slot_id=first.pk) is False
    assert PollAnswer.objects.count() == 2
    assert [one.slot for one in queries.answers_to(poll, slots_of(poll)).results or []] == [second]
    with pytest.raises(DomainError):
        polls.remove_slot(actor=actor, poll=poll, slot_id=second.pk)
    # Proposing the same hours again is restoring.
    assert polls.add_slots(actor=actor, poll=poll, days=next_days(), hours=[AFTERNOON]) == 1
    assert slots_of(poll) == [first, second]
    assert queries.choices_of(poll, user=user) == {first.pk: "yes", second.pk: "no"}
    polls.remove_slot(actor=actor, poll=poll, slot_id=first.pk)
    assert polls.restore_slot(actor=actor, poll=poll, slot_id=first.pk) is True
    assert slots_of(poll) == [first, second]


def test_editing_keeps_every_answer() -> None:
    poll = make_poll(quorums={"elected": 2})
    say(poll, make_member(poll.network).user, "yes", "no")
    before = list(PollAnswer.objects.order_by("pk").values())
    polls.edit_poll(
        actor=animator_of(poll.network),
        poll=poll,
        title="Un autre titre",
        note="",
        format="agora",
        closes_at=timezone.now() + timedelta(days=3),
        is_hidden=True,
        quorums={"agent": 1},
    )
    polls.add_slots(actor=animator_of(poll.network), poll=poll, days=next_days(), hours=[EVENING])
    assert list(PollAnswer.objects.order_by("pk").values()) == before


def test_too_many_slots_are_refused() -> None:
    with pytest.raises(DomainError, match="Au plus 60"):
        make_poll(days=next_days(31), hours=[AFTERNOON, EVENING])


# --- Answering ------------------------------------------------------------------------------------------------------


def test_answering_again_replaces_until_the_deadline() -> None:
    poll = make_poll(closes_at=timezone.now() + timedelta(days=1))
    user = make_member(poll.network).user
    say(poll, user, "yes", "no")
    say(poll, user, "if_needed", "no")
    assert list(queries.choices_of(poll, user=user).values()) == ["if_needed", "no"]
    pass_deadline(poll)
    with pytest.raises(Refused):
        say(poll, user, "no", "no")
    assert list(queries.choices_of(poll, user=user).values()) == ["if_needed", "no"]


def test_only_those_in_the_circle_answer() -> None:
    network = make_network()
    animator = make_member(network, animator_of(network) and make_user(), category="elected", role="animator").user
    poll = make_poll(network, circle=confidential_circle(network), author=animator)
    agent = make_member(network, category="agent").user
    with pytest.raises(Refused):
        say(poll, agent, "yes", "yes")
    assert PollAnswer.objects.count() == 0


def test_who_left_counts_no_more() -> None:
    poll = make_poll()
    member = make_member(poll.network, category="elected")
    say(poll, member.user, "yes", "yes")
    assert words_of(poll) == ["1 élu·e", "1 élu·e"]
    end_membership(membership=member, status=MembershipStatus.LEFT)
    assert words_of(poll) == ["", ""]


def test_a_delegate_answers_visibly_and_until_revoked() -> None:
    poll = make_poll()
    mayor, clerk = make_member(poll.network, category="elected").user, make_member(poll.network).user
    delegate = name_delegate_of(poll.network, mayor, clerk)
    choices = {slot.pk: "yes" for slot in slots_of(poll)}
    answer_for(delegate=clerk, principal=mayor, poll=poll, choices=choices)
    said = (queries.answers_to(poll, slots_of(poll)).results or [])[0].said
    assert [(one.asked.name, one.answered_by) for one in said] == [(mayor.full_name, clerk.full_name)]
    answer(user=mayor, poll=poll, choices=choices)
    assert {one.answered_by_id for one in PollAnswer.objects.all()} == {None}
    delegate.revoked_at = timezone.now()
    delegate.save()
    with pytest.raises(Refused):
        answer_for(delegate=clerk, principal=mayor, poll=poll, choices=choices)
    with pytest.raises(Refused):
        answer_for(delegate=mayor, principal=clerk, poll=poll, choices=choices)


# --- Quorum and hiding ----------------------------------------------------------------------------------------------


def test_each_slot_says_what_it_gathers_and_who_is_missing() -> None:
    poll = make_poll(quorums={"elected": 1, "agent": 2})
    mayor, one, two = (make_member(poll.network, category=name).user for name in ("elected", "agent", "agent"))
    say(poll, mayor, "yes", "yes")
    say(poll, one, "yes", "yes")
    say(poll, two, "no", "if_needed")
    assert words_of(poll) == [
        "1 élu·e sur 1, 2 agent·es sur 2 (dont 1 si besoin) : le quorum est atteint en comptant les « si besoin »",
        "1 élu·e sur 1, 1 agent·e sur 2 : manque 1 agent·e",
    ]


def test_hidden_answers_are_seen_by_nobody_before_the_end() -> None:
    poll = make_poll(is_hidden=True)
    actor, user = animator_of(poll.network), make_member(poll.network).user
    say(poll, user, "yes", "no")
    assert queries.answers_to(poll, slots_of(poll)).results is None
    with pytest.raises(Refused):
        close_on(actor=actor, poll=poll, slot_id=slots_of(poll)[0].pk)
    values: dict[str, Any] = {"title": "Titre", "note": "", "format": "agora", "quorums": {}}
    with pytest.raises(DomainError):
        polls.edit_poll(actor=actor, poll=poll, closes_at=None, is_hidden=False, **values)
    assert polls.end_answers(actor=actor, poll=poll) is True
    assert polls.end_answers(actor=actor, poll=poll) is False
    poll.refresh_from_db()
    assert len(queries.answers_to(poll, slots_of(poll)).results or []) == 2
    with pytest.raises(DomainError):
        polls.edit_poll(actor=actor, poll=poll, closes_at=timezone.now() + timedelta(days=1), is_hidden=True, **values)


def test_what_was_hidden_stays_so_in_an_abandoned_poll() -> None:
    poll = make_poll(is_hidden=True)
    say(poll, make_member(poll.network).user, "yes", "no")
    polls.cancel_poll(actor=animator_of(poll.network), poll=poll)
    pass_deadline(poll)
    assert queries.answers_to(poll, slots_of(poll)).results is None


# --- Chasing --------------------------------------------------------------------------------------------------------


def test_chasing_reaches_the_silent_alone_and_once_a_day() -> None:
    poll = make_poll()
    answered, silent = make_member(poll.network).user, make_member(poll.network).user
    make_guest(poll, email="muette@example.org")
    say(poll, answered, "yes", "no")
    actor = animator_of(poll.network)
    dispatch_all()
    mail.outbox.clear()
    polls.chase(actor=actor, poll=poll)
    with pytest.raises(DomainError):
        polls.chase(actor=actor, poll=poll)
    dispatch_all()
    assert told("poll_chased") == sorted([silent.pk, actor.pk])
    assert [message.to for message in mail.outbox] == [["muette@example.org"]]


def test_partly_answered_is_not_answered() -> None:
    poll = make_poll()
    user = make_member(poll.network).user
    say(poll, user, "yes", "no")
    assert user.pk not in queries.silent_user_ids(poll)
    polls.add_slots(actor=animator_of(poll.network), poll=poll, days=next_days(), hours=[EVENING])
    assert user.pk in queries.silent_user_ids(poll)


def test_the_chase_before_the_deadline_goes_out_once() -> None:
    poll = make_poll(closes_at=timezone.now() + timedelta(hours=50))
    user = make_member(poll.network).user
    DatePoll.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert polls.chase_due() == 0
    DatePoll.objects.update(closes_at=timezone.now() + timedelta(hours=47))
    assert polls.chase_due() == 1
    assert polls.chase_due() == 0
    DatePoll.objects.update(
        chased_at=timezone.now() - timedelta(hours=25), closes_at=timezone.now() + timedelta(hours=22)
    )
    assert polls.chase_due() == 0
    dispatch_all()
    assert user.pk in told("poll_chased")


@pytest.mark.parametrize(
    "fields",
    [
        {"created_at": timezone.now()},
        {"state": PollState.CANCELLED},
        {"closes_at": timezone.now() - timedelta(hours=1)},
        {"closes_at": None},
        {"chased_at": timezone.now() - timedelta(hours=5)},
    ],
)
def test_the_chase_before_the_deadline_leaves_others_alone(fields: dict[str, object]) -> None:
    make_poll()
    base = {"created_at": timezone.now() - timedelta(days=3), "closes_at": timezone.now() + timedelta(hours=40)}
    DatePoll.objects.update(**{**base, **fields})
    assert polls.chase_due() == 0


# --- Closing --------------------------------------------------------------------------------------------------------


def test_closing_makes_the_session_invites_and_tells_everyone_with_the_ics_once() -> None:
    poll = make_poll(time_zone="Indian/Reunion", format="agora", note="À **préparer**")
    user = make_member(poll.network).user
    guest = make_guest(poll)
    actor = animator_of(poll.network)
    say(poll, user, "yes", "no")
    dispatch_all()
    send_mails()
    mail.outbox.clear()
    slot = slots_of(poll)[0]
    session = close_on(actor=actor, poll=poll, slot_id=slot.pk)
    assert close_on(actor=actor, poll=poll, slot_id=slot.pk) == session
    assert (session.starts_at, session.time_zone, session.format, session.circle_id) == (
        slot.starts_at,
        "Indian/Reunion",
        "agora",
        poll.circle_id,
    )
    states = Registration.objects.filter(session=session).values_list("user_id", "state")
    assert sorted(states) == sorted((pk, RegistrationState.INVITED) for pk in (user.pk, actor.pk))
    for _ in range(2):
        dispatch_all()
        poll_handlers.on_poll_closed(PollClosed(poll_id=poll.pk))
    send_mails()
    assert told("created") == []
    assert told("poll_closed") == sorted([user.pk, actor.pk])
    files = {message.to[0]: [part[0] for part in message.attachments] for message in mail.outbox}
    assert files == {address: [f"seance-{session.pk}.ics"] for address in (user.email, actor.email, guest.email)}
    assert len(mail.outbox) == 3
    with pytest.raises(DomainError):
        close_on(actor=actor, poll=poll, slot_id=slots_of(poll)[1].pk)
    with pytest.raises(Refused):
        say(poll, user, "no", "no")


def test_closing_is_for_those_who_run_the_network_and_slots_that_stand() -> None:
    poll = make_poll()
    first, _second = slots_of(poll)
    with pytest.raises(Refused):
        close_on(actor=make_member(poll.network).user, poll=poll, slot_id=first.pk)
    polls.remove_slot(actor=animator_of(poll.network), poll=poll, slot_id=first.pk)
    with pytest.raises(DomainError):
        close_on(actor=animator_of(poll.network), poll=poll, slot_id=first.pk)
    assert PeerSession.objects.count() == 0


def test_abandoning_tells_those_who_answered_once() -> None:
    poll = make_poll()
    answered, _silent = make_member(poll.network).user, make_member(poll.network).user
    say(poll, answered, "yes", "no")
    actor = animator_of(poll.network)
    assert polls.cancel_poll(actor=actor, poll=poll) is True
    assert polls.cancel_poll(actor=actor, poll=poll) is False
    dispatch_all()
    poll_handlers.on_poll_cancelled(PollCancelled(poll_id=poll.pk))
    assert told("poll_cancelled") == [answered.pk]
    send_mails()
    assert [message.subject for message in mail.outbox if message.to == [answered.email]][-1] == (
        f"Sondage abandonné\u00a0: {poll.title}"
    )


# --- Telling --------------------------------------------------------------------------------------------------------


def test_a_poll_is_told_to_those_asked_and_to_their_delegates_once() -> None:
    network = make_network()
    author = make_member(network, category="elected", role="animator").user
    mayor, clerk = make_member(network, category="elected").user, make_member(network, category="agent").user
    name_delegate_of(network, mayor, clerk)
    title = "Le budget secret"
    poll = make_poll(network, author=author, circle=confidential_circle(network), title=title)
    for _ in range(2):
        dispatch_all()
        poll_handlers.on_poll_opened(PollOpened(poll_id=poll.pk))
    assert told("poll_asked") == sorted([mayor.pk, clerk.pk])
    send_mails()
    by_address = {message.to[0]: message for message in mail.outbox}
    assert set(by_address) == {mayor.email, clerk.email}
    assert not any(title in str(message.message()) or title in message.body for message in mail.outbox)
    assert f"/sondages/{poll.pk}/pour/{mayor.pk}/" in by_address[clerk.email].body
    assert mayor.full_name in by_address[clerk.email].body


def test_who_answered_meanwhile_is_not_written_to() -> None:
    poll = make_poll()
    user = make_member(poll.network).user
    dispatch_all()
    say(poll, user, "yes", "no")
    send_mails()
    assert mail.outbox == []


def test_chased_twice_by_the_same_event_is_told_once() -> None:
    poll = make_poll()
    user = make_member(poll.network).user
    for _ in range(2):
        poll_handlers.on_poll_chased(PollChased(poll_id=poll.pk, wave="1"))
    assert told("poll_chased").count(user.pk) == 1


# --- Guests ---------------------------------------------------------------------------------------------------------


def test_a_guest_of_a_confidential_poll_reads_no_word_of_it() -> None:
    network = make_network()
    author = make_member(network, category="elected", role="animator").user
    poll = make_poll(network, author=author, circle=confidential_circle(network), title="Le budget", note="Sans témoin")
    guest = PollGuest.objects.create(poll=poll, name="Zoé", email="zoe@example.org")
    slot = slots_of(poll)[0]
    for what in ("asked", "chased", "cancelled"):
        from sessions.poll_mails import message_of  # noqa: PLC0415

        text = str(message_of(guest, what, "1").message())
        assert ("Le budget" in text, "Sans t" in text) == (False, False)
    answer_as_guest(guest=guest, choices={slot.pk: "yes"})
    assert PollAnswer.objects.get().guest == guest


def test_a_link_answers_until_it_is_renewed_or_the_guest_is_taken_off() -> None:
    poll = make_poll()
    actor, guest = animator_of(poll.network), make_guest(poll)
    token = link_token(guest)
    assert guest_of_token(token) == guest
    assert renew_link(actor=actor, poll=poll, guest_id=guest.pk) is True
    for dead in (token, "x" * 30):
        with pytest.raises(PollGuest.DoesNotExist):
            guest_of_token(dead)
    with pytest.raises(Refused):
        answer_as_guest(guest=guest, choices={slot.pk: "yes" for slot in slots_of(poll)})
    guest.refresh_from_db()
    answer_as_guest(guest=guest, choices={slot.pk: "yes" for slot in slots_of(poll)})
    assert remove_guest(actor=actor, poll=poll, guest_id=guest.pk) is True
    with pytest.raises(PollGuest.DoesNotExist):
        guest_of_token(link_token(guest))
    assert words_of(poll) == ["", ""]
    again = make_guest(poll, email=guest.email)
    assert again.pk == guest.pk
    assert words_of(poll) == ["1 sans catégorie", "1 sans catégorie"]
    assert leave_as_guest(guest=again) is True
    assert leave_as_guest(guest=again) is False


def test_each_renewal_is_one_mail_and_an_old_one_none() -> None:
    poll = make_poll()
    guest = make_guest(poll)
    renew_link(actor=animator_of(poll.network), poll=poll, guest_id=guest.pk)
    dispatch_all()
    guest.refresh_from_db()
    assert [message.to for message in mail.outbox] == [[guest.email]]
    assert link_token(guest) in mail.outbox[0].body


def test_a_member_is_no_guest_of_the_same_poll() -> None:
    poll = make_poll()
    user: User = make_member(poll.network).user
    with pytest.raises(DomainError):
        make_guest(poll, email=user.email.upper())
    make_guest(poll, email="une@example.org")
    with pytest.raises(DomainError):
        make_guest(poll, email="Une@example.org")
    with pytest.raises(DomainError):
        make_guest(poll, email="pas une adresse")
    assert Membership.objects.filter(network=poll.network).count() == 2


# --- Seeing ---------------------------------------------------------------------------------------------------------


def test_who_may_open_a_poll_is_the_same_in_lists_and_one_by_one() -> None:
    network = make_network()
    author = make_member(network, category="elected", role="animator").user
    elected = confidential_circle(network)
    animators = network.circles.get(kind="animators")
    made = [make_poll(network, author=author, circle=one) for one in (network_circle(network), elected, animators)]
    left = make_member(network, category="elected")
    end_membership(membership=left, status=MembershipStatus.LEFT)
    people: list[User | AnonymousUser] = [
        AnonymousUser(),
        make_user(),
        make_member(make_network()).user,
        make_member(network, category="agent").user,
        make_member(network, category="elected").user,
        make_member(network, category="agent", role="animator").user,
        left.user,
    ]
    seen = [[bool(can_see_poll(user, poll)) for poll in made] for user in people]
    assert [[poll in DatePoll.objects.visible_to(user) for poll in made] for user in people] == seen
    assert seen == [
        [False, False, False],
        [False, False, False],
        [False, False, False],
        [True, False, False],
        [True, True, False],
        [True, False, True],
        [False, False, False],
    ]
