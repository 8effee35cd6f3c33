"""Opinions on a session: anonymous, once each, shown all at once and never below five (ADR 26)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.contrib.admin import site
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.people.errors import Refused
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from sessions.enums import CheckInMethod
from sessions.models import Attendance, Evaluated, Evaluation, PeerSession
from sessions.policies.evaluations import LEAST, OPEN_FOR
from sessions.queries.evaluations import Results, asked_of, evaluation_page
from sessions.services import evaluations as services
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session

pytestmark = pytest.mark.django_db


def over(session: PeerSession, **ago: float) -> PeerSession:
    """The session ended so long ago (an hour, by default)."""
    length = session.ends_at - session.starts_at
    session.ends_at = timezone.now() - timedelta(**(ago or {"hours": 1}))
    session.starts_at = session.ends_at - length
    session.save(update_fields=["starts_at", "ends_at"])
    return session


def meeting(people: int, **fields: Any) -> tuple[PeerSession, list[User]]:
    session = make_session(**fields)
    users = [make_registration(session).user for _ in range(people)]
    return over(session), users


def say(session: PeerSession, user: User, mark: int = 4, comment: str = "") -> bool:
    return services.evaluate(user=user, session=session, usefulness=mark, frankness=mark, rhythm=3, comment=comment)


def note(session: PeerSession, user: User, *, is_present: bool, half_day: int = 0) -> None:
    Attendance.objects.create(
        session=session, user=user, half_day=half_day, is_present=is_present, method=CheckInMethod.LIST
    )


def results_for(user: User, session: PeerSession) -> Results | None:
    return evaluation_page(user, membership_for(user, session.network), session).results


def told() -> list[int]:
    rows = Notification.objects.filter(kind="sessions.evaluation_asked")
    return sorted(rows.values_list("recipient_id", flat=True))


def queries_of(run: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


# --- Anonymity ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nothing_pairs_an_answer_with_a_person() -> None:
    session, users = meeting(6)
    for number, user in enumerate(users):
        assert say(session, user, 1 + number % 5, f"Mot {number}")
    assert {field.name for field in Evaluation._meta.get_fields()} == {
        "id",
        "session",
        "usefulness",
        "frankness",
        "rhythm",
        "comment",
    }
    assert {field.name for field in Evaluated._meta.get_fields()} == {"id", "session", "user"}
    assert Evaluated.objects.count() == Evaluation.objects.count() == 6
    with connection.cursor() as cursor:
        # As the tables stand on the disk: in the order of the random keys, not in that of the answers; and all rows are
        # of one transaction, so that its number pairs none with another.
        cursor.execute("SELECT id::text FROM peer_sessions_evaluation ORDER BY ctid")
        keys = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM peer_sessions_evaluation"
            " UNION ALL SELECT xmin FROM peer_sessions_evaluated) AS written"
        )
        assert cursor.fetchone() == (1,)
    assert keys == sorted(keys)
    assert not OutboxEvent.objects.filter(name__contains="evaluat").exists()
    assert not Notification.objects.filter(kind__contains="evaluat").exists()
    assert Evaluation not in site._registry
    assert Evaluated not in site._registry


def test_who_closes_the_account_leaves_the_answer_and_no_trace() -> None:
    session, users = meeting(2)
    for user in users:
        say(session, user)
    users[0].delete()
    assert (Evaluated.objects.count(), Evaluation.objects.count()) == (1, 2)


def test_before_the_close_nobody_reads_anything_not_even_a_number(browser: Browser) -> None:
    """Whoever looks before and after one more answer would know it: there is one look, at the end."""
    session, users = meeting(LEAST + 2)
    session.facilitators.add(users[0])
    url = reverse("sessions:evaluation", args=[session.pk])
    readers = [animator_of(session.network), users[0], users[-1]]
    pages: list[list[str]] = []
    for number in range(LEAST + 1):
        say(session, users[number], comment=f"Potiron {number}")
        pages.append([_words(browser.as_user(reader).get(url).content.decode()) for reader in readers])
    assert [results_for(reader, session) for reader in readers] == [None] * 3
    assert "Potiron" not in str(pages)
    # For who runs it, the page says the same whatever the number of answers.
    assert len({page[0] for page in pages}) == 1


def _words(page: str) -> str:
    main = re.sub(r"(?s)^.*<main", "<main", page)
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r'value="[^"]+"', "", main)).split())


def test_at_the_close_all_are_shown_at_once_from_five(browser: Browser) -> None:
    session, users = meeting(LEAST)
    for number, user in enumerate(users):
        say(session, user, 1 + number % 2, f"Mot {number}")
    over(session, days=14)
    shown = results_for(users[0], session)
    assert shown is not None
    assert shown.count == LEAST
    assert [[bar.count for bar in scale.bars] for scale in shown.scales] == [
        [3, 2, 0, 0, 0],
        [3, 2, 0, 0, 0],
        [0, 0, 5, 0, 0],
    ]
    assert sorted(shown.comments) == [f"Mot {number}" for number in range(LEAST)]
    keys = Evaluation.objects.order_by("pk").values_list("comment", flat=True)
    assert shown.comments == list(keys)
    page = browser.as_user(users[0]).get(reverse("sessions:evaluation", args=[session.pk])).content.decode()
    assert re.findall(r'<span class="numbers">(\d+)</span>', page) == [
        str(bar.count) for scale in shown.scales for bar in scale.bars
    ]
    with pytest.raises(Refused, match="délai"):
        say(session, make_registration_late(session))


def make_registration_late(session: PeerSession) -> User:
    user = make_member(session.network).user
    note(session, user, is_present=True)
    return user


@pytest.mark.parametrize("count", [0, 1, LEAST - 1])
def test_below_five_nobody_sees_them_ever(browser: Browser, count: int) -> None:
    session, users = meeting(LEAST)
    session.facilitators.add(users[-1])
    for user in users[:count]:
        say(session, user, comment="Potiron")
    over(session, days=200)
    url = reverse("sessions:evaluation", args=[session.pk])
    administrator = User.objects.create_superuser(email="chef@example.org", password="un mot de passe sûr")
    make_member(session.network, administrator)
    for reader in (animator_of(session.network), users[-1], users[0]):
        page = browser.as_user(reader).get(url)
        assert page.status_code == 200
        assert results_for(reader, session) is None
        assert "Potiron" not in page.content.decode()
        assert "Moins de cinq avis" in page.content.decode()
    assert browser.as_user(administrator).get(url).status_code == 403
    for model in site._registry:
        assert model._meta.object_name not in {"Evaluation", "Evaluated"}


# --- Who may, once ------------------------------------------------------------------------------------------------


def test_those_who_were_there_are_asked_and_nobody_else() -> None:
    session, (registered, absent, halfway) = meeting(3)
    walk_in, other = (make_member(session.network).user for _ in range(2))
    note(session, absent, is_present=False)
    note(session, halfway, is_present=False)
    note(session, halfway, is_present=True, half_day=1)
    note(session, walk_in, is_present=True)
    assert asked_of(session) == {registered.pk, halfway.pk, walk_in.pk}
    for user in (absent, other):
        with pytest.raises(Refused, match="aux personnes qui étaient"):
            say(session, user)
    assert [say(session, user) for user in (registered, halfway, walk_in)] == [True] * 3
    with pytest.raises(Refused):
        say(session, make_user())


def test_nobody_answers_before_the_end_after_the_close_or_of_one_called_off() -> None:
    session = make_session()
    user = make_registration(session).user
    with pytest.raises(Refused, match="une fois la séance finie"):
        say(session, user)
    over(session, days=15)
    with pytest.raises(Refused, match="délai"):
        say(session, user)
    over(session)
    PeerSession.objects.filter(pk=session.pk).update(state="cancelled", cancelled_at=timezone.now())
    with pytest.raises(Refused, match="pas eu lieu"):
        say(session, user)


def test_a_second_answer_is_dropped_and_said_to_be(browser: Browser) -> None:
    session, (user,) = meeting(1)
    url = reverse("sessions:evaluation", args=[session.pk])
    answer = {"usefulness": "5", "frankness": "4", "rhythm": "3", "comment": "Merci"}
    browser.as_user(user)
    assert 'name="usefulness"' in browser.get(url).content.decode()
    assert browser.post(url, {**answer, "rhythm": "6"}).status_code == 422
    assert browser.post(url, answer)["Location"] == url
    assert browser.post(url, {**answer, "usefulness": "1"}).status_code == 303
    assert Evaluation.objects.values_list("usefulness", "frankness", "rhythm", "comment").get() == (5, 4, 3, "Merci")
    page = browser.get(url).content.decode()
    assert 'name="usefulness"' not in page
    assert "un seul compte" in page


@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_by_four_threads_is_one_and_two_people_at_once_are_two() -> None:
    session, users = meeting(2)
    said: list[bool] = []

    def run(user: User) -> None:
        try:
            said.append(say(session, user))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(user,)) for user in [*users, *users]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False, False, True, True]
    assert (Evaluated.objects.count(), Evaluation.objects.count()) == (2, 2)


# --- Who is told --------------------------------------------------------------------------------------------------


def test_they_are_asked_once_the_morning_after_on_the_clocks_of_the_session() -> None:
    """A session of Réunion (+4 h) that ended at 23:00 there."""
    session = make_session(time_zone="Indian/Reunion")
    user = make_registration(session).user
    ends_at = datetime(2030, 3, 5, 19, tzinfo=UTC)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=ends_at - timedelta(hours=2), ends_at=ends_at)
    assert services.ask_due(datetime(2030, 3, 6, 4, 59, tzinfo=UTC)) == 0
    assert services.ask_due(datetime(2030, 3, 6, 5, 0, tzinfo=UTC)) == 1
    for later in (1, 3, 0):  # the clock goes on, and back
        assert services.ask_due(datetime(2030, 3, 6, 5, 0, tzinfo=UTC) + timedelta(days=later)) == 0
    assert told() == [user.pk]


def test_after_a_long_rest_of_the_server_those_are_asked_who_may_answer_still() -> None:
    session, users = meeting(1)
    assert services.ask_due(session.ends_at + OPEN_FOR) == 0
    assert services.ask_due(session.ends_at + OPEN_FOR - timedelta(minutes=1)) == 1
    assert told() == [users[0].pk]


def test_the_mail_is_neutral_of_a_confidence_and_is_not_sent_to_who_has_answered() -> None:
    network = make_network()
    session = make_session(network, circle=confidential_circle(network), title="Le secret")
    users = [make_registration(session, make_member(network, category="elected").user).user for _ in range(2)]
    over(session, days=2)
    assert services.ask_due() == 1
    say(session, users[0])
    deliver_due()
    (message,) = mail.outbox
    assert message.to == [users[1].email]
    assert message.subject == f"Votre avis : Séance confidentielle · {network.name}"
    assert "Le secret" not in message.message().as_string() + str(message.body)


def test_who_declined_or_was_absent_is_not_asked() -> None:
    session, (user, absent) = meeting(2)
    note(session, absent, is_present=False)
    session.registrations.filter(user=user).update(state="declined")
    over(session, days=2)
    assert services.ask_due() == 1
    assert told() == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_number_of_answers(browser: Browser, count: int) -> None:
    session, users = meeting(LEAST + count)
    for user in users:
        say(session, user, comment="Un mot")
    over(session, days=20)
    browser.as_user(users[0])
    url = reverse("sessions:evaluation", args=[session.pk])
    browser.get(url)
    assert queries_of(lambda: results_for(users[0], session)) == 7
    assert queries_of(lambda: browser.get(url)) == 13
