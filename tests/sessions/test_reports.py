"""The report that does not come: asked for at three days and at seven, once each, until it is there or waived."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.people.errors import Refused
from peerhub.people.models import Network, User
from sessions.enums import Format
from sessions.models import Minutes, PeerSession, Programme
from sessions.policies.reports import ReportState
from sessions.queries.reports import awaited_in, awaiting, state_of
from sessions.services import reports as services
from sessions.services.scheduling import cancel_session
from tests.builders import make_animator, make_member, make_network
from tests.conftest import Browser
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_past_session,
    make_registration,
    make_session,
    network_circle,
)

pytestmark = pytest.mark.django_db
ENDED = datetime(2030, 3, 5, 16, tzinfo=UTC)


@pytest.fixture
def network() -> Network:
    return make_network()


def held(network: Network, *, ended: datetime = ENDED, **fields: Any) -> PeerSession:
    """A session with one person registered, that ended then."""
    session = make_session(network, **fields)
    make_registration(session)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=ended - timedelta(hours=2), ends_at=ended)
    session.refresh_from_db()
    return session


def publish(session: PeerSession) -> None:
    Minutes.objects.create(session=session, body="Voilà.", published_at=timezone.now())


def told(key: str) -> set[int]:
    rows = Notification.objects.filter(kind="sessions.report_late", key__endswith=key)
    return set(rows.values_list("recipient_id", flat=True))


def facilitator_of(session: PeerSession) -> User:
    user = make_member(session.network).user
    session.facilitators.add(user)
    return user


def test_at_three_days_who_facilitates_then_at_seven_the_animators_too_once_each(network: Network) -> None:
    """Paris is at +1 h: nine o'clock there is eight."""
    session = held(network)
    facilitator, animators = facilitator_of(session), {animator_of(network).pk, make_animator(network).user_id}
    assert services.chase_due(datetime(2030, 3, 8, 7, 59, tzinfo=UTC)) == 0
    assert services.chase_due(datetime(2030, 3, 8, 8, 0, tzinfo=UTC)) == 1
    assert told(":1") == {facilitator.pk}
    for again in (datetime(2030, 3, 8, 9, tzinfo=UTC), datetime(2030, 3, 12, 7, 59, tzinfo=UTC)):
        assert services.chase_due(again) == 0
    assert services.chase_due(datetime(2030, 3, 12, 8, tzinfo=UTC)) == 1
    assert told(":2") == {facilitator.pk, *animators}
    # The clock goes back, and on again.
    for day in (8, 12, 13, 25):
        assert services.chase_due(datetime(2030, 3, day, 8, tzinfo=UTC)) == 0
    assert Notification.objects.filter(kind="sessions.report_late").count() == 4


def test_the_hour_is_that_of_where_it_was_held_across_the_change_of_clocks(network: Network) -> None:
    """The clocks of Paris go forward on the 31st of March 2030: nine o'clock is then at seven."""
    held(network, ended=datetime(2030, 3, 29, 16, tzinfo=UTC))
    assert services.chase_due(datetime(2030, 4, 1, 6, 59, tzinfo=UTC)) == 0
    assert services.chase_due(datetime(2030, 4, 1, 7, 0, tzinfo=UTC)) == 1


def test_without_facilitator_who_planned_it_then_the_animators(network: Network) -> None:
    planner = make_animator(network).user
    session = held(network, author=planner)
    other = make_animator(network).user
    assert services.chase_due(datetime(2030, 3, 8, 12, tzinfo=UTC)) == 1
    assert told(f"{session.pk}:report:1") == {planner.pk}
    PeerSession.objects.filter(pk=session.pk).update(created_by=None, report_chases=0)
    Notification.objects.all().delete()
    assert services.chase_due(datetime(2030, 3, 8, 12, tzinfo=UTC)) == 1
    assert told(":1") == {planner.pk, other.pk}


def test_after_a_long_rest_of_the_server_the_last_chase_alone_leaves_and_old_ones_never(network: Network) -> None:
    session = held(network)
    assert services.chase_due(ENDED + timedelta(days=22)) == 0
    assert services.chase_due(ENDED + timedelta(days=20)) == 1
    assert (told(":1"), len(told(":2"))) == (set(), 1)
    assert PeerSession.objects.get(pk=session.pk).report_chases == 2


