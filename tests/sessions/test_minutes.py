"""Minutes: written by several, with scripts and without, published, opened again; and who may do it."""

import base64
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Delivery, Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.errors import Refused
from peerhub.people.models import Circle, Membership, User
from peerhub.people.services.memberships import leave_network
from sessions import live
from sessions.enums import CheckInMethod
from sessions.events import MinutesPublished
from sessions.minutes.document import TAB_BITS, MinutesDocument, client_of
from sessions.minutes_handlers import on_minutes_published
from sessions.models import AgendaStep, Attendance, Minutes, MinutesUpdate, PeerSession
from sessions.queries.minutes import document_at, recent_writers
from sessions.services import minutes as services
from sessions.services.registration import withdraw
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session
from tests.sessions.conclusions import begin

pytestmark = pytest.mark.django_db


def make_meeting(**fields: Any) -> PeerSession:
    """A session that has begun."""
    session = make_session(**fields)
    begin(session)
    return session


def _shift(session: PeerSession, starts_at: datetime) -> None:
    PeerSession.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def seated(session: PeerSession, **fields: Any) -> User:
    """Somebody who registered before it began."""
    begun = session.starts_at, session.ends_at
    _shift(session, timezone.now() + timedelta(days=1))
    user = make_registration(session, **fields).user
    PeerSession.objects.filter(pk=session.pk).update(starts_at=begun[0], ends_at=begun[1])
    return user


def typed(user: User, session: PeerSession, words: str, key: str = "s2") -> bytes:
    """What a browser of this person sends, that adds these words to a section as it is now."""
    minutes = Minutes.objects.filter(session=session).first()
    document = MinutesDocument(
        ("s1", "s2", "s3", "s4"), bytes(minutes.state) if minutes else b"", client=client_of(user.pk)
    )
    return document.rewrite({key: document.texts[key] + words})


def write(user: User, session: PeerSession, words: str, key: str = "s2") -> MinutesUpdate:
    update = typed(user, session, words, key)
    return services.add_update(author=user, session=session, update=update, token=uuid4())


def body(session: PeerSession) -> str:
    return Minutes.objects.get(session=session).body


def page_of(session: PeerSession) -> str:
    return reverse("sessions:minutes", args=[session.pk])


def updates_of(session: PeerSession) -> str:
    return reverse("sessions:minutes-updates", args=[session.pk])


def posted(update: bytes, token: UUID | None = None) -> dict[str, str]:
    return {"update": base64.b64encode(update).decode(), "token": str(token or uuid4())}


# --- Writing ------------------------------------------------------------------------------------------------------


def test_words_of_several_make_one_text() -> None:
    session = make_meeting()
    one, two = seated(session), seated(session)
    write(one, session, "Nous avons parlé. ")
    write(two, session, "Puis écouté.")
    write(two, session, "- Écrire à la région", "s4")
    assert body(session) == (
        "## Ce qui a été dit\n\nNous avons parlé. Puis écouté.\n\n## Suites\n\n- Écrire à la région\n"
    )
    minutes = Minutes.objects.get(session=session)
    assert minutes.number == 3
    assert [one.name for one in recent_writers(minutes)] == [two.full_name, one.full_name]


def test_concurrent_words_are_both_kept() -> None:
    session = make_meeting()
    one, two = seated(session), seated(session)
    first, second = typed(one, session, "Les uns. "), typed(two, session, "Les autres. ")
    for user, update in ((one, first), (two, second)):
        services.add_update(author=user, session=session, update=update, token=uuid4())
    assert sorted(re.findall(r"Les \w+\.", body(session))) == ["Les autres.", "Les uns."]


def test_the_same_token_is_one_change_and_another_text_is_refused() -> None:
    session = make_meeting()
    user = seated(session)
    update, token = typed(user, session, "Une fois."), uuid4()
    for _ in range(2):
        kept = services.add_update(author=user, session=session, update=update, token=token)
        assert kept.number == 1
    with pytest.raises(services.OutdatedMinutes):
        services.add_update(author=user, session=session, update=typed(user, session, "Autre."), token=token)
    assert body(session) == "## Ce qui a été dit\n\nUne fois.\n"
    assert MinutesUpdate.objects.count() == 1


