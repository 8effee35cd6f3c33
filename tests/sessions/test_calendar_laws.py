"""Random lives of one session, and what they leave in the calendars of three people: one UID, and a SEQUENCE by which a
program knows the newer word, in whatever order the mails come."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from peerhub.notifications.delivery import deliver_due as send_mails
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import User
from sessions.calendars import Method, feed_calendar, session_calendar
from sessions.models import PeerSession, Registration
from sessions.services.registration import register, withdraw
from sessions.services.scheduling import cancel_session, change_capacity, edit_session, move_session
from tests.builders import make_member, make_network
from tests.sessions.builders import animator_of, make_session

PEOPLE = 3
persons = st.integers(0, PEOPLE - 1)
Word = tuple[str, int, str, datetime, datetime, str]


def words_of(content: bytes) -> tuple[str, Word]:
    """The UID; and the method, SEQUENCE, status, begin, end and place that a calendar program reads."""
    calendar = vobject.readOne(content.decode())
    event = calendar.vevent
    begins, ends = (one.value.astimezone(UTC) for one in (event.dtstart, event.dtend))
    place = event.location.value if hasattr(event, "location") else ""
    status = event.status.value if hasattr(event, "status") else ""  # of a withdrawal, as the session takes place
    return event.uid.value, (
        *(calendar.method.value, int(event.sequence.value), status),
        *(begins, ends, place),
    )


def calendar_of(message: EmailMessage) -> bytes | None:
    for part in message.message().walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content
    return None


class Calendars(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        mail.outbox.clear()
        network = make_network()
        self.people: list[User] = [make_member(network).user for _ in range(PEOPLE)]
        self.session: PeerSession = make_session(network, place="Mairie")
        self.animator = animator_of(network)
        self.received: dict[str, list[Word]] = {user.email: [] for user in self.people}
        self.sequence = 0
        register(user=self.people[0], session=self.session)
        self.work()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def work(self) -> None:
        """Workers do what is to be done; every mail is opened by the program of whoever receives it."""
        dispatch_all()
        send_mails()
        for message in mail.outbox:
            if (content := calendar_of(message)) and message.to[0] in self.received:
                uid, word = words_of(content)
                assert uid == str(self.session.uid)
                self.received[message.to[0]].append(word)
        mail.outbox.clear()

    @property
    def row(self) -> PeerSession:
        return PeerSession.objects.for_cards().get(pk=self.session.pk)

    def sits(self, who: int) -> bool:
        return Registration.objects.registered().filter(session=self.session, user=self.people[who]).exists()

    @precondition(lambda self: not self.row.is_cancelled)
    @rule(who=persons)
    def come(self, who: int) -> None:
        register(user=self.people[who], session=self.session)

    @precondition(lambda self: not self.row.is_cancelled)
    @rule(who=persons)
    def leave(self, who: int) -> None:
        withdraw(user=self.people[who], session=self.session)

    @precondition(lambda self: not self.row.is_cancelled)
    @rule(
        hours=st.sampled_from([0, 1, 26]), place=st.sampled_from(["Mairie", "Salle des fêtes"]), is_told=st.booleans()
    )
    def move(self, hours: int, place: str, is_told: bool) -> None:
        was, shift = self.row, timedelta(hours=hours)
        has_moved = move_session(
            actor=self.animator,
            session=was,
            starts_at=was.starts_at + shift,
            ends_at=was.ends_at + shift,
            time_zone=was.time_zone,
            place=place,
            video_url="",
        )
        assert has_moved == (hours > 0 or place != was.place)
        self.sequence += has_moved
        if is_told:
            self.deliver()

    @precondition(lambda self: not self.row.is_cancelled)
    @rule(title=st.sampled_from(["Cantines", "Cantines, un an après"]), capacity=st.none() | st.integers(3, 9))
    def say_otherwise(self, title: str, capacity: int | None) -> None:
        """What is no matter of when and where is no news for calendars."""
        edit_session(actor=self.animator, session=self.row, title=title, description="", format=self.row.format)
        change_capacity(actor=self.animator, session=self.row, capacity=capacity)

    @rule()
    def workers_come(self) -> None:
        self.deliver()

    def deliver(self) -> None:
        self.work()
        row = self.row
        for who, user in enumerate(self.people):
            if self.sits(who):
                newest = self.received[user.email][-1]
                status = "CANCELLED" if row.is_cancelled else "CONFIRMED"
                assert newest[1:] == (row.sequence, status, row.starts_at, row.ends_at, row.place)
            elif not row.is_cancelled:
                assert [word[0] for word in self.received[user.email][-1:]] in ([], ["CANCEL"])
        file = words_of(session_calendar(row))
        sent = words_of(session_calendar(row, method=Method.REQUEST, attendee=self.people[0]))
        assert words_of(feed_calendar([row], name="Mon agenda")) == file == (sent[0], ("PUBLISH", *sent[1][1:]))

    @precondition(lambda self: not self.row.is_cancelled)
    @rule(chance=st.integers(0, 5))
    def call_off(self, chance: int) -> None:
        if chance == 5:
            told = [user.email for who, user in enumerate(self.people) if self.sits(who)]
            before = {email: len(words) for email, words in self.received.items()}
            assert cancel_session(actor=self.animator, session=self.row)
            assert not cancel_session(actor=self.animator, session=self.row)
            self.sequence += 1
            self.work()
            news = {email: [word[0] for word in words[before[email] :]] for email, words in self.received.items()}
            assert {email for email, methods in news.items() if "CANCEL" in methods} == set(told)

    @invariant()
    def the_sequence_grows_by_one_for_each_move_and_the_cancellation(self) -> None:
        assert self.row.sequence == self.sequence

    @invariant()
    def one_sequence_is_one_word(self) -> None:
        """Two mails with one SEQUENCE say one thing, or a program would keep whichever comes last; but that somebody
        comes no more, which concerns that person alone."""
        words = [word for received in self.received.values() for word in received if word[2]]
        assert len({word[1] for word in words}) == len({word[1:] for word in words})

    @invariant()
    def newer_mails_have_newer_numbers(self) -> None:
        for words in self.received.values():
            numbers = [word[1] for word in words]
            assert numbers == sorted(numbers)


@pytest.mark.django_db
def test_calendars_obey_their_laws_in_any_life() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    few = settings(max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=checks)
    # To make a failing life shorter takes minutes.
    run_state_machine_as_test(Calendars, settings=settings(few, phases=[Phase.generate]))
