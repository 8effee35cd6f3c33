"""What a session decided: who notes it, who does it, and that the owner hears of it once, and the day before."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership, Network, User
from peerhub.people.services.circles import public_circle
from sessions import aftermath_handlers as handlers
from sessions.events import DecisionGiven
from sessions.models import Decision, PeerSession
from sessions.policies.decisions import can_read_decisions
from sessions.queries import decisions as queries
from sessions.queries.calendars import DEADLINES, own_dates
from sessions.queries.confidentiality import authors_of
from sessions.queries.standing import standing_for
from sessions.services import decisions as services
from sessions.services.decisions import Wish
from sessions.services.scheduling import cancel_session
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_past_session,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db
FAR = date(2999, 1, 1)


@pytest.fixture
def network() -> Network:
    return make_network()


@pytest.fixture
def session(network: Network) -> PeerSession:
    """Held in confidence ten days ago, with two people registered."""
    elected = [make_member(network, category="elected").user for _ in range(2)]
    session = make_session(network, circle=confidential_circle(network), title="Le secret")
    for user in elected:
        make_registration(session, user)
    return held(session)


def held(session: PeerSession, days: int = 10) -> PeerSession:
    shift = timedelta(days=days) + (session.starts_at - timezone.now())
    session.starts_at, session.ends_at = session.starts_at - shift, session.ends_at - shift
    session.save(update_fields=["starts_at", "ends_at"])
    return session


def people(session: PeerSession) -> list[User]:
    return [row.user for row in session.registrations.order_by("pk")]


def add(session: PeerSession, author: User, text: str = "Écrire au préfet", **wish: Any) -> Decision:
    return services.add_decision(author=author, session=session, wish=Wish(text=text, **wish))


def told(kind: str) -> list[int]:
    rows = Notification.objects.filter(kind=f"sessions.{kind}")
    return sorted(rows.values_list("recipient_id", flat=True))


def queries_of(run: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


# --- Who may ------------------------------------------------------------------------------------------------------


def test_those_who_were_there_and_those_who_run_it_note_and_nobody_else(network: Network, session: PeerSession) -> None:
    one, other = people(session)
    peer = make_member(network, category="elected").user
    assert add(session, one).created_by == one
    with pytest.raises(Refused, match="notées par les personnes inscrites"):
        add(session, peer, "Autre chose")
    session.facilitators.add(peer)
    assert add(session, peer, "Autre chose").created_by == peer
    with pytest.raises(Refused, match="pas ouverte"):
        add(session, animator_of(network), "Encore")
    Membership.objects.filter(user=other).update(silenced_until=timezone.now() + timedelta(days=1))
    with pytest.raises(Refused, match="sans pouvoir y écrire"):
        add(session, other, "Encore")
    assert Decision.objects.count() == 2


def test_the_author_the_facilitator_and_the_animator_change_it_the_owner_ticks_it(network: Network) -> None:
    session = make_session(network)
    author, owner, third = (make_registration(session).user for _ in range(3))
    held(session)
    decision = add(session, author, owner_id=owner.pk)
    stamp = services.stamp_of(decision)
    for user in (owner, third):
        with pytest.raises(Refused, match="modifiée par qui l’a notée"):
            services.edit_decision(actor=user, decision=decision, wish=Wish("Non"), stamp=stamp)
        with pytest.raises(Refused):
            services.remove_decision(actor=user, decision=decision)
    with pytest.raises(Refused):
        services.tick_decision(actor=third, decision=decision, done=True)
    assert [services.tick_decision(actor=owner, decision=decision, done=True) for _ in range(2)] == [True, False]
    assert services.tick_decision(actor=animator_of(network), decision=decision, done=False)
    changed = services.edit_decision(actor=animator_of(network), decision=decision, wish=Wish("Mieux"), stamp=stamp)
    assert (changed.text, changed.owner, changed.done_at) == ("Mieux", None, None)
    services.remove_decision(actor=author, decision=decision)
    with pytest.raises(Refused, match="retirée"):
        services.remove_decision(actor=author, decision=decision)
    assert not Decision.objects.exists()


def test_nothing_is_noted_before_the_session_nor_of_one_called_off(network: Network) -> None:
    coming = make_session(network)
    user = make_registration(coming).user
    with pytest.raises(Refused, match="à partir du début"):
        add(coming, user)
    cancel_session(actor=animator_of(network), session=coming)
    with pytest.raises(Refused, match="annulée"):
        add(coming, user)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish("  "), "Dites ce qui"),
        (Wish("x" * 501), "500 caractères"),
        (Wish("Hier", due_on=date(2020, 1, 1)), "n’est pas passée"),
        (Wish("À lui", owner_id=2**31 - 1), "confiée à une personne inscrite"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(session: PeerSession, wish: Wish, why: str) -> None:
    with pytest.raises(DomainError, match=why):
        services.add_decision(author=people(session)[0], session=session, wish=wish)


def test_a_decision_is_given_to_nobody_outside(network: Network, session: PeerSession) -> None:
    outsider = make_member(network).user
    peer = make_member(network, category="elected").user
    for user in (outsider, peer):
        with pytest.raises(DomainError, match="confiée"):
            add(session, people(session)[0], owner_id=user.pk)
    assert [one.pk for one in queries.owners_for(session)] == sorted(
        (one.pk for one in people(session)), key=lambda pk: (User.objects.get(pk=pk).given_name, pk)
    )


def test_the_same_decision_sent_twice_is_one_and_another_text_is_not_lost(session: PeerSession) -> None:
    one, other = people(session)
    assert add(session, one).pk == add(session, one).pk
    decision = Decision.objects.get()
    stamp = services.stamp_of(decision)
    services.edit_decision(actor=one, decision=decision, wish=Wish("La mienne"), stamp=stamp)
    session.facilitators.add(other)
    with pytest.raises(services.DecisionConflict) as conflict:
        services.edit_decision(actor=other, decision=decision, wish=Wish("La leur"), stamp=stamp)
    assert conflict.value.current.text == "La mienne"
    assert Decision.objects.get().text == "La mienne"


@pytest.mark.django_db(transaction=True)
def test_one_decision_sent_by_four_threads_is_one() -> None:
    session = held(make_session())
    user = make_member(session.network).user
    session.facilitators.add(user)

    def run() -> None:
        try:
            add(session, user)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("kind", ["registered", "member", "outsider", "visitor"])
def test_the_policy_of_reading_and_its_queryset_agree(network: Network, kind: str) -> None:
    """On a session open to the whole web, the decisions are for the members of its network."""
    session = held(make_session(network, circle=public_circle()))
    user = make_registration(held(session, -5)).user if kind == "registered" else make_user()
    if kind == "member":
        make_member(network, user)
    if kind == "outsider":
        make_member(make_network(), user)
    membership = Membership.objects.active().filter(user=user, network=network).first()
    allowed = bool(can_read_decisions(membership, session))
    assert allowed == (kind in {"registered", "member"})
    assert queries.readable_sessions(user).filter(pk=session.pk).exists() == allowed


# --- Who is told --------------------------------------------------------------------------------------------------


def test_the_owner_is_told_once_and_of_a_confidence_never_what(session: PeerSession) -> None:
    author, owner = people(session)
    decision = add(session, author, owner_id=owner.pk, due_on=FAR)
    add(session, author, "Pour moi", owner_id=author.pk)
    dispatch_all()
    handlers.on_decision_given(DecisionGiven(decision_id=decision.pk, owner_id=owner.pk, actor_id=author.pk))
    assert told("decision_given") == [owner.pk]
    deliver_due()
    (message,) = [one for one in mail.outbox if one.to == [owner.email] and "décision" in one.subject]
    raw = message.message().as_string() + str(message.body) + str(vars(message).get("alternatives"))
    assert message.subject == f"Une décision vous est confiée : Séance confidentielle · {session.network.name}"
    assert "préfet" not in raw
    assert "Le secret" not in raw
    assert "2999" in str(message.body)


def test_of_an_open_session_the_mail_says_what(network: Network) -> None:
    session = held(make_session(network, title="Tiers-lieux"))
    author, owner = (make_member(network).user for _ in range(2))
    session.facilitators.set([author, owner])
    add(session, author, owner_id=owner.pk)
    dispatch_all()
    deliver_due()
    (message,) = mail.outbox
    assert "Une décision vous est confiée : « Écrire au préfet » (Tiers-lieux)." in str(message.body)


def test_a_new_owner_is_told_and_the_one_before_is_not_any_more(session: PeerSession) -> None:
    author, owner = people(session)
    decision = add(session, author, owner_id=owner.pk)
    dispatch_all()
    services.edit_decision(
        actor=author, decision=decision, wish=Wish("Écrire au préfet", author.pk), stamp=services.stamp_of(decision)
    )
    dispatch_all()
    assert told("decision_given") == [owner.pk]
    deliver_due()
    assert mail.outbox == []


def due_tomorrow(session: PeerSession, owner: User, now: datetime) -> Decision:
    """Noted long before, due the day after `now` on the clocks of Paris."""
    return Decision.objects.create(
        session=session, text="Écrire", owner=owner, due_on=timezone.localdate(now) + timedelta(days=1)
    )


def test_the_owner_is_reminded_the_day_before_at_eight_where_the_owner_is_once(session: PeerSession) -> None:
    """Paris is at +2 h in July, Cayenne at -3 h."""
    paris, cayenne = people(session)
    User.objects.filter(pk=cayenne.pk).update(time_zone="America/Cayenne")
    due_on = date(2030, 7, 10)
    for owner in (paris, cayenne):
        Decision.objects.create(session=session, text="Écrire", owner=owner, due_on=due_on)
    before = datetime(2030, 7, 9, 5, 59, tzinfo=UTC)
    assert services.remind_due(before) == 0
    assert services.remind_due(before + timedelta(minutes=1)) == 1
    assert told("decision_due") == [paris.pk]
    assert services.remind_due(datetime(2030, 7, 9, 10, 59, tzinfo=UTC)) == 0
    assert services.remind_due(datetime(2030, 7, 9, 11, 0, tzinfo=UTC)) == 1
    # The clock goes back, and on: nobody is told again.
    for now in (before, datetime(2030, 7, 9, 12, tzinfo=UTC), datetime(2030, 7, 10, 12, tzinfo=UTC)):
        assert services.remind_due(now) == 0
    assert told("decision_due") == sorted([paris.pk, cayenne.pk])


def test_a_late_sweep_still_reminds_on_the_day_and_not_after(session: PeerSession) -> None:
    owner = people(session)[0]
    decision = Decision.objects.create(session=session, text="Écrire", owner=owner, due_on=date(2030, 7, 10))
    assert services.remind_due(datetime(2030, 7, 10, 23, tzinfo=UTC)) == 0  # one o'clock, the 11th
    assert services.remind_due(datetime(2030, 7, 10, 21, tzinfo=UTC)) == 1
    assert Decision.objects.get(pk=decision.pk).reminded_at == datetime(2030, 7, 10, 21, tzinfo=UTC)


def test_nobody_is_reminded_of_what_is_done_called_off_or_was_given_too_late(network: Network) -> None:
    now = timezone.now().replace(hour=12, minute=0)
    sessions = [make_session(network) for _ in range(2)]
    owners = [make_registration(one).user for one in sessions]
    done, cancelled = (due_tomorrow(one, owner, now) for one, owner in zip(sessions, owners, strict=True))
    Decision.objects.filter(pk=done.pk).update(done_at=now)
    cancel_session(actor=animator_of(network), session=sessions[1])
    assert services.remind_due(now) == 0
    assert Decision.objects.filter(reminded_at__isnull=False).count() == 0
    assert cancelled.pk


def test_a_date_put_off_is_reminded_of_again_and_the_mail_reads_the_world(session: PeerSession) -> None:
    author, owner = people(session)
    today = timezone.localdate()
    decision = due_tomorrow(session, owner, timezone.now())
    Decision.objects.filter(pk=decision.pk).update(created_by=author)
    noon = timezone.localtime().replace(hour=12)
    assert services.remind_due(noon) == 1
    decision.refresh_from_db()
    later = Wish("Écrire", owner.pk, today + timedelta(days=9))
    services.edit_decision(actor=author, decision=decision, wish=later, stamp=services.stamp_of(decision))
    deliver_due()
    assert mail.outbox == []  # put off since: nothing is due tomorrow
    assert services.remind_due(noon + timedelta(days=8)) == 1
    assert told("decision_due") == [owner.pk, owner.pk]


def test_who_decided_is_asked_before_the_confidence_is_opened(session: PeerSession) -> None:
    author, owner = people(session)
    add(session, author, owner_id=owner.pk)
    session.facilitators.clear()
    assert authors_of(session) == {author.pk, owner.pk}


# --- Pages --------------------------------------------------------------------------------------------------------


def test_a_decision_goes_from_the_form_to_done_without_scripts(session: PeerSession, browser: Browser) -> None:
    author, owner = people(session)
    url = reverse("sessions:decisions", args=[session.pk])
    browser.as_user(author)
    assert browser.post(url, {"text": ""}).status_code == 422
    response = browser.post(url, {"text": "Écrire au préfet", "owner": str(owner.pk), "due_on": "2999-01-01"})
    assert (response.status_code, response["Location"]) == (303, url)
    decision = Decision.objects.get()
    edit = reverse("sessions:decision", args=[session.pk, decision.pk])
    stamp = re.findall(r'name="stamp" value="(\w+)"', browser.get(edit).content.decode())[0]
    wish = {"text": "Écrire à la préfète", "owner": str(owner.pk), "due_on": "2999-01-01"}
    assert browser.post(edit, {**wish, "stamp": stamp}).status_code == 303
    stale = browser.post(edit, {**wish, "text": "Écrire au sous-préfet", "stamp": stamp})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert "<p>Écrire à la préfète</p>" in page
    assert re.findall(r'<textarea name="text"[^>]*>\s*([^<]*)<', page) == ["Écrire au sous-préfet"]
    mine = browser.as_user(owner).get(reverse("sessions:my-decisions")).content.decode()
    assert re.findall(r'class="decision__text">([^<]+)<', mine) == ["Écrire à la préfète"]
    done = reverse("sessions:decision-done", args=[session.pk, decision.pk])
    back = reverse("sessions:my-decisions")
    assert browser.post(done, {"done": "1", "next": back})["Location"] == back
    assert "Rien ne vous attend" in browser.get(back).content.decode()
    assert browser.post(edit, {**wish, "stamp": ""}).status_code == 403
    remove = reverse("sessions:decision-remove", args=[session.pk, decision.pk])
    browser.as_user(author).post(remove)
    assert not Decision.objects.exists()


def test_the_session_page_says_what_was_decided_once_it_has_begun(network: Network, browser: Browser) -> None:
    coming = make_session(network)
    user = make_registration(coming).user
    browser.as_user(user)
    url = reverse("sessions:session", args=[coming.pk])
    assert 'id="suites"' not in browser.get(url).content.decode()
    held(coming)
    add(coming, user)
    add(coming, user, "Deux")
    Decision.objects.filter(text="Deux").update(done_at=timezone.now())
    words = " ".join(re.sub(r"<[^>]+>", " ", browser.get(url).content.decode()).split())
    assert "2 décisions notées, dont 1 à faire." in words


@pytest.mark.parametrize("count", [1, 3])
def test_each_list_costs_the_same_queries_whatever_its_length(
    session: PeerSession, browser: Browser, count: int
) -> None:
    author, owner = people(session)
    for number in range(count):
        add(session, author, f"Décision {number}", owner_id=owner.pk)
    browser.as_user(owner)
    url, mine = reverse("sessions:decisions", args=[session.pk]), reverse("sessions:my-decisions")
    for address in (url, mine):
        browser.get(address)
    assert queries_of(lambda: list(queries.own_decisions(owner).items)) == 2
    standing = standing_for(owner, session)
    assert queries_of(lambda: queries.decision_lines(owner, session, standing)) == 1
    assert queries_of(lambda: browser.get(url)) == 11
    assert queries_of(lambda: browser.get(mine)) == 4
    assert len(re.findall('class="decision__text"', browser.get(url).content.decode())) == count


def test_what_is_due_stands_in_the_feed_of_deadlines_without_a_word_of_a_confidence(session: PeerSession) -> None:
    author, owner = people(session)
    decision = add(session, author, owner_id=owner.pk, due_on=FAR)
    add(session, author, "Sans date", owner_id=owner.pk)
    (dated,) = own_dates(owner, [DEADLINES])
    assert (dated.key, dated.on, dated.title) == (f"decision-{decision.pk}", FAR, "Échéance d’une décision de séance")
    assert own_dates(author, [DEADLINES]) == []
    services.tick_decision(actor=owner, decision=decision, done=True)
    assert own_dates(owner, [DEADLINES]) == []


def test_a_session_of_the_past_without_a_decision_says_so(network: Network, browser: Browser) -> None:
    session = make_past_session(network)
    response = browser.as_user(make_member(network).user).get(reverse("sessions:decisions", args=[session.pk]))
    assert "Aucune décision notée" in response.content.decode()