def test_poison_changes_nothing() -> None:
    session = make_meeting()
    one, two = seated(session), seated(session)
    write(one, session, "Avant.")
    before = Minutes.objects.values().get()
    for update in (b"", b"nul", typed(two, session, "Sous un autre nom")[:-2]):
        with pytest.raises(services.BadMinutes):
            services.add_update(author=one, session=session, update=update, token=uuid4())
    with pytest.raises(services.BadMinutes):
        services.add_update(author=one, session=session, update=typed(two, session, "Autre"), token=uuid4())
    with pytest.raises(services.BadMinutes):
        write(one, session, "x" * 40_001)
    assert Minutes.objects.values().get() == before
    write(one, session, " Après.")
    assert body(session) == "## Ce qui a été dit\n\nAvant. Après.\n"


def test_sections_come_from_the_steps_and_stay_with_the_first_words() -> None:
    session = make_meeting()
    user = seated(session)
    AgendaStep.objects.create(session=session, position=0, minutes=10, title="Exposé de la situation")
    write(user, session, "Le pont.")
    session.steps.all().delete()
    write(user, session, " Et la route.")
    assert body(session) == "## Exposé de la situation\n\nLe pont. Et la route.\n"


# --- Without scripts ----------------------------------------------------------------------------------------------


def fields(content: str) -> dict[str, str]:
    """The hidden fields of the form of a page."""
    return dict(re.findall(r'<input type="hidden" name="(number|token)" value="([^"]*)"', content))


def test_two_forms_lose_nothing(browser: Browser) -> None:
    session = make_meeting()
    one, two = seated(session), seated(session)
    write(one, session, "Le maire parle.")
    address = page_of(session)
    forms = [fields(browser.as_user(user).get(address).content.decode()) for user in (one, two)]
    sent = [{"section-s2": "Le maire de Dole parle."}, {"section-s2": "Le maire parle.\r\nOn répond."}]
    for user, form, texts in zip((one, two), forms, sent, strict=True):
        assert form["number"] == "1"
        answer = browser.as_user(user).post(address, form | texts)
        assert (answer.status_code, answer["Location"]) == (303, address)
    assert body(session) == "## Ce qui a été dit\n\nLe maire de Dole parle.\nOn répond.\n"
    # The same form again, by a double click or after going back.
    browser.as_user(two).post(address, forms[1] | sent[1])
    assert MinutesUpdate.objects.count() == 3


def test_a_form_that_changes_nothing_writes_nothing(browser: Browser) -> None:
    session = make_meeting()
    user = seated(session)
    form = fields(browser.as_user(user).get(page_of(session)).content.decode())
    assert browser.post(page_of(session), form | {"section-s2": ""}).status_code == 303
    assert MinutesUpdate.objects.count() == 0


def test_a_form_from_before_the_merge_gives_the_words_back(browser: Browser) -> None:
    session = make_meeting()
    user = seated(session)
    write(user, session, "Un.")
    form = fields(browser.as_user(user).get(page_of(session)).content.decode())
    write(user, session, " Deux.")
    services.publish_minutes(actor=animator_of(session.network), session=session)
    assert services.merge_old(timezone.now() + timedelta(days=31)) == 1
    services.reopen_minutes(actor=animator_of(session.network), session=session)
    answer = browser.post(page_of(session), form | {"section-s2": "Un. Mes mots."})
    assert answer.status_code == 409
    assert "Un. Mes mots." in answer.content.decode()
    assert body(session) == "## Ce qui a été dit\n\nUn. Deux.\n"


def test_what_came_too_late_is_given_back(browser: Browser) -> None:
    session = make_meeting()
    user = seated(session)
    write(user, session, "Un.")
    form = fields(browser.as_user(user).get(page_of(session)).content.decode())
    services.publish_minutes(actor=animator_of(session.network), session=session)
    answer = browser.post(page_of(session), form | {"section-s2": "Un. Trop tard."})
    assert answer.status_code == 403
    assert "Un. Trop tard." in answer.content.decode()
    assert body(session) == "## Ce qui a été dit\n\nUn.\n"


def test_a_section_too_long_is_said_and_kept(browser: Browser) -> None:
    session = make_meeting()
    user = seated(session)
    form = fields(browser.as_user(user).get(page_of(session)).content.decode())
    answer = browser.post(page_of(session), form | {"section-s2": "x" * 40_001})
    assert answer.status_code == 422
    assert "x" * 40_001 in answer.content.decode()