def test_nobody_is_asked_for_what_is_not_owed(network: Network) -> None:
    now = timezone.now()
    held_ones = [held(network, ended=now - timedelta(days=5)) for _ in range(2)]
    publish(held_ones[0])
    PeerSession.objects.filter(pk=held_ones[1].pk).update(report_waived_at=now)
    held(network, ended=now - timedelta(days=5), format=Format.WEBINAR)
    make_past_session(network, days=5)  # nobody came
    coming = make_session(network)
    make_registration(coming)
    called_off = make_session(network, starts_at=now + timedelta(days=3))
    make_registration(called_off)
    cancel_session(actor=animator_of(network), session=called_off)
    draft = held(network, ended=now - timedelta(days=5))
    PeerSession.objects.filter(pk=draft.pk).update(opens_to=network_circle(network))
    for later in (0, 4, 10):
        assert services.chase_due(now + timedelta(days=later)) == 0
    assert Notification.objects.filter(kind="sessions.report_late").count() == 0


def test_the_list_and_the_state_agree(network: Network) -> None:
    now = timezone.now()
    past = now - timedelta(days=5)
    owed, published, waived = (held(network, ended=past) for _ in range(3))
    webinar = held(network, ended=past, format=Format.WEBINAR)
    publish(published)
    PeerSession.objects.filter(pk=waived.pk).update(report_waived_at=now)
    rows = {one.pk: state_of(one) for one in PeerSession.objects.all()}
    assert rows == {
        owed.pk: ReportState.AWAITED,
        published.pk: ReportState.PUBLISHED,
        waived.pk: ReportState.WAIVED,
        webinar.pk: ReportState.NONE,
    }
    assert [one.pk for one in awaiting()] == [owed.pk]


def test_the_mail_is_neutral_of_a_confidence_and_moot_once_the_report_is_there(network: Network) -> None:
    elected = make_member(network, category="elected").user
    sessions = [make_session(network, circle=confidential_circle(network), title="Le secret") for _ in range(2)]
    for one in sessions:
        make_registration(one, elected)
        one.facilitators.add(elected)
        ended = timezone.now() - timedelta(days=5)
        PeerSession.objects.filter(pk=one.pk).update(starts_at=ended - timedelta(hours=1), ends_at=ended)
    assert services.chase_due() == 2
    publish(sessions[0])
    deliver_due()
    (message,) = mail.outbox
    assert message.to == [elected.email]
    assert message.subject == f"Compte rendu attendu : Séance confidentielle · {network.name}"
    assert "Le secret" not in message.message().as_string() + str(message.body)


def test_an_animator_outside_of_the_confidence_is_not_told(network: Network) -> None:
    elected = make_member(network, category="elected").user
    session = make_session(network, circle=confidential_circle(network))
    make_registration(session, elected)
    ended = timezone.now() - timedelta(days=9)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=ended - timedelta(hours=1), ends_at=ended)
    assert services.chase_due() == 1
    assert Notification.objects.filter(kind="sessions.report_late").count() == 0


def test_the_animator_says_that_there_will_be_none_and_may_change_that(network: Network, browser: Browser) -> None:
    session = held(network, ended=timezone.now() - timedelta(days=2))
    facilitator, animator = facilitator_of(session), animator_of(network)
    with pytest.raises(Refused):
        services.waive_report(actor=facilitator, session=session, waived=True)
    page, waive = (reverse(f"sessions:{name}", args=[session.pk]) for name in ("decisions", "report-waive"))
    browser.as_user(animator)
    assert "compte rendu attendu" in browser.get(page).content.decode()
    for _ in range(2):
        assert browser.post(waive, {"waived": "1"})["Location"] == page
    assert "sans compte rendu" in browser.get(page).content.decode()
    assert services.chase_due(timezone.now() + timedelta(days=3)) == 0
    browser.post(waive, {"waived": ""})
    assert services.chase_due(timezone.now() + timedelta(days=3)) == 1
    publish(session)
    with pytest.raises(Refused, match="publié"):
        services.waive_report(actor=animator, session=session, waived=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_programme_tells_its_animators_which_are_awaited(network: Network, browser: Browser, count: int) -> None:
    today = timezone.localdate()
    programme = Programme.objects.create(
        network=network, circle=network_circle(network), title="Parcours", starts_on=today, ends_on=today
    )
    for number in range(count):
        session = held(network, ended=timezone.now() - timedelta(days=5), title=f"Atelier {number}")
        PeerSession.objects.filter(pk=session.pk).update(programme=programme)
    animator = animator_of(network)
    assert len(awaited_in(animator, programme)) == count
    url = reverse("sessions:programme", args=[programme.pk])
    page = browser.as_user(animator).get(url).content.decode()
    assert page.count('class="awaited-report"') == count
    page = browser.as_user(make_member(network).user).get(url).content.decode()
    assert page.count('class="awaited-report"') == 0
