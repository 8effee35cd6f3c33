"""Notes, check-ins, opinions and thanks: whose they are, and that nobody else reads them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import CheckInAnswer, CheckInStage, MentorshipState
from mentoring.models import CheckIn, Mentorship, MentorshipNote
from mentoring.queries.mentorship_desk import Delay, mentorship_desk
from mentoring.services import mentorship_course
from mentoring.services.check_ins import answer_check_in, ask_due, stage_due, take_help
from mentoring.services.notes import drop_note, rewrite_note, write_note
from mentoring.services.thanks import thank
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import Role
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Network
from tests.builders import make_member
from tests.conftest import Browser
from tests.mentoring.accompaniment_builders import checked, note, page, peer_in, word
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_group, make_mentorship

pytestmark = pytest.mark.django_db


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