def test_the_document_of_any_number_can_be_made_again() -> None:
    session = make_meeting()
    user = seated(session)
    for word in ("un ", "deux ", "trois "):
        write(user, session, word)
    minutes = Minutes.objects.get(session=session)
    texts = [document_at(minutes, number, client=1).texts["s2"] for number in range(4)]
    assert texts == ["", "un ", "un deux ", "un deux trois "]


# --- Over the wire ------------------------------------------------------------------------------------------------


def test_a_page_sends_and_catches_up(browser: Browser) -> None:
    session = make_meeting()
    one, two = seated(session), seated(session)
    address = updates_of(session)
    first = typed(one, session, "Bonjour.")
    answer = browser.as_user(one).post(address, posted(first), content_type="application/json")
    assert (answer.status_code, answer.json()) == (201, {"number": 1})
    second = write(two, session, " Bonsoir.")
    missed = browser.as_user(one).get(address, {"apres": "1"})
    assert missed["CSRF-Token"]
    assert missed.json() == {
        "number": 2,
        "updates": [base64.b64encode(bytes(second.update)).decode()],
        "state": None,
        "isPublished": False,
        "writers": [two.full_name, one.full_name],
    }
    assert browser.get(address, {"apres": "2"}).json()["updates"] == []


def test_a_page_that_missed_much_is_sent_the_whole(browser: Browser) -> None:
    session = make_meeting()
    user = seated(session)
    for word in ("un ", "deux ", "trois ", "quatre "):
        write(user, session, word)
    answer = browser.as_user(user).get(updates_of(session), {"apres": "0"}).json()
    assert answer["updates"] == []
    assert MinutesDocument(("s2",), base64.b64decode(answer["state"])).texts["s2"] == "un deux trois quatre "


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("", 422),
        ("[]", 422),
        ('{"token": "x", "update": ""}', 422),
        ('{"token": 12, "update": "AAA="}', 422),
        ('{"update": "%%%", "token": "b4e9f3a0-0000-4000-8000-000000000000"}', 422),
        ('{"update": "AAA=", "token": "b4e9f3a0-0000-4000-8000-000000000000"}', 422),
        ("[" * 5_000, 422),
        ("x" * 300_000, 413),
    ],
)
def test_what_is_no_update_is_refused_with_a_sentence(browser: Browser, sent: str, status: int) -> None:
    session = make_meeting()
    answer = browser.as_user(seated(session)).post(updates_of(session), sent, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["reason"].endswith((".", "!"))
    assert MinutesUpdate.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_page_and_of_an_update(
    browser: Browser, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = make_meeting()
    people = [seated(session) for _ in range(count)]
    for user in people:
        write(user, session, f"{user.pk} ")
    browser.as_user(people[0])
    page = browser.get(page_of(session))
    assert all(user.full_name in page.content.decode() for user in people)
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(page_of(session))
    with django_assert_num_queries(CATCH_UP_QUERIES):
        browser.get(updates_of(session), {"apres": "0"})
    update = posted(typed(people[0], session, "Encore."))
    with django_assert_num_queries(UPDATE_QUERIES):
        browser.post(updates_of(session), update, content_type="application/json")


PAGE_QUERIES = 10
CATCH_UP_QUERIES = 6
UPDATE_QUERIES = 11


# --- Who and when -------------------------------------------------------------------------------------------------


def may_write(user: User, session: PeerSession) -> bool:
    try:
        write(user, session, "Moi. ")
    except Refused:
        return False
    return True


def test_who_writes() -> None:
    session = make_meeting()
    network = session.network
    came, named, member, other = (make_member(network).user for _ in range(4))
    method = CheckInMethod.LIST
    Attendance.objects.create(session=session, user=came, method=method)
    Attendance.objects.create(session=session, user=other, method=method, is_present=False)
    session.facilitators.add(named)
    left = seated(session)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=timezone.now() + timedelta(minutes=50))
    withdraw(user=left, session=session)
    suspended = seated(session)
    Membership.objects.filter(user=suspended).update(status=MembershipStatus.SUSPENDED)
    silenced = seated(session)
    Membership.objects.filter(user=silenced).update(silenced_until=timezone.now() + timedelta(days=1))
    people = {
        "seated": seated(session),
        "came": came,
        "named": named,
        "animator": animator_of(network),
        "member": member,
        "absent": other,
        "left": left,
        "suspended": suspended,
        "silenced": silenced,
        "stranger": make_user(),
    }
    assert {name for name, user in people.items() if may_write(user, session)} == {
        "seated",
        "came",
        "named",
        "animator",
    }


@pytest.mark.parametrize(("minutes", "writes"), [(-61, False), (-59, True), (60, True), (60 * 24 * 90, True)])
def test_from_an_hour_before(minutes: int, writes: bool) -> None:
    session = make_session()
    user = seated(session)
    starts_at = timezone.now() - timedelta(minutes=minutes)
    _shift(session, starts_at)
    assert may_write(user, session) == writes


def test_readers_of_the_circle_read_and_do_not_write(browser: Browser) -> None:
    session = make_meeting()
    write(seated(session), session, "On a <b>dit</b>.")
    reader = make_member(session.network).user
    page = browser.as_user(reader).get(page_of(session)).content.decode()
    assert "On a &lt;b&gt;dit&lt;/b&gt;." in page
    assert "<textarea" not in page
    assert browser.post(page_of(session), {"number": 1, "token": str(uuid4()), "section-s2": "Moi"}).status_code == 403
    answer = browser.post(updates_of(session), posted(typed(reader, session, "Moi")), content_type="application/json")
    assert answer.status_code == 403
    assert "Moi" not in body(session)


def test_former_members_read_nothing_and_receive_nothing(browser: Browser) -> None:
    network = make_network()
    member = make_member(network, category="elected")
    session = make_session(network, circle=confidential_circle(network), title="Entre nous")
    make_registration(session, member.user)
    begin(session)
    write(member.user, session, "Secret")
    browser.as_user(member.user)
    assert live.can_watch_minutes(member.user_id, session.pk)
    assert [browser.get(one).status_code for one in (page_of(session), updates_of(session))] == [200, 200]
    leave_network(membership=member)
    assert not live.can_watch_minutes(member.user_id, session.pk)
    assert [browser.get(one).status_code for one in (page_of(session), updates_of(session))] == [404, 404]
    answer = browser.post(
        updates_of(session), posted(typed(member.user, session, "x")), content_type="application/json"
    )
    assert answer.status_code == 404


def test_what_the_web_sees_is_read_by_members_until_it_is_published(browser: Browser) -> None:
    network = make_network(is_public=True)
    session = make_meeting(network=network, circle=Circle.objects.get(network=None, kind=CircleKind.PUBLIC))
    write(seated(session), session, "Potiron")
    markdown = reverse("sessions:minutes-markdown", args=[session.pk])
    member, stranger = make_member(network).user, make_user()
    assert "Potiron" in browser.as_user(member).get(page_of(session)).content.decode()
    for user_id in (None, stranger.pk):
        assert not live.can_watch_minutes(user_id, session.pk)
    visitor = Browser()
    assert "Potiron" not in visitor.get(page_of(session)).content.decode()
    assert visitor.get(markdown).status_code == 403
    assert browser.as_user(stranger).get(updates_of(session)).status_code == 403
    services.publish_minutes(actor=animator_of(network), session=session)
    assert "Potiron" in visitor.get(page_of(session)).content.decode()
    answer = visitor.get(markdown)
    assert answer.content.decode() == f"# Compte rendu · {session.title}\n\n## Ce qui a été dit\n\nPotiron\n"
    assert answer["Content-Disposition"] == f'attachment; filename="compte-rendu-{session.pk}.md"'


# --- Publishing ---------------------------------------------------------------------------------------------------


def test_publishing_freezes_and_reopening_is_traced(browser: Browser) -> None:
    session = make_meeting()
    user, animator = seated(session), animator_of(session.network)
    with pytest.raises(Refused):
        services.publish_minutes(actor=animator, session=session)
    write(user, session, "**Dit.**")
    with pytest.raises(Refused):
        services.publish_minutes(actor=user, session=session)
    browser.as_user(animator).post(reverse("sessions:minutes-publish", args=[session.pk]))
    minutes = Minutes.objects.get(session=session)
    assert (minutes.published_by, minutes.number) == (animator, 2)
    assert minutes.body_html == "<h2>Ce qui a été dit</h2>\n<p><strong>Dit.</strong></p>\n"
    assert not may_write(user, session)
    with pytest.raises(Refused):
        services.reopen_minutes(actor=user, session=session)
    browser.post(reverse("sessions:minutes-reopen", args=[session.pk]))
    minutes.refresh_from_db()
    assert (minutes.published_at, minutes.body_html, minutes.number) == (None, "", 3)
    assert f"Rouvert par {animator.full_name}" in browser.get(page_of(session)).content.decode()
    assert may_write(user, session)
    acts = minutes.updates.filter(update=b"").values_list("number", "author")
    assert list(acts.order_by("number")) == [(2, animator.pk), (3, animator.pk)]


def test_the_page_of_a_session_leads_there_from_an_hour_before(browser: Browser) -> None:
    session = make_session()
    link = f'href="{page_of(session)}"'
    user = seated(session)
    for minutes, shown in ((-61, False), (-59, True), (300, True)):
        starts_at = timezone.now() - timedelta(minutes=minutes)
        _shift(session, starts_at)
        assert (link in browser.as_user(user).get(session.get_absolute_url()).content.decode()) == shown


def test_publishing_twice_is_once() -> None:
    session = make_meeting()
    write(seated(session), session, "Dit.")
    for _ in range(2):
        assert services.publish_minutes(actor=animator_of(session.network), session=session).number == 2
    for _ in range(2):
        assert services.reopen_minutes(actor=animator_of(session.network), session=session).number == 3


def test_a_retry_after_publication_is_known_to_have_arrived() -> None:
    session = make_meeting()
    user = seated(session)
    update, token = typed(user, session, "Dernier mot."), uuid4()
    services.add_update(author=user, session=session, update=update, token=token)
    services.publish_minutes(actor=animator_of(session.network), session=session)
    assert services.add_update(author=user, session=session, update=update, token=token).number == 1


def test_those_registered_are_told_once_and_never_of_what() -> None:
    network = make_network()
    people = [make_member(network, category="elected").user for _ in range(2)]
    named = make_member(network, category="elected").user
    session = make_session(network, circle=confidential_circle(network), title="Le potiron du maire")
    for user in people:
        make_registration(session, user)
    begin(session)
    session.facilitators.add(named)
    write(people[0], session, "Un potiron secret.")
    dispatch_all()
    Notification.objects.all().delete()
    minutes = services.publish_minutes(actor=named, session=session)
    dispatch_all()
    on_minutes_published(MinutesPublished(minutes.pk, minutes.number))
    told = Notification.objects.filter(kind="sessions.minutes_published")
    assert set(told.values_list("recipient", flat=True)) == {user.pk for user in people}
    Delivery.objects.update(due_at=timezone.now())
    mail.outbox.clear()
    deliver_due()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(user.email for user in people)
    for message in mail.outbox:
        said = f"{message.subject} {message.body}"
        assert page_of(session) in said
        assert "potiron" not in said.lower()


def test_of_minutes_opened_again_nobody_is_told() -> None:
    session = make_meeting()
    user = seated(session)
    write(user, session, "Dit.")
    dispatch_all()
    published = services.publish_minutes(actor=animator_of(session.network), session=session)
    services.reopen_minutes(actor=animator_of(session.network), session=session)
    on_minutes_published(MinutesPublished(published.pk, published.number))
    assert not Notification.objects.filter(kind="sessions.minutes_published").exists()


def test_old_changes_are_merged_and_the_text_stays() -> None:
    session, young = make_meeting(), make_meeting()
    one, two = seated(session), seated(session)
    for user, word in ((one, "un "), (two, "deux "), (one, "trois ")):
        write(user, session, word)
    write(seated(young), young, "jeune")
    now = timezone.now()
    for meeting in (session, young):
        services.publish_minutes(actor=animator_of(meeting.network), session=meeting)
    assert services.merge_old(now + timedelta(days=29)) == 0
    Minutes.objects.filter(session=young).update(published_at=now + timedelta(days=5))
    assert services.merge_old(now + timedelta(days=31)) == 1
    assert services.merge_old(now + timedelta(days=31)) == 0
    minutes = Minutes.objects.get(session=session)
    rows = minutes.updates.order_by("number").values_list("number", "author")
    assert list(rows) == [(3, None), (4, animator_of(session.network).pk)]
    services.reopen_minutes(actor=animator_of(session.network), session=session)
    write(two, session, "quatre")
    minutes.refresh_from_db()
    assert minutes.body == "## Ce qui a été dit\n\nun deux trois quatre\n"
    assert document_at(minutes, 5, client=1 << TAB_BITS).texts["s2"] == "un deux trois "
