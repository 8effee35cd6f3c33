"""Peer days: proposed whole, edited in place, and opened once by their invitations."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from forums.models import Topic
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Delegation, Membership, Network, User
from peerhub.people.services.circles import expected_members
from peerhub.people.services.memberships import add_affiliation, change_hat, set_delegation
from sessions.enums import DayPattern, Format, RegistrationState
from sessions.models import PeerDay, PeerSession, Programme, Registration, SeatRule
from sessions.queries.invitations import future_circle, groups_of
from sessions.queries.peer_days import board_of
from sessions.rehearsal import rehearse
from sessions.services.peer_days import (
    Change,
    create_peer_day,
    discard_peer_day,
    edit_slot,
    proposed_slots,
    send_invitations,
)
from sessions.services.programmes import About, create_programme
from sessions.services.registration import register
from tests.builders import make_animator, make_category, make_member, make_network
from tests.concurrency import at_once
from tests.conftest import Browser
from tests.sessions.builders import animator_of, make_session

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def make_delegation(network: Network, name: str, categories: tuple[str, ...] = ("elected", "agent")) -> Delegation:
    delegation = Delegation.objects.create(network=network, name=name)
    for category in categories:
        make_member(network, category=category, delegation=delegation)
    return delegation


def make_programme(network: Network | None = None, *, delegations: int = 2) -> Programme:
    network = network or make_network()
    author = animator_of(network)
    today = timezone.localdate()
    made = [make_delegation(network, f"Délégation {number}") for number in range(delegations)]
    return create_programme(
        author=author,
        network=network,
        about=About(title="Territoires en chemin", starts_on=today, ends_on=today + timedelta(days=200)),
        delegations=[one.pk for one in made],
    )


def in_a_month() -> date:
    return timezone.localdate() + timedelta(days=30)


def make_day(programme: Programme | None = None, *, pattern: str = DayPattern.PARALLEL) -> PeerDay:
    programme = programme or make_programme()
    return create_peer_day(
        author=animator_of(programme.network),
        programme=programme,
        on=in_a_month(),
        pattern=pattern,
        categories=[make_category("elected"), make_category("agent")],
    )


def of_category(day: PeerDay, slug: str) -> PeerSession:
    return next(
        one
        for one in day.sessions.select_related("network", "circle__category", "opens_to__category")
        if (category := future_circle(one).category) and category.slug == slug
    )


def agora_of(day: PeerDay) -> PeerSession:
    return day.sessions.select_related("network", "circle", "opens_to").get(format=Format.AGORA)


def person_of(programme: Programme, category: str, number: int = 0) -> User:
    rows = Membership.objects.filter(
        delegation__in=programme.circle.delegations, affiliation__category__slug=category
    ).order_by("pk")
    return rows[number].user


def test_day_is_proposed_whole_as_drafts(settings: object) -> None:
    day = make_day()
    sessions = list(day.sessions.order_by("starts_at", "pk").select_related("circle", "opens_to__category"))
    local = [
        (one.starts_at.astimezone(PARIS).time(), one.ends_at.astimezone(PARIS).time(), one.format) for one in sessions
    ]
    assert local == [
        (time(9, 30), time(12, 30), Format.PEER_GROUP),
        (time(9, 30), time(12, 30), Format.PEER_GROUP),
        (time(14), time(16), Format.AGORA),
    ]
    assert [one.circle.kind for one in sessions] == [CircleKind.ANIMATORS] * 3
    assert [one.opens_to and one.opens_to.is_confidential for one in sessions] == [True, True, False]
    assert [one.capacity for one in sessions] == [4, 4, None]
    assert list(SeatRule.objects.order_by("pk").values_list("is_each_delegation", "ceiling")) == [(True, 2), (True, 2)]
    assert [one.reminder_minutes for one in sessions] == [[10080, 1440, 60]] * 3
    assert all(one.steps.exists() for one in sessions)
    elected = of_category(day, "elected")
    members = {person_of(day.programme, "elected", number).pk for number in range(2)}
    facilitators = set(elected.facilitators.values_list("pk", flat=True))
    assert set(future_circle(elected).members.values_list("pk", flat=True)) == members | facilitators
    dispatch_all()
    assert (Notification.objects.count(), Topic.objects.count(), Registration.objects.count()) == (0, 0, 0)


def test_proposed_facilitators_are_never_in_two_places() -> None:
    day = make_day()
    names = [sorted(one.facilitators.values_list("pk", flat=True)) for one in day.sessions.order_by("starts_at", "pk")]
    only = animator_of(day.programme.network).pk
    assert names == [[only], [], [only]]


@pytest.mark.parametrize("on", [date(2027, 3, 28), date(2027, 10, 31), date(2027, 7, 14)])
def test_slots_keep_their_local_hours_whatever_the_clocks(on: date) -> None:
    categories = [make_category(slug) for slug in ("elected", "agent", "association")]
    slots = proposed_slots(on=on, pattern=DayPattern.SUCCESSIVE, categories=categories, time_zone="Europe/Paris")
    found = [(one.starts_at.astimezone(PARIS).replace(tzinfo=None), one.category) for one in slots]
    assert found == [
        (datetime.combine(on, time(9, 30)), categories[0]),
        (datetime.combine(on, time(14)), categories[1]),
        (datetime.combine(on + timedelta(days=1), time(9, 30)), categories[2]),
        (datetime.combine(on + timedelta(days=1), time(14)), None),
    ]


def test_one_day_for_a_date_and_never_in_the_past() -> None:
    day = make_day()
    with pytest.raises(DomainError):
        make_day(day.programme)
    with pytest.raises(DomainError):
        create_peer_day(
            author=animator_of(day.programme.network),
            programme=day.programme,
            on=timezone.localdate() - timedelta(days=1),
            pattern=DayPattern.AGORA,
            categories=[],
        )
    assert PeerDay.objects.count() == 1


def test_members_propose_nothing() -> None:
    programme = make_programme()
    with pytest.raises(Refused):
        create_peer_day(
            author=person_of(programme, "elected"),
            programme=programme,
            on=in_a_month(),
            pattern=DayPattern.AGORA,
            categories=[],
        )
    day = make_day(programme)
    other = make_animator(make_network()).user
    with pytest.raises(Refused):
        send_invitations(actor=other, peer_day=day)
    assert Registration.objects.count() == 0


def test_drafts_are_the_animators_alone() -> None:
    day = make_day()
    programme = day.programme
    seen = {
        "animator": animator_of(programme.network),
        "elected": person_of(programme, "elected"),
        "agent": person_of(programme, "agent"),
    }
    counts = {kind: PeerSession.objects.visible_to(user).count() for kind, user in seen.items()}
    assert counts == {"animator": 3, "elected": 0, "agent": 0}


def test_invitations_open_the_sessions_once() -> None:
    day = make_day()
    programme, actor = day.programme, animator_of(day.programme.network)
    assert send_invitations(actor=actor, peer_day=day) == 8
    assert send_invitations(actor=actor, peer_day=day) == 0
    day.refresh_from_db()
    assert day.invited_at is not None
    states = Counter(Registration.objects.values_list("state", flat=True))
    assert states == {RegistrationState.INVITED: 8}
    elected, agent = person_of(programme, "elected"), person_of(programme, "agent")
    assert set(PeerSession.objects.visible_to(elected)) == {of_category(day, "elected"), agora_of(day)}
    # The other category of the same delegation: neither the session nor its discussion.
    assert set(PeerSession.objects.visible_to(agent)) == {of_category(day, "agent"), agora_of(day)}
    topics = {one.topic.circle_id == one.circle_id for one in day.sessions.select_related("topic") if one.topic}
    assert topics == {True}
    assert Topic.objects.count() == 3


def test_invitations_of_newcomers_leave_later_and_alone() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    send_invitations(actor=actor, peer_day=day)
    delegation = Delegation.objects.get(pk=day.programme.circle.delegations[0])
    newcomer = make_member(day.programme.network, category="elected", delegation=delegation).user
    assert send_invitations(actor=actor, peer_day=day) == 2
    assert set(Registration.objects.filter(user=newcomer).values_list("session", flat=True)) == {
        of_category(day, "elected").pk,
        agora_of(day).pk,
    }


def test_nothing_leaves_when_one_session_has_begun() -> None:
    day = make_day()
    agora = agora_of(day)
    PeerSession.objects.filter(pk=agora.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(DomainError):
        send_invitations(actor=animator_of(day.programme.network), peer_day=day)
    assert Registration.objects.count() == 0
    assert PeerSession.objects.filter(opens_to=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_invites_once() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    sent = at_once(4, lambda _number: send_invitations(actor=actor, peer_day=day))
    assert sorted(sent) == [0, 0, 0, 8]
    assert (Registration.objects.count(), Topic.objects.count()) == (8, 3)


def test_former_member_and_unconfirmed_hat_are_not_invited() -> None:
    day = make_day()
    programme, actor = day.programme, animator_of(day.programme.network)
    former, doubtful = person_of(programme, "elected", 0), person_of(programme, "elected", 1)
    set_delegation(membership=Membership.objects.get(user=former), delegation=None)
    hat = add_affiliation(user=doubtful, category=make_category("elected"), title="Adjointe")
    change_hat(membership=Membership.objects.get(user=doubtful), affiliation=hat)
    (group,) = [one for one in groups_of(day) if one.slug == "elected"]
    assert (group.recipients, [one.user for one in group.unconfirmed]) == ([], [doubtful])
    send_invitations(actor=actor, peer_day=day)
    assert not PeerSession.objects.visible_to(former).exists()
    assert list(PeerSession.objects.visible_to(doubtful)) == [agora_of(day)]


def change_of(session: PeerSession, **more: object) -> Change:
    known = {
        "title": session.title,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "facilitators": frozenset(session.facilitators.values_list("pk", flat=True)),
        "capacity": session.capacity,
        "per_delegation": 2,
    }
    return Change(**{**known, **more})  # type: ignore[arg-type]


def test_slot_is_edited_in_place() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    second = make_animator(day.programme.network).user
    session = of_category(day, "elected")
    change = change_of(
        session,
        title="Porter la transition",
        starts_at=session.starts_at + timedelta(hours=1),
        facilitators=frozenset({second.pk}),
        capacity=12,
        per_delegation=3,
    )
    edit_slot(actor=actor, session=session, change=change)
    session = of_category(day, "elected")
    assert (session.title, session.capacity) == ("Porter la transition", 12)
    assert list(session.seat_rules.values_list("is_each_delegation", "ceiling")) == [(True, 3)]
    assert list(session.facilitators.all()) == [second]
    circle = future_circle(session)
    assert set(circle.members.values_list("pk", flat=True)) == set(
        expected_members(circle).values_list("pk", flat=True)
    )
    assert not circle.members.filter(pk=actor.pk).exists()


def test_board_points_out_what_is_wrong() -> None:
    day = make_day()
    programme, actor = day.programme, animator_of(day.programme.network)
    session = of_category(day, "elected")
    make_session(
        make_network(),
        author=None,
        starts_at=session.starts_at - timedelta(hours=1),
        ends_at=session.starts_at + timedelta(minutes=30),
    )
    elsewhere = PeerSession.objects.exclude(peer_day=day).get()
    elsewhere.facilitators.add(actor)
    for _number in range(3):
        make_member(
            programme.network, category="elected", delegation=Delegation.objects.get(pk=programme.circle.delegations[0])
        )
    edit_slot(actor=actor, session=session, change=change_of(session, capacity=2))
    with timezone.override(PARIS):
        board = board_of(actor, day)
    found = {card.slug: card.warnings for card in board.cards}
    assert found == {
        "elected": [f"{actor.full_name} est pris·e ailleurs jusqu’à 10\u00a0h", "2 places pour 3 personnes"],
        "agent": ["Personne ne facilite encore cette séance"],
        "": [],
    }
    assert elsewhere.title not in str(found)


def test_unfair_load_is_pointed_out() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    second = make_animator(day.programme.network).user
    for number, session in enumerate(day.sessions.order_by("pk")):
        session.facilitators.set([actor, second] if not number else [actor])
    extra = make_session(day.programme.network, author=actor)
    extra.facilitators.add(actor)
    PeerSession.objects.filter(pk=extra.pk).update(programme=day.programme)
    assert board_of(actor, day).alerts == [
        f"{actor.full_name} facilite 4 séances du parcours, d’autres en facilitent 1 : partagez la charge."
    ]


def test_board_says_who_comes_by_delegation() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    send_invitations(actor=actor, peer_day=day)
    for category in ("elected", "agent"):
        register(user=person_of(day.programme, category), session=of_category(day, category))
    board = board_of(actor, day)
    words = [(line.is_complete, line.silent, [said for _answer, said in line.answers]) for line in board.delegations]
    assert words == [
        (True, 0, ["1 élu·e", "1 agent·e"]),
        (False, 2, ["élu·es : sans réponse", "agent·es : sans réponse"]),
    ]
    # Just invited, nobody is asked again; a day later all six are.
    assert board.to_chase == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert board_of(actor, day).to_chase == 6


def test_animator_outside_reads_no_title_once_it_is_open() -> None:
    day = make_day()
    second = make_animator(day.programme.network).user
    send_invitations(actor=second, peer_day=day)
    titles = {card.slug: card.title for card in board_of(second, day).cards}
    assert titles["elected"] == "Séance confidentielle"
    session = of_category(day, "elected")
    edit_slot(actor=second, session=session, change=change_of(session, title=None, capacity=9))
    session.refresh_from_db()
    assert (session.title, session.capacity) == ("Élu·es : entre pairs", 9)


@pytest.mark.parametrize("delegations", [1, 3])
def test_board_costs_the_same_whatever_its_size(
    delegations: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = make_day(make_programme(delegations=delegations))
    actor = animator_of(day.programme.network)
    send_invitations(actor=actor, peer_day=day)
    day = PeerDay.objects.select_related("programme__network", "programme__circle").get(pk=day.pk)
    with django_assert_num_queries(11):
        board = board_of(actor, day)
    assert len(board.delegations) == delegations


def test_rehearsal_shows_the_mail_and_leaves_nothing() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    session, recipient = of_category(day, "elected"), person_of(day.programme, "elected")
    letter = rehearse(actor=actor, session=session, user_id=recipient.pk)
    assert letter is not None
    assert recipient.given_name in letter.text
    assert session.title not in letter.text + letter.subject + letter.html
    assert "/desabonnement/" not in letter.text + letter.html
    session.refresh_from_db()
    assert session.is_draft
    assert (Registration.objects.count(), Notification.objects.count()) == (0, 0)


def test_discarded_day_leaves_nothing() -> None:
    day = make_day()
    actor = animator_of(day.programme.network)
    assert discard_peer_day(actor=actor, peer_day=day)
    assert not discard_peer_day(actor=actor, peer_day=day)
    assert (PeerDay.objects.count(), PeerSession.objects.count()) == (0, 0)
    other = make_day(day.programme)
    send_invitations(actor=actor, peer_day=other)
    with pytest.raises(DomainError):
        discard_peer_day(actor=actor, peer_day=other)


def test_pages_of_a_day_from_proposal_to_sending(browser: Browser) -> None:
    programme = make_programme()
    animator = animator_of(programme.network)
    page = browser.as_user(animator)
    made = page.post(
        reverse("sessions:peer-day-create", args=[programme.pk]),
        {"on": in_a_month().isoformat(), "pattern": "parallel", "categories": ["elected", "agent"], "title": ""},
    )
    day = PeerDay.objects.get()
    assert (made.status_code, made["Location"]) == (303, day.get_absolute_url())
    board = page.get(day.get_absolute_url()).content.decode()
    assert "Cercle confidentiel" in board
    assert "Relire les invitations" in board
    session = of_category(day, "elected")
    key = f"s{session.pk}"
    data = {
        f"{key}-title": "Porter la transition",
        f"{key}-on": in_a_month().isoformat(),
        f"{key}-starts_time": "10:00",
        f"{key}-ends_time": "12:00",
        f"{key}-capacity": "8",
        f"{key}-per_delegation": "1",
    }
    address = reverse("sessions:slot-edit", args=[day.pk, session.pk])
    assert page.post(address, {**data, f"{key}-ends_time": "09:00"}).status_code == 422
    assert page.post(address, data).status_code == 303
    session.refresh_from_db()
    assert (session.title, session.capacity) == ("Porter la transition", 8)
    review = page.get(reverse("sessions:invitations", args=[day.pk]))
    assert "Envoyer les 8 invitations" in review.content.decode()
    mail = page.get(reverse("sessions:invitation-mail", args=[day.pk, session.pk]))
    assert "style-src 'unsafe-inline'" in mail["Content-Security-Policy"]
    sent = page.post(reverse("sessions:invitations", args=[day.pk]))
    assert (sent.status_code, Registration.objects.count()) == (303, 8)
    agora = agora_of(day).get_absolute_url()
    ways = [f'href="{one.get_absolute_url()}"' for one in (day.programme, day)]
    guest = Browser().as_user(person_of(day.programme, "elected")).get(agora).content.decode()
    assert [way in guest for way in ways] == [True, False]
    assert "journée entre pairs du" in guest
    assert [way in page.get(agora).content.decode() for way in ways] == [True, True]
    assert page.get(day.get_absolute_url()).status_code == 200
    assert page.post(reverse("sessions:peer-day-chase", args=[day.pk])).status_code == 303


def test_members_do_not_reach_the_board(browser: Browser) -> None:
    day = make_day()
    page = browser.as_user(person_of(day.programme, "elected"))
    names = ("sessions:peer-day", "sessions:invitations")
    assert [page.get(reverse(name, args=[day.pk])).status_code for name in names] == [403, 403]
    stranger = Browser().as_user(make_animator(make_network()).user)
    assert [stranger.get(reverse(name, args=[day.pk])).status_code for name in names] == [404, 404]
