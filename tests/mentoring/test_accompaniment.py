"""Notes, check-ins, opinions and thanks: whose they are, and that nobody else reads them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from mentoring.accompaniment import accompaniment_of
from mentoring.enums import CheckInAnswer, CheckInStage, EvidenceKind, MentorshipState
from mentoring.models import CheckIn, Evidence, Feedback, Mentorship, MentorshipNote, Thanks
from mentoring.queries.accompaniment import public_thanks_of
from mentoring.queries.links import may_be_paired
from mentoring.queries.mentorship_desk import Delay, mentorship_desk
from mentoring.queries.suggestions import suggestions_for
from mentoring.services import mentorship_course
from mentoring.services.check_ins import answer_check_in, ask_due, stage_due, take_help
from mentoring.services.feedback import give_feedback
from mentoring.services.notes import drop_note, rewrite_note, write_note
from mentoring.services.solicitations import accept_solicitation
from mentoring.services.thanks import drop_thanks, hide_thanks, publish_thanks, thank
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import Role
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Network, User
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_group, make_mentorship
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask

pytestmark = pytest.mark.django_db


def peer_in(mentorship: Mentorship) -> User:
    return mentorship.peers.select_related("user").order_by("pk")[0].user


def page(mentorship: Mentorship) -> str:
    return reverse("mentoring:accompaniment", args=[mentorship.pk])


def note(author: User, mentorship: Mentorship, body: str = "Une idée", *, is_shared: bool = False) -> MentorshipNote:
    return write_note(author=author, mentorship=mentorship, body=body, is_shared=is_shared, token=uuid4())


def word(author: User, mentorship: Mentorship, recipient: User, *, may_be_public: bool = True) -> Thanks:
    return thank(
        author=author,
        helped=mentorship,
        recipient_id=recipient.pk,
        body="Merci pour tout.",
        may_be_public=may_be_public,
        token=uuid4(),
    )


def checked(mentorship: Mentorship, user: User) -> CheckIn:
    """What the person is asked at a third of it."""
    began = timezone.localdate() - timedelta(days=40)
    Mentorship.objects.filter(pk=mentorship.pk).update(starts_on=began, ends_on=began + timedelta(days=90))
    mentorship.peers.update(joined_at=timezone.now() - timedelta(days=40))
    ask_due()
    return CheckIn.objects.get(mentorship=mentorship, user=user)


# Notes


def test_a_private_note_is_its_author_s_alone_and_a_shared_one_of_its_people(network: Network) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    mine, ours = note(peer, mentorship, "Pour moi **seule**"), note(peer, mentorship, "Pour nous", is_shared=True)
    assert mine.body_html == "<p>Pour moi <strong>seule</strong></p>"
    animator = make_member(network, role=Role.ANIMATOR).user
    for reader, seen in ((peer, {mine, ours}), (mentor, {ours}), (animator, set())):
        assert set(MentorshipNote.objects.visible_to(reader)) == seen
    for reader, act in ((mentor, rewrite_note), (animator, rewrite_note)):
        with pytest.raises(Refused):
            act(author=reader, pk=ours.pk, body="Autre", is_shared=True)
        with pytest.raises(Refused):
            drop_note(author=reader, pk=ours.pk)
    with pytest.raises(Refused):
        note(animator, mentorship)
    rewrite_note(author=peer, pk=ours.pk, body="Finalement non", is_shared=False)
    assert list(MentorshipNote.objects.visible_to(mentor)) == []
    drop_note(author=peer, pk=mine.pk)
    assert list(MentorshipNote.objects.visible_to(peer).values_list("body", flat=True)) == ["Finalement non"]


def test_a_note_sent_twice_is_one_and_an_empty_one_is_none(network: Network) -> None:
    mentorship, token = make_mentorship(network), uuid4()
    peer = peer_in(mentorship)
    for _time in range(2):
        write_note(author=peer, mentorship=mentorship, body="Une", is_shared=False, token=token)
    assert MentorshipNote.objects.count() == 1
    with pytest.raises(Refused):
        write_note(author=mentorship.mentor, mentorship=mentorship, body="Autre", is_shared=False, token=token)
    for body in ("  \r\n ", "x" * 20_001):
        with pytest.raises(DomainError):
            note(peer, mentorship, body)


def test_notes_through_the_page(browser: Browser, network: Network) -> None:
    mentorship = make_mentorship(network)
    browser.as_user(peer_in(mentorship))
    typed = {"act": "note", "body": "Trois pistes", "readers": "private", "token": str(uuid4()), "next": "/ailleurs/"}
    response = browser.post(page(mentorship), typed)
    assert (response.status_code, response["Location"]) == (303, "/ailleurs/")
    kept = MentorshipNote.objects.get()
    refused = browser.post(page(mentorship), {**typed, "body": "x" * 20_001})
    assert (refused.status_code, "x" * 20_001 in refused.content.decode()) == (422, True)
    form = browser.get(f"{page(mentorship)}?note={kept.pk}").context["around"].note_form
    assert (form["body"].value(), form["readers"].value()) == ("Trois pistes", "private")
    browser.post(page(mentorship), {**typed, "note": kept.pk, "body": "Deux", "readers": "shared", "next": ""})
    kept.refresh_from_db()
    assert (kept.body, kept.is_shared, MentorshipNote.objects.count()) == ("Deux", True, 1)
    other = Browser().as_user(mentorship.mentor)
    assert "Deux" in other.get(page(mentorship)).content.decode()
    assert other.get(f"{page(mentorship)}?note={kept.pk}").status_code == 404
    assert browser.post(page(mentorship), {"note-drop": kept.pk}).status_code == 303
    assert not MentorshipNote.objects.exists()
    assert browser.post(page(mentorship), {"act": "rien"}).status_code == 422


# Check-ins

JANUARY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (0, None),
        (29, None),
        (30, (CheckInStage.THIRD, 30)),
        (59, (CheckInStage.THIRD, 30)),
        (60, (CheckInStage.TWO_THIRDS, 60)),
        (89, (CheckInStage.TWO_THIRDS, 60)),
        (90, None),
    ],
)
def test_the_stages_stand_at_one_and_two_thirds(day: int, expected: tuple[CheckInStage, int] | None) -> None:
    found = stage_due(JANUARY, JANUARY + timedelta(days=90), JANUARY + timedelta(days=day))
    assert found == (expected and (expected[0], JANUARY + timedelta(days=expected[1])))


def test_of_what_lasts_a_day_or_two_nothing_is_asked() -> None:
    for days in (1, 2):
        ends_on = JANUARY + timedelta(days=days)
        assert {stage_due(JANUARY, ends_on, JANUARY + timedelta(days=day)) for day in range(days + 1)} == {None}


def test_everyone_is_asked_once_a_stage_and_told_once(network: Network) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    assert ask_due() == 0
    checked(mentorship, peer)
    assert ask_due() == 0
    dispatch_all()
    dispatch_all()
    told = Notification.objects.filter(kind="mentoring.check_in_asked")
    assert set(told.values_list("recipient", flat=True)) == {mentor.pk, peer.pk}
    assert told.count() == 2
    # The second question takes the place of one that was left unanswered, and nothing is blocked meanwhile.
    answer_check_in(user=mentor, pk=CheckIn.objects.get(user=mentor).pk, answer="well")
    assert ask_due(timezone.now() + timedelta(days=25)) == 2
    asked = CheckIn.objects.order_by("user", "due_on").values_list("user", "stage", "answer")
    assert set(asked) == {
        (mentor.pk, "third", "well"),
        (mentor.pk, "two_thirds", ""),
        (peer.pk, "two_thirds", ""),
    }


def test_a_pause_is_asked_nothing_nor_who_joined_a_group_after_the_day(network: Network) -> None:
    early, late = make_listed(network).user, make_listed(network).user
    group, paused = make_group(network, None, early, late), make_mentorship(network)
    mentorship_course.pause(actor=paused.mentor, mentorship=paused)
    Mentorship.objects.filter(pk=paused.pk).update(
        starts_on=timezone.localdate() - timedelta(days=40), ends_on=timezone.localdate() + timedelta(days=50)
    )
    began = timezone.localdate() - timedelta(days=40)
    Mentorship.objects.filter(pk=group.pk).update(starts_on=began, ends_on=began + timedelta(days=90))
    group.peers.filter(user=early).update(joined_at=timezone.now() - timedelta(days=40))
    assert ask_due() == 2
    assert set(CheckIn.objects.values_list("mentorship", "user")) == {(group.pk, group.mentor_id), (group.pk, early.pk)}


def test_who_wants_help_is_a_task_of_the_animators_without_their_words(browser: Browser, network: Network) -> None:
    mentorship, mentor_animates = make_mentorship(network), make_mentorship(network)
    peer, animator = peer_in(mentorship), make_member(network, role=Role.ANIMATOR).user
    mentor_animates.network.memberships.filter(user=mentor_animates.mentor).update(role=Role.ANIMATOR)
    asked, other = checked(mentorship, peer), checked(mentor_animates, peer_in(mentor_animates))
    browser.as_user(peer)
    answer = {"act": "check-in", "pk": asked.pk, "answer": "help", "comment": "zqcanarizq"}
    assert browser.post(page(mentorship), {**answer, "answer": ""}).status_code == 422
    assert browser.post(page(mentorship), answer).status_code == 303
    browser.post(page(mentorship), {**answer, "answer": "well"})
    asked.refresh_from_db()
    assert (asked.answer, asked.comment) == (CheckInAnswer.HELP, "zqcanarizq")
    answer_check_in(user=peer_in(mentor_animates), pk=other.pk, answer="help")
    with pytest.raises(Refused):
        answer_check_in(user=mentorship.mentor, pk=asked.pk, answer="well")

    # Each animator is told, but for the one who is in the mentorship.
    dispatch_all()
    told = Notification.objects.filter(kind="mentoring.check_in_help_wanted")
    assert set(told.values_list("target_id", "recipient")) == {
        (asked.pk, animator.pk),
        (asked.pk, mentor_animates.mentor_id),
        (other.pk, animator.pk),
    }
    desk = reverse("mentoring:mentorship-desk", args=[network.slug])
    theirs = Browser().as_user(animator)
    html = theirs.get(desk).content.decode()
    assert (peer.full_name in html, mentorship.mentor.full_name in html, "zqcanarizq" in html) == (True, False, False)
    found = Browser().as_user(mentor_animates.mentor).get(desk).context["desk"].help_wanted
    assert [one.pk for one in found] == [asked.pk]
    assert theirs.post(desk, {"act": "take", "pk": asked.pk}).status_code == 303
    with pytest.raises(DomainError, match="déjà"):
        take_help(animator=mentor_animates.mentor, network=network, pk=asked.pk)
    theirs.post(desk, {"act": "done", "pk": asked.pk})
    assert [one.pk for one in theirs.get(desk).context["desk"].help_wanted] == [other.pk]
    with pytest.raises(Refused):
        take_help(animator=mentor_animates.mentor, network=network, pk=other.pk)
    assert browser.post(desk, {"act": "take", "pk": other.pk}).status_code == 403


def test_where_nobody_else_animates_who_asks_is_told_so(network: Network) -> None:
    mentorship = make_mentorship(network)
    network.memberships.filter(user=mentorship.mentor).update(role=Role.ANIMATOR)
    asked = checked(mentorship, peer_in(mentorship))
    with pytest.raises(DomainError, match="Personne d’autre"):
        answer_check_in(user=asked.user, pk=asked.pk, answer="help")
    asked.refresh_from_db()
    assert asked.answer == ""


# Opinions


def test_an_opinion_is_given_at_the_end_changed_by_its_author_and_shown_to_nobody(
    browser: Browser, network: Network
) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    said: dict[str, Any] = {"helped": mentorship, "usefulness": 1, "would_again": False, "comment": "zqavisseulzq"}
    with pytest.raises(Refused):
        give_feedback(author=peer, about_id=mentor.pk, **said)
    mentorship_course.end(actor=mentor, mentorship=mentorship)
    give_feedback(author=peer, about_id=mentor.pk, **said)
    for about_id in (peer.pk, make_listed(network).user.pk):
        with pytest.raises(Refused):
            give_feedback(author=peer, about_id=about_id, **said)
    name = f"feedback-{mentor.pk}"
    typed = {"act": "feedback", "pk": mentor.pk, f"{name}-usefulness": "5", f"{name}-comment": "zqavisseulzq"}
    browser.as_user(peer)
    assert browser.post(page(mentorship), {**typed, f"{name}-usefulness": "6"}).status_code == 422
    assert browser.post(page(mentorship), typed).status_code == 303
    one = Feedback.objects.get()
    assert (one.author, one.about, one.usefulness, one.would_again) == (peer, mentor, 5, False)
    assert "zqavisseulzq" in browser.get(page(mentorship)).content.decode()
    assert "zqavisseulzq" not in Browser().as_user(mentor).get(page(mentorship)).content.decode()
    dispatch_all()
    assert not Notification.objects.filter(recipient=mentor, actor=peer).exists()


def test_whom_one_would_not_begin_again_with_is_proposed_no_more_and_cannot_tell(network: Network) -> None:
    me, peer = make_listed(network).user, make_peer(network, "Zoé")
    asked = ask(make_need(me, network), peer)[0]
    accept_solicitation(peer=peer.user, solicitation=asked)

    def proposed() -> list[int]:
        need = make_need(me, network)
        return [one.entry.user_id for one in suggestions_for(me, need)]

    assert proposed() == [peer.user_id]
    give_feedback(author=me, helped=asked, about_id=peer.user_id, usefulness=5, would_again=False)
    assert (proposed(), may_be_paired(peer.user_id, me.pk, network)) == ([], True)
    give_feedback(author=me, helped=asked, about_id=peer.user_id, usefulness=5, would_again=True)
    assert proposed() == [peer.user_id]


# Thanks


def test_thanks_are_shown_when_both_wish_it_and_until_one_no_longer_does(network: Network) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    reader, stranger = make_listed(network).user, make_listed(make_network()).user
    thanks = word(peer, mentorship, mentor, may_be_public=False)
    with pytest.raises(DomainError, match="déjà"):
        word(peer, mentorship, mentor)
    with pytest.raises(Refused):
        publish_thanks(recipient=mentor, pk=thanks.pk)
    drop_thanks(author=peer, pk=thanks.pk)
    thanks = word(peer, mentorship, mentor)
    assert (public_thanks_of(reader, mentor.pk), set(Thanks.objects.visible_to(reader))) == ([], set())
    for user in (peer, reader):
        with pytest.raises(Refused):
            publish_thanks(recipient=user, pk=thanks.pk)
    profile = reverse("mentoring:profile", args=[network.slug, mentor.pk])
    assert "Merci pour tout." not in Browser().as_user(reader).get(profile).content.decode()
    publish_thanks(recipient=mentor, pk=thanks.pk)
    assert "Merci pour tout." in Browser().as_user(reader).get(profile).content.decode()
    assert [public_thanks_of(user, mentor.pk) for user in (reader, peer, stranger)] == [[thanks], [thanks], []]
    for user in (mentor, peer):
        hide_thanks(user=user, pk=thanks.pk)
        assert public_thanks_of(reader, mentor.pk) == []
        assert list(Thanks.objects.visible_to(reader)) == []
        if user == mentor:
            publish_thanks(recipient=mentor, pk=thanks.pk)
    with pytest.raises(Refused):
        publish_thanks(recipient=mentor, pk=thanks.pk)
    with pytest.raises(Refused):
        hide_thanks(user=reader, pk=thanks.pk)
    with pytest.raises(Refused):
        drop_thanks(author=mentor, pk=thanks.pk)


def test_that_a_mentorship_ended_well_is_known_to_the_network_with_the_thanks(network: Network) -> None:
    """Whether they are shown before its end or after."""
    before, after = make_mentorship(network), make_mentorship(network)
    reader = make_listed(network).user
    shown = word(peer_in(before), before, before.mentor)
    publish_thanks(recipient=before.mentor, pk=shown.pk)
    mentorship_course.end(actor=before.mentor, mentorship=before)
    dispatch_all()
    mentorship_course.end(actor=after.mentor, mentorship=after)
    late = word(peer_in(after), after, after.mentor)
    known = Evidence.objects.visible_to(reader).filter(kind=EvidenceKind.MENTORSHIP)
    assert set(known.values_list("mentorship", flat=True)) == {before.pk}
    publish_thanks(recipient=after.mentor, pk=late.pk)
    # The thanks of the mentor for the peer say nothing of this.
    publish_thanks(recipient=peer_in(after), pk=word(after.mentor, after, peer_in(after)).pk)
    assert set(known.values_list("mentorship", flat=True)) == {before.pk, after.pk}
    hide_thanks(user=peer_in(after), pk=late.pk)
    drop_thanks(author=peer_in(before), pk=shown.pk)
    assert not known.exists()


def test_thanks_through_the_page_are_told_without_their_words(browser: Browser, network: Network) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    name, token = f"thanks-{mentor.pk}", str(uuid4())
    typed = {"act": "thank", "pk": mentor.pk, f"{name}-body": "Merci zqmotdouxzq", f"{name}-token": token}
    browser.as_user(peer)
    assert browser.post(page(mentorship), {**typed, f"{name}-body": " "}).status_code == 422
    for _time in range(2):
        assert browser.post(page(mentorship), {**typed, f"{name}-may_be_public": "on"}).status_code == 303
    thanks = Thanks.objects.get()
    theirs = Browser().as_user(mentor)
    assert "zqmotdouxzq" in theirs.get(page(mentorship)).content.decode()
    assert theirs.post(page(mentorship), {"act": "thanks-publish", "pk": thanks.pk}).status_code == 303
    dispatch_all()
    dispatch_all()
    told = Notification.objects.filter(kind__startswith="mentoring.thanks")
    assert set(told.values_list("kind", "recipient")) == {
        ("mentoring.thanks_given", mentor.pk),
        ("mentoring.thanks_published", peer.pk),
    }
    deliver_due()
    mails = [f"{one.subject} {one.body} {one.alternatives}" for one in mail.outbox]
    assert [one for one in mails if "zqmotdouxzq" in one] == []
    assert sum("vous remercie" in one for one in mails) == 1
    assert browser.post(page(mentorship), {"act": "thanks-hide", "pk": thanks.pk}).status_code == 303
    assert browser.post(page(mentorship), {"act": "thanks-publish", "pk": thanks.pk}).status_code == 403
    assert browser.post(page(mentorship), {"act": "thanks-drop", "pk": thanks.pk}).status_code == 303
    assert not Thanks.objects.exists()


def test_before_it_begins_there_is_nobody_to_thank_and_a_silenced_person_speaks_to_themselves(network: Network) -> None:
    proposed, running = make_mentorship(network, state=MentorshipState.PROPOSED), make_mentorship(network)
    with pytest.raises(Refused):
        word(peer_in(proposed), proposed, proposed.mentor)
    assert accompaniment_of(peer_in(proposed), proposed).others == []
    peer = peer_in(running)
    network.memberships.filter(user=peer).update(silenced_until=timezone.now() + timedelta(days=1))
    for act in (lambda: note(peer, running, is_shared=True), lambda: word(peer, running, running.mentor)):
        with pytest.raises(Refused):
            act()
    assert note(peer, running).is_shared is False


def test_in_a_group_peers_and_mentor_thank_each_other_and_peers_not(network: Network) -> None:
    one, two = make_listed(network).user, make_listed(network).user
    group = make_group(network, None, one, two)
    assert {other.user for other in accompaniment_of(group.mentor, group).others} == {one, two}
    assert [other.user for other in accompaniment_of(one, group).others] == [group.mentor]
    with pytest.raises(Refused):
        word(one, group, two)


def test_after_an_ask_that_was_accepted_the_two_thank_each_other_and_keep_their_opinion(
    browser: Browser, network: Network
) -> None:
    me, peer = make_listed(network).user, make_peer(network, "Zoé")
    asked = ask(make_need(me, network), peer)[0]
    address = reverse("mentoring:thanks", args=[asked.pk])
    name = f"thanks-{peer.user_id}"
    typed = {"act": "thank", "pk": peer.user_id, f"{name}-body": "Merci Zoé.", f"{name}-token": str(uuid4())}
    browser.as_user(me)
    assert (browser.get(address).status_code, browser.post(address, typed).status_code) == (200, 403)
    accept_solicitation(peer=peer.user, solicitation=asked)
    assert browser.post(address, {**typed, f"{name}-may_be_public": "on"}).status_code == 303
    assert browser.post(address, {**typed, "act": "note"}).status_code == 404
    opinion = {"act": "feedback", "pk": peer.user_id, f"feedback-{peer.user_id}-usefulness": "4"}
    assert browser.post(address, opinion).status_code == 303
    feedback = Feedback.objects.get()
    assert (feedback.solicitation, feedback.mentorship, feedback.about) == (asked, None, peer.user)
    thanks, theirs = Thanks.objects.get(), Browser().as_user(peer.user)
    assert (thanks.circle, thanks.solicitation) == (asked.circle, asked)
    assert "Merci Zoé." in theirs.get(address).content.decode()
    assert theirs.post(address, {"act": "thanks-publish", "pk": thanks.pk}).status_code == 303
    reader = make_listed(network).user
    assert public_thanks_of(reader, peer.user_id) == [thanks]
    hide_thanks(user=me, pk=thanks.pk)
    thanks.refresh_from_db()
    assert (thanks.circle, public_thanks_of(reader, peer.user_id)) == (asked.circle, [])
    assert Browser().as_user(reader).get(address).status_code == 404


# The page, and what animators see


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number(
    browser: Browser, network: Network, number: int, django_assert_num_queries: Any
) -> None:
    mentorship = make_mentorship(network)
    for _number in range(number):
        note(mentorship.mentor, mentorship, is_shared=True)
    word(mentorship.mentor, mentorship, peer_in(mentorship))
    browser.as_user(peer_in(mentorship)).get(page(mentorship))
    with django_assert_num_queries(PAGE_QUERIES):
        assert len(browser.get(page(mentorship)).context["around"].notes) == number


# The person with their networks; the mentorship, its peers, them; the check-in, the notes, the thanks; the bell.
PAGE_QUERIES = 8


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_takes_the_same_queries_for_any_number(
    browser: Browser, network: Network, number: int, django_assert_num_queries: Any
) -> None:
    for _number in range(number):
        make_mentorship(network)
    desk = reverse("mentoring:mentorship-desk", args=[network.slug])
    browser.as_user(make_member(network, role=Role.ANIMATOR).user).get(desk)
    with django_assert_num_queries(DESK_QUERIES):
        assert len(browser.get(desk).context["desk"].lines) == number


# The person with their networks, the network with my hat; the mentorships, who is in them, the categories, their hats,
# those that ended, who asks for help; the bell.
DESK_QUERIES = 9


PLANTED = ("zqbuts", "zqnote", "zqsecret", "zqmitige", "zqmerci", "zqmaya", "zqmentor", "zqpaul", "zqpair")


def planted_in(response: Any) -> list[str]:
    html = response.content.decode().lower()
    return [one for one in PLANTED if one in html]


def test_animators_see_states_and_delays_and_no_content(browser: Browser, network: Network) -> None:
    """Of everything that is said in a mentorship a canary is planted; its people read each, who animates none."""
    mentor, peer = make_listed(network, "Zqmaya", "Zqmentor").user, make_listed(network, "Zqpaul", "Zqpair").user
    mentorship = make_mentorship(network, mentor, [peer], goals="zqbutszq")
    late = make_mentorship(network, state=MentorshipState.PROPOSED)
    Mentorship.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(days=20))
    note(peer, mentorship, "zqnotezq", is_shared=True)
    note(peer, mentorship, "zqsecretzq")
    asked = checked(mentorship, peer)
    CheckIn.objects.filter(user=mentor).update(asked_at=timezone.now() - timedelta(days=9))
    answer_check_in(user=peer, pk=asked.pk, answer="mixed", comment="zqmitigezq")
    thank(author=peer, helped=mentorship, recipient_id=mentor.pk, body="zqmercizq", may_be_public=True, token=uuid4())
    html = browser.as_user(peer).get(page(mentorship)).content.decode()
    assert [one for one in ("zqnotezq", "zqsecretzq", "zqmercizq") if one not in html] == []

    animator = make_member(network, role=Role.ANIMATOR).user
    browser = Browser().as_user(animator)
    response = browser.get(reverse("mentoring:mentorship-desk", args=[network.slug]))
    assert (response.status_code, planted_in(response)) == (200, [])
    assert [(line.state, line.delays) for line in response.context["desk"].lines] == [
        ("proposed", [Delay("unsettled", 20)]),
        ("active", [Delay("unanswered", 9)]),
    ]
    assert browser.get(page(mentorship)).status_code == 404
    assert browser.post(page(mentorship), {"act": "thank"}).status_code == 404
    assert planted_in(browser.get(reverse("portal:desk", args=[network.slug]))) == []


def test_what_is_late(network: Network) -> None:
    mentorship, today = make_mentorship(network), timezone.localdate()
    Mentorship.objects.filter(pk=mentorship.pk).update(
        starts_on=today - timedelta(days=100), ends_on=today - timedelta(days=3)
    )
    animator = make_member(network, role=Role.ANIMATOR).user
    assert mentorship_desk(animator, network).lines[0].delays == [Delay("overdue", 3), Delay("unmet", 100)]
    mentorship_course.pause(actor=mentorship.mentor, mentorship=mentorship)
    assert mentorship_desk(animator, network).lines[0].delays == []
    mentorship_course.leave(actor=mentorship.mentor, mentorship=mentorship)
    desk = mentorship_desk(animator, network)
    assert (desk.lines, desk.states, desk.endings) == ([], {}, {"left": 1})
