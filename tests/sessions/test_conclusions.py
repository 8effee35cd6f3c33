"""The conclusions of a group: nothing written is lost, and only what the rule approves is sealed."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import User
from sessions import conclusion_handlers as handlers
from sessions.enums import ApprovalRule, CheckInMethod, ConclusionState, Voice
from sessions.events import ConclusionObjected, ConclusionProposed, ConclusionSealed
from sessions.models import Attendance, Conclusion, ConclusionVoice, PeerSession, Seal
from sessions.policies.conclusions import can_see_conclusion
from sessions.services import conclusions as services
from sessions.services.revealing import open_envelopes
from tests.builders import make_member, make_user
from tests.conftest import Browser
from tests.sessions.builders import make_session
from tests.sessions.conclusions import TEXT, Day, make_day, propose, seal, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def day() -> Day:
    return make_day(("elected", "agent"), people=3)


def say(day: Day, who: int, voice: Voice, reason: str = "", version: int = 1) -> ConclusionVoice:
    session = day.groups["elected"]
    user = day.people["elected"][who]
    return services.give_voice(user=user, session=session, version=version, voice=voice, reason=reason)


def state(day: Day) -> str:
    return Conclusion.objects.get(session=day.groups["elected"]).state


def at_deadline(day: Day) -> timedelta:
    return timedelta(days=day.programme.approval_days)


def told(kind: str) -> set[int]:
    return set(Notification.objects.filter(kind=f"sessions.{kind}").values_list("recipient_id", flat=True))


def test_a_lost_update_is_refused_and_both_texts_are_shown(day: Day, browser: Browser) -> None:
    write(day, body="Première.")
    session, other = day.groups["elected"], day.people["elected"][1]
    services.write_conclusion(author=other, session=session, body="La leur.", version=1)
    with pytest.raises(services.ConclusionConflict) as conflict:
        services.write_conclusion(author=day.people["elected"][0], session=session, body="La mienne.", version=1)
    assert (conflict.value.current.body, conflict.value.current.version) == ("La leur.", 2)
    url = reverse("sessions:conclusions", args=[session.pk])
    response = browser.as_user(day.people["elected"][0]).post(url, {"body": "La mienne.", "version": "1"})
    page = response.content.decode()
    assert response.status_code == 409
    assert re.findall(r'<textarea id="theirs"[^>]*>([^<]*)<', page) == ["La leur."]
    assert re.findall(r'<textarea name="body"[^>]*>\s*([^<]*)<', page) == ["La mienne."]
    assert re.findall(r'name="version" value="(\d+)"', page)[0] == "2"
    assert Conclusion.objects.get().body == "La leur."
    # Sent again over the version that was shown, it is kept; the same text sent twice is one version.
    for _ in range(2):
        response = browser.post(url, {"body": "La mienne.", "version": "2"})
        assert response.status_code == 303
    assert Conclusion.objects.values_list("body", "version").get() == ("La mienne.", 3)


def test_what_is_kept_is_composed_and_has_one_kind_of_line_end(day: Day) -> None:
    assert write(day, body="E\u0301te\u0301\r\nla\u0300\r ").body == "Été\nlà"


def test_silence_seals_at_the_hour_and_not_before(day: Day) -> None:
    proposed = propose(day)
    assert proposed.approved_by_date is not None
    assert services.seal_due(proposed.approved_by_date - timedelta(seconds=1)) == 0
    assert state(day) == "proposed"
    assert services.seal_due(proposed.approved_by_date) == 1
    assert services.seal_due(proposed.approved_by_date) == 0
    sealed = Conclusion.objects.get(session=day.groups["elected"])
    assert (sealed.state, sealed.agora, Seal.objects.count()) == (ConclusionState.SEALED, day.agora, 1)
    assert sealed.proposed_at
    assert proposed.approved_by_date - sealed.proposed_at == at_deadline(day)


def test_an_objection_holds_it_until_another_version(day: Day) -> None:
    propose(day)
    with pytest.raises(DomainError, match="Dites pourquoi"):
        say(day, 1, Voice.OBJECTS)
    say(day, 1, Voice.OBJECTS, "Trop vague.")
    late = timezone.now() + timedelta(days=30)
    assert services.seal_due(late) == 0
    propose(day, body="Plus précis.")
    assert ConclusionVoice.objects.filter(version=2).count() == 1  # of who proposes
    with pytest.raises(DomainError, match="a changé"):
        say(day, 1, Voice.AGREES, version=1)
    assert services.seal_due(late) == 1
    assert Conclusion.objects.get(state=ConclusionState.SEALED).body == "Plus précis."


def test_what_was_objected_to_is_not_even_locked(day: Day, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    propose(day)
    say(day, 1, Voice.OBJECTS, "Trop vague.")
    with django_assert_num_queries(1):
        assert services.seal_due(timezone.now() + timedelta(days=30)) == 0


def test_a_run_closes_so_many_envelopes_and_the_next_run_the_others(day: Day) -> None:
    for group in ("elected", "agent"):
        propose(day, group)
    late = timezone.now() + timedelta(days=30)
    assert [services.seal_due(late, limit=1) for _run in range(3)] == [1, 1, 0]


def test_who_objected_may_agree_after_all(day: Day) -> None:
    propose(day)
    say(day, 1, Voice.OBJECTS, "Trop vague.")
    say(day, 1, Voice.AGREES)
    assert services.seal_due(timezone.now() + timedelta(days=30)) == 1


def test_after_the_hour_of_consent_nobody_objects(day: Day) -> None:
    proposed = propose(day)
    Conclusion.objects.filter(pk=proposed.pk).update(approved_by_date=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Refused, match="délai est passé"):
        say(day, 1, Voice.OBJECTS, "Trop tard.")


def test_it_is_sealed_earlier_only_with_the_word_of_all(day: Day) -> None:
    propose(day)
    session, actor = day.groups["elected"], day.people["elected"][0]
    say(day, 1, Voice.AGREES)
    with pytest.raises(Refused, match="accord de tout le monde"):
        services.seal(actor=actor, session=session, version=1)
    assert (state(day), Seal.objects.count()) == ("proposed", 0)
    say(day, 2, Voice.AGREES)
    for _ in range(2):
        services.seal(actor=actor, session=session, version=1)
    assert (state(day), Seal.objects.count()) == ("sealed", 1)
    with pytest.raises(Refused, match="plus rien n’y change"):
        services.write_conclusion(author=actor, session=session, body="Autre.", version=1)
    with pytest.raises(Refused):
        say(day, 1, Voice.OBJECTS, "Regret.")


def test_a_majority_is_of_those_present(day: Day) -> None:
    day.programme.approval_rule = ApprovalRule.MAJORITY
    day.programme.save()
    session, people = day.groups["elected"], day.people["elected"]
    propose(day)
    with pytest.raises(Refused, match="majorité"):
        services.seal(actor=people[0], session=session, version=1)
    assert services.seal_due(timezone.now() + timedelta(days=30)) == 0
    # Only one of the three came, and agrees: half of none is left to ask.
    Attendance.objects.create(session=session, user=people[0], method=CheckInMethod.LIST)
    assert services.seal_due(timezone.now() + timedelta(days=30)) == 1


def test_half_is_no_majority(day: Day) -> None:
    day.programme.approval_rule = ApprovalRule.MAJORITY
    day.programme.save()
    session, people = day.groups["elected"], day.people["elected"]
    for user in people[:2]:
        Attendance.objects.create(session=session, user=user, method=CheckInMethod.LIST)
    propose(day)
    assert services.seal_due(timezone.now() + timedelta(days=30)) == 0
    say(day, 2, Voice.AGREES)  # registered, and not there
    assert services.seal_due(timezone.now() + timedelta(days=30)) == 0
    say(day, 1, Voice.AGREES)
    services.seal(actor=people[2], session=session, version=1)
    assert state(day) == "sealed"


def test_the_group_writes_and_nobody_else(day: Day) -> None:
    session = day.groups["elected"]
    silent = make_member(day.network, category="elected").user
    animator = day.animator
    outsider = day.people["agent"][0]
    for user in (silent, animator, outsider):
        with pytest.raises(Refused):
            services.write_conclusion(author=user, session=session, body="Non.", version=0)
    session.facilitators.add(animator)
    with pytest.raises(Refused, match="pas ouverte"):  # named, and outside of the circle
        services.write_conclusion(author=animator, session=session, body="Non.", version=0)
    session.facilitators.add(silent)
    services.write_conclusion(author=silent, session=session, body="Oui.", version=0)
    services.propose(actor=silent, session=session, version=1)
    with pytest.raises(Refused, match="personnes inscrites"):
        services.give_voice(user=silent, session=session, version=1, voice=Voice.AGREES)
    assert ConclusionVoice.objects.count() == 0


def test_conclusions_begin_with_the_session_and_only_in_confidence(day: Day, browser: Browser) -> None:
    open_session = make_session(day.network)
    member = day.people["elected"][0]
    page = browser.as_user(member).get(reverse("sessions:conclusions", args=[open_session.pk]))
    assert page.status_code == 404
    session = day.groups["elected"]
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() + timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=2)
    )
    with pytest.raises(Refused, match="à partir du début"):
        write(day)


def test_the_page_leads_from_the_draft_to_the_seal(day: Day, browser: Browser) -> None:
    session, people = day.groups["elected"], day.people["elected"]
    url = reverse("sessions:conclusions", args=[session.pk])
    browser.as_user(people[0])
    assert browser.post(url, {"body": TEXT, "version": "0"}).status_code == 303
    assert browser.post(url + "soumettre/", {"version": "1"}).status_code == 303
    assert browser.post(url + "sceller/", {"version": "1"}).status_code == 403
    for user in people[1:]:
        answer = Browser().as_user(user).post(url + "avis/", {"version": "1", "voice": "agrees"})
        assert answer.status_code == 303
    assert browser.post(url + "sceller/", {"version": "1"}).status_code == 303
    page = browser.get(url).content.decode()
    sealed = Seal.objects.get()
    assert page.count(sealed.content_hash) == 1
    assert browser.get(url + "enveloppe.json").content.decode().count("du temps") == 1
    for user in (day.people["agent"][0], day.animator):
        for address in (url, url + "enveloppe.json"):
            assert Browser().as_user(user).get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_number_of_voices(
    count: int, browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = make_day(("elected",), people=count)
    propose(day)
    for who in range(count):
        say(day, who, Voice.AGREES)
    browser.as_user(day.people["elected"][0])
    url = reverse("sessions:conclusions", args=[day.groups["elected"].pk])
    browser.get(url)
    with django_assert_num_queries(17):
        browser.get(url)


def people_of(day: Day) -> dict[str, User]:
    return {
        "inside": day.people["elected"][0],
        "other group": day.people["agent"][0],
        "animator": day.animator,
        "outsider": make_user(),
    }


@pytest.mark.parametrize("stage", ["draft", "proposed", "sealed", "revealed"])
def test_seeing_and_listing_agree(day: Day, stage: str) -> None:
    made = {"draft": write, "proposed": propose}.get(stage, seal)(day)
    if stage == "revealed":
        open_envelopes(actor=day.animator, agora=day.agora)
    conclusion = Conclusion.objects.select_related("session__circle", "agora__circle").get(pk=made.pk)
    inside = {"inside", "other group", "animator"} if stage == "revealed" else {"inside"}
    for name, user in people_of(day).items():
        listed = Conclusion.objects.visible_to(user).filter(pk=made.pk).exists()
        assert listed == bool(can_see_conclusion(user, conclusion)) == (name in inside), name


def test_the_group_is_told_and_never_of_what(day: Day) -> None:
    people = [user.pk for user in day.people["elected"]]
    proposed = propose(day, body="CANARI secret")
    said = say(day, 1, Voice.OBJECTS, "CANARI raison")
    dispatch_all()
    assert told("conclusions_proposed") == {people[1], people[2]}
    assert told("conclusions_objected") == {people[0]}
    deliver_due()
    say(day, 1, Voice.AGREES)
    say(day, 2, Voice.AGREES)
    services.seal(actor=day.people["elected"][0], session=day.groups["elected"], version=1)
    dispatch_all()
    assert told("conclusions_sealed") == set(people)
    before = Notification.objects.count()
    handlers.on_conclusion_proposed(ConclusionProposed(conclusion_id=proposed.pk, version=1))
    handlers.on_conclusion_objected(ConclusionObjected(voice_id=said.pk))
    handlers.on_conclusion_sealed(ConclusionSealed(conclusion_id=proposed.pk))
    assert Notification.objects.count() == before
    about = [message for message in mail.outbox if "conclusions" in message.subject]
    assert len(about) == 3
    for message in about:
        text = " ".join(str(part.get_payload(decode=True)) for part in message.message().walk())
        assert "canari" not in (message.subject + text).lower()
        assert "Entre elected" not in text


def test_who_facilitates_and_is_not_in_the_circle_does_nothing_there(day: Day) -> None:
    write(day)
    session, outsider = day.groups["elected"], make_member(day.network).user
    session.facilitators.add(outsider)
    acts: list[Callable[[], object]] = [
        lambda: services.propose(actor=outsider, session=session, version=1),
        lambda: services.give_voice(user=outsider, session=session, version=1, voice=Voice.AGREES),
        lambda: services.seal(actor=outsider, session=session, version=1),
    ]
    for act in acts:
        with pytest.raises(Refused, match="ne vous est pas ouverte"):
            act()
    assert state(day) == ConclusionState.DRAFT
