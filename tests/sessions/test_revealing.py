"""The envelopes of an agora: counted by nobody else, opened together, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from peerhub.live import publish
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import User
from peerhub.people.services.circles import freeze_cohort, public_circle
from sessions import conclusion_handlers as handlers
from sessions.confidence import agora_panel
from sessions.enums import ConclusionState, SessionState
from sessions.events import EnvelopesOpened
from sessions.models import Conclusion, PeerSession
from sessions.queries.conclusions import category_at, opened_at, sealed_at, wanted_categories
from sessions.services.revealing import ask_to_open, open_envelopes
from tests.builders import make_animator, make_member
from tests.concurrency import together
from tests.conftest import Browser
from tests.sessions.conclusions import Day, make_day, propose, seal, write

CATEGORIES = ("elected", "agent", "association")


def sealed_day(categories: tuple[str, ...] = CATEGORIES) -> Day:
    day = make_day(categories, people=1)
    for category in categories:
        seal(day, category, f"Canari {category}.")
    return day


def states() -> list[str]:
    return list(Conclusion.objects.order_by("pk").values_list("state", flat=True))


def page(user: User, day: Day, name: str = "restitutions") -> str:
    response = Browser().as_user(user).get(reverse(f"sessions:{name}", args=[day.agora.pk]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_an_animator_opens_all_at_once_and_everyone_reads_them(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = sealed_day()
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(publish._publisher, "send", sent.extend)
    with django_capture_on_commit_callbacks(execute=True):
        assert open_envelopes(actor=day.animator, agora=day.agora) == 3
        assert open_envelopes(actor=day.animator, agora=day.agora) == 0
    assert states() == ["revealed"] * 3
    assert Conclusion.objects.values("revealed_at").distinct().count() == 1
    frames = [frame for channel, frame in sent if channel.endswith(f":fr:session.{day.agora.pk}")]
    assert len(frames) == 1
    for category in CATEGORIES:
        assert frames[0].count(f"Canari {category}.") == 1
    silent = make_member(day.network).user  # of the network, at no session
    for user in (*(people[0] for people in day.people.values()), silent, day.animator):
        assert [page(user, day).count(f"Canari {category}.") for category in CATEGORIES] == [1, 1, 1]
        verified = page(user, day, "restitutions-verify")
        assert verified.count("Empreintes vérifiées") == 1
        assert verified.count("intacte") == 1


@pytest.mark.django_db
def test_before_it_opens_only_those_who_run_or_attend_know_how_many_are_sealed() -> None:
    day = make_day(people=1)
    seal(day, "elected", "Canari court.")
    write(day, "agent", "Canari long.")
    propose(day, "association", "Canari soumis.")
    sealed = sealed_at(day.agora)
    assert (sealed.sealed_count, sealed.group_count) == (1, 3)
    silent = make_member(day.network).user
    hashes = list(Conclusion.objects.filter(seal__isnull=False).values_list("seal__content_hash", flat=True))
    for user, counts in ((day.people["agent"][0], True), (day.animator, True), (silent, False)):
        for text in (page(user, day), page(user, day, "session")):
            assert ("1 enveloppe scellée sur 3" in text) == counts
            assert "Canari" not in text
            assert hashes[0] not in text
        later = Browser().as_user(user).get(reverse("sessions:restitutions", args=[day.agora.pk]), {"suite": "1"})
        assert (later.status_code, later.content) == (204, b"")
        verify = Browser().as_user(user).get(reverse("sessions:restitutions-verify", args=[day.agora.pk]))
        assert verify.status_code == 404
        file = reverse("sessions:envelope-file", args=[day.groups["elected"].pk])
        assert Browser().as_user(user).get(file).status_code == 404


@pytest.mark.django_db
def test_who_may_open_and_when() -> None:
    day = sealed_day()
    for user in (day.people["elected"][0], make_animator(sealed_day(("elected",)).network).user):
        with pytest.raises(Refused):
            open_envelopes(actor=user, agora=day.agora)
    group = day.groups["elected"]
    with pytest.raises(Refused):  # the animator does not even see it
        open_envelopes(actor=day.animator, agora=group)
    soon = timezone.now() + timedelta(minutes=5)
    PeerSession.objects.filter(pk=day.agora.pk).update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    with pytest.raises(Refused, match="une fois l’agora commencée"):
        open_envelopes(actor=day.animator, agora=day.agora)
    past = timezone.now() - timedelta(minutes=5)
    PeerSession.objects.filter(pk=day.agora.pk).update(starts_at=past, circle=public_circle())
    with pytest.raises(Refused, match="tout le web"):
        open_envelopes(actor=day.animator, agora=day.agora)
    assert states().count("revealed") == 0


@pytest.mark.django_db
def test_without_an_envelope_nothing_opens() -> None:
    day = make_day(("elected",), people=1)
    propose(day)
    with pytest.raises(DomainError, match="Aucune enveloppe"):
        open_envelopes(actor=day.animator, agora=day.agora)
    assert states() == ["proposed"]


@pytest.mark.django_db
def test_one_voice_of_each_category_that_met_opens_them() -> None:
    day = sealed_day()
    observer = make_member(day.network, category="research").user
    with pytest.raises(Refused, match="inscrit·e à l’agora"):
        ask_to_open(user=observer, agora=day.agora)
    for category in ("elected", "agent"):
        for _ in range(2):
            assert ask_to_open(user=day.people[category][0], agora=day.agora) == 0
    agent = day.people["agent"][0]
    panel = agora_panel(agent, day.agora, None, category_at(agent, day.agora))
    assert panel.has_asked
    assert panel.sealed
    assert {one.category.slug: one.has_asked for one in panel.sealed.voices} == {
        "elected": True,
        "agent": True,
        "association": False,
    }
    assert states().count("sealed") == 3
    assert ask_to_open(user=day.people["association"][0], agora=day.agora) == 3
    assert states() == ["revealed"] * 3
    assert ask_to_open(user=day.people["association"][0], agora=day.agora) == 0


@pytest.mark.django_db
def test_an_envelope_that_comes_late_opens_later_and_must_be_asked_for_again() -> None:
    day = make_day(("elected", "agent"), people=1)
    seal(day, "elected")
    for category in ("elected", "agent"):
        ask_to_open(user=day.people[category][0], agora=day.agora)
    assert states() == ["revealed"]
    seal(day, "agent")
    assert ask_to_open(user=day.people["elected"][0], agora=day.agora) == 0
    assert states() == ["revealed", "sealed"]
    assert ask_to_open(user=day.people["agent"][0], agora=day.agora) == 1
    assert len(opened_at(day.agora)) == 2


@pytest.mark.django_db
def test_envelopes_wait_for_the_agora_that_takes_the_place_of_a_cancelled_one() -> None:
    day = sealed_day(("elected",))
    PeerSession.objects.filter(pk=day.agora.pk).update(
        state=SessionState.CANCELLED, cancelled_at=timezone.now(), peer_day=day.peer_day
    )
    with pytest.raises(Refused):
        open_envelopes(actor=day.animator, agora=day.agora)
    other = make_day(("agent",), people=1).agora
    PeerSession.objects.filter(pk=other.pk).update(
        network=day.network, circle=day.agora.circle, peer_day=day.peer_day, programme=day.programme
    )
    other.refresh_from_db()
    assert open_envelopes(actor=day.animator, agora=other) == 1
    assert Conclusion.objects.get().agora == other


@pytest.mark.django_db
def test_a_frozen_circle_still_says_which_category_met() -> None:
    day = sealed_day(("elected",))
    circle = day.groups["elected"].circle
    type(circle).objects.filter(pk=circle.pk).update(kind="cohort", category=None)
    assert freeze_cohort(circle=circle)
    assert wanted_categories(day.agora) == {circle.category_id}
    open_envelopes(actor=day.animator, agora=day.agora)
    assert [one.slug for one in opened_at(day.agora)[0].categories] == ["elected"]


@pytest.mark.django_db
def test_a_changed_text_is_said_on_every_page() -> None:
    day = sealed_day(("elected",))
    open_envelopes(actor=day.animator, agora=day.agora)
    assert page(day.animator, day).count("Empreinte vérifiée") == 1
    Conclusion.objects.update(body="Canari elected,")
    text = page(day.animator, day)
    assert text.count("Empreinte vérifiée") == 0
    assert text.count("n’est plus celui qui a été scellé") == 1
    assert page(day.animator, day, "restitutions-verify").count("Un scellé est rompu") == 1


@pytest.mark.django_db
def test_those_registered_are_told_once_that_it_is_open() -> None:
    day = sealed_day()
    open_envelopes(actor=day.animator, agora=day.agora)
    dispatch_all()
    told = Notification.objects.filter(kind="sessions.envelopes_opened").values_list("recipient_id", flat=True)
    everyone = sorted(people[0].pk for people in day.people.values())
    assert sorted(told) == everyone
    first = Conclusion.objects.order_by("pk")[0].pk
    handlers.on_envelopes_opened(EnvelopesOpened(agora_id=day.agora.pk, conclusion_id=first))
    assert sorted(told.all()) == everyone
    Notification.objects.exclude(kind="sessions.envelopes_opened").delete()
    deliver_due()
    assert all("Canari" not in str(message.message()) for message in mail.outbox)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_number_of_envelopes(
    count: int, browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = sealed_day(CATEGORIES[:count])
    open_envelopes(actor=day.animator, agora=day.agora)
    browser.as_user(day.people["elected"][0])
    url = reverse("sessions:restitutions", args=[day.agora.pk])
    browser.get(url)
    with django_assert_num_queries(13):
        browser.get(url)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_open_them_once() -> None:
    day = sealed_day()
    other = make_animator(day.network).user
    results = together(
        lambda: open_envelopes(actor=day.animator, agora=day.agora),
        lambda: open_envelopes(actor=other, agora=day.agora),
    )
    assert sorted(results, key=str) == [0, 3]
    assert OutboxEvent.objects.filter(name="sessions.envelopes_opened").count() == 1
    assert states() == [ConclusionState.REVEALED] * 3


@pytest.mark.django_db(transaction=True)
def test_the_last_categories_asking_at_once_open_them_once() -> None:
    day = sealed_day()
    results = together(
        *(lambda user=people[0]: ask_to_open(user=user, agora=day.agora) for people in day.people.values())
    )
    assert sorted(results, key=str) == [0, 0, 3]
    assert OutboxEvent.objects.filter(name="sessions.envelopes_opened").count() == 1
    assert states() == ["revealed"] * 3
