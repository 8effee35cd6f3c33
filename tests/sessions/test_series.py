"""Series: one date, the following ones, or all; what vanishes, and what never does."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.models import Topic
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Delivery, Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.services.circles import public_circle
from sessions.enums import SeriesScope
from sessions.models import AgendaStep, PeerSession, Registration, Reminder, SessionSeries
from sessions.queries.series import Kept, kept_by, neighbours_of, place_in_series, series_page
from sessions.recurrence import LAST, Rule, instant, local_dates, local_of, monthly_on_weekday, parse, weekly
from sessions.services.confidentiality import raise_confidentiality
from sessions.services.registration import withdraw
from sessions.services.scheduling import cancel_session, move_session
from sessions.services.seats_for_others import seat_guest
from sessions.services.series import cancel_dates, change_rule, update_series
from tests.builders import make_category, make_member, make_network, make_user
from tests.forums.builders import make_post
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_registration,
    make_session,
)
from tests.sessions.series_builders import ZONE, dates_of_series, make_series, next_tuesday, values_of

pytestmark = pytest.mark.django_db

ALL, FOLLOWING = SeriesScope.ALL, SeriesScope.FOLLOWING
WEEK = timedelta(days=7)


def days(series: SessionSeries) -> list[date]:
    """Of what begins, on the clocks of the series."""
    return [local_of(one.starts_at, series.time_zone).date() for one in dates_of_series(series)]


def hours(series: SessionSeries) -> set[str]:
    return {f"{local_of(one.starts_at, series.time_zone):%H:%M}" for one in dates_of_series(series)}


def moved(session: PeerSession, by: timedelta, zone: str = ZONE) -> dict[str, Any]:
    """The form of a session, moved on the clocks."""
    starts_at = instant(local_of(session.starts_at, zone) + by, zone)
    return {"starts_at": starts_at, "ends_at": starts_at + (session.ends_at - session.starts_at)}


def move_alone(session: PeerSession, by: timedelta) -> None:
    move_session(
        actor=animator_of(session.network),
        session=session,
        time_zone=session.time_zone,
        place=session.place,
        video_url=session.video_url,
        **moved(session, by),
    )


# --- Planning ------------------------------------------------------------------------------------------------------


def test_a_series_is_a_session_for_each_date() -> None:
    first = next_tuesday()
    series = make_series(first=first, capacity=12)
    sessions = dates_of_series(series)
    assert days(series) == [first.date() + n * WEEK for n in range(4)]
    assert hours(series) == {"14:00"}
    assert [one.occurs_at for one in sessions] == [one.starts_at for one in sessions]
    assert len({one.uid for one in sessions} | {series.uid}) == 5
    assert {(one.capacity, one.title, one.circle_id) for one in sessions} == {
        (12, "Le rendez-vous du mardi", series.circle_id)
    }
    assert len({one.topic_id for one in sessions}) == 4
    assert (series.rule, series.minutes, series.sequence) == ("FREQ=WEEKLY;BYDAY=TU;COUNT=4", 120, 0)


def test_people_are_told_of_the_first_date_alone() -> None:
    network = make_network()
    member = make_member(network).user
    first, *_others = dates_of_series(make_series(network))
    dispatch_all()
    told = Notification.objects.filter(recipient=member, kind="sessions.created")
    assert [one.target_id for one in told] == [first.pk]
    Delivery.objects.update(due_at=timezone.now())
    deliver_due()
    (message,) = [one for one in mail.outbox if one.to == [member.email]]
    assert "Une nouvelle série de séances vous est ouverte" in str(message.body)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (weekly([1], count=53), "52 dates au plus"),
        (weekly([1], count=1), "deux dates"),
        (weekly([1], until=date(2026, 1, 1)), "deux dates"),
    ],
)
def test_what_is_no_series_is_refused(rule: Rule, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        make_series(rule=rule)
    assert (SessionSeries.objects.count(), PeerSession.objects.count()) == (0, 0)


def test_dates_that_run_into_each_other_are_refused() -> None:
    starts_at = instant(next_tuesday(), ZONE)
    with pytest.raises(DomainError, match="avant que la suivante"):
        make_series(rule=weekly([1, 2], count=4), starts_at=starts_at, ends_at=starts_at + timedelta(days=2))


def test_only_who_runs_the_network_plans_or_changes_a_series() -> None:
    series = make_series()
    member = make_member(series.network).user
    session = dates_of_series(series)[0]
    acts: list[Callable[[], object]] = [
        lambda: update_series(actor=member, session=session, scope=ALL, values=values_of(session, title="Non")),
        lambda: cancel_dates(actor=member, session=session, scope=ALL),
        lambda: change_rule(actor=member, series=series, rule=weekly([2], count=3), since=days(series)[0]),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert {one.title for one in dates_of_series(series)} == {session.title}


# --- All, and the following ----------------------------------------------------------------------------------------


def test_all_dates_move_and_those_registered_are_told_of_theirs() -> None:
    series = make_series()
    sessions = dates_of_series(series)
    registration = make_registration(sessions[2])
    outcome = update_series(
        actor=animator_of(series.network),
        session=sessions[1],
        scope=ALL,
        values=values_of(sessions[1], **moved(sessions[1], timedelta(days=1, hours=-4))),
    )
    series.refresh_from_db()
    after = dates_of_series(series)
    assert outcome.series == series
    assert sorted(outcome.moved) == sorted(one.pk for one in sessions)
    assert [one.uid for one in after] == [one.uid for one in sessions]
    assert [one.sequence for one in after] == [1, 1, 1, 1]
    assert hours(series) == {"10:00"}
    assert (series.rule, series.sequence) == ("FREQ=WEEKLY;BYDAY=WE;COUNT=4", 1)
    assert [one.occurs_at for one in after] == [one.starts_at for one in after]
    dispatch_all()
    told = Notification.objects.filter(kind="sessions.moved").values_list("recipient", "target_id")
    assert list(told) == [(registration.user_id, sessions[2].pk)]
    reminders = Reminder.objects.filter(session=sessions[2], user=registration.user, offset_minutes=60)
    assert reminders.get().due_at == after[2].starts_at - timedelta(hours=1)


def test_all_dates_shift_by_a_week_in_one_room() -> None:
    """Each goes where the next one still is: the last goes first."""
    series = make_series(place="Salle des fêtes")
    sessions = dates_of_series(series)
    for by in (WEEK, -WEEK):
        current = PeerSession.objects.get(pk=sessions[0].pk)
        update_series(
            actor=animator_of(series.network),
            session=current,
            scope=ALL,
            values=values_of(current, **moved(current, by)),
        )
    assert [one.starts_at for one in dates_of_series(series)] == [one.starts_at for one in sessions]


def test_the_following_dates_become_a_series_of_their_own() -> None:
    series = make_series()
    sessions = dates_of_series(series)
    outcome = update_series(
        actor=animator_of(series.network),
        session=sessions[2],
        scope=FOLLOWING,
        values=values_of(sessions[2], **moved(sessions[2], timedelta(hours=2)), title="Plus tard"),
    )
    series.refresh_from_db()
    later = outcome.series
    assert later is not None
    assert later != series
    assert later.uid != series.uid
    assert [one.pk for one in dates_of_series(series)] == [one.pk for one in sessions[:2]]
    assert [one.pk for one in dates_of_series(later)] == [one.pk for one in sessions[2:]]
    last = local_of(sessions[1].starts_at, ZONE)
    assert (series.rule, series.sequence) == (f"FREQ=WEEKLY;BYDAY=TU;UNTIL={last:%Y%m%d}T235959", 1)
    assert later.rule == "FREQ=WEEKLY;BYDAY=TU;COUNT=2"
    assert (hours(series), hours(later)) == ({"14:00"}, {"16:00"})
    assert [one.title for one in dates_of_series(later)] == ["Plus tard"] * 2
    # Parted once more in its first half, it comes before the new one, which comes before the later one.
    current = PeerSession.objects.get(pk=sessions[1].pk)
    values = values_of(current, **moved(current, timedelta(hours=1)), title="Entre deux")
    between = update_series(actor=animator_of(series.network), session=current, scope=FOLLOWING, values=values).series
    assert between is not None
    later.refresh_from_db()
    assert (between.continues, later.continues) == (series, between)
    before, after = neighbours_of(animator_of(series.network), between)
    assert (before, after) == (
        (series.pk, sessions[0].title, sessions[0].starts_at),
        (later.pk, "Plus tard", sessions[2].starts_at + timedelta(hours=2)),
    )
    assert neighbours_of(make_user(), between) == (None, None)
    cancel_dates(actor=animator_of(series.network), session=dates_of_series(between)[0], scope=ALL)
    later.refresh_from_db()
    assert later.continues == series
    assert {one.uid for one in dates_of_series(later)} == {one.uid for one in sessions[2:]}


def test_what_is_not_changed_stays_as_each_date_has_it() -> None:
    series = make_series(description="Bonjour\n\nà toutes", capacity=10)
    sessions = dates_of_series(series)
    actor = animator_of(series.network)
    PeerSession.objects.filter(pk=sessions[1].pk).update(title="La spéciale", description="À part")
    # As a browser posts it.
    values = values_of(sessions[0], capacity=20, description="Bonjour\r\n\r\nà toutes")
    outcome = update_series(actor=actor, session=sessions[0], scope=ALL, values=values)
    after = dates_of_series(series)
    assert [one.capacity for one in after] == [20] * 4
    assert [one.title for one in after][1] == "La spéciale"
    assert [one.description for one in after] == ["Bonjour\n\nà toutes", "À part", *["Bonjour\n\nà toutes"] * 2]
    assert (outcome.moved, [one.sequence for one in after]) == ([], [0] * 4)


def test_a_date_moved_by_itself_keeps_its_day_and_its_hour() -> None:
    series = make_series()
    sessions = dates_of_series(series)
    move_alone(sessions[1], timedelta(days=2))
    alone = PeerSession.objects.get(pk=sessions[1].pk)
    assert alone.occurs_at == sessions[1].starts_at
    first = sessions[0]
    update_series(
        actor=animator_of(series.network),
        session=first,
        scope=ALL,
        values=values_of(first, **moved(first, timedelta(hours=1))),
    )
    again = PeerSession.objects.get(pk=alone.pk)
    assert (again.starts_at, again.sequence) == (alone.starts_at, alone.sequence)
    assert again.occurs_at == alone.occurs_at + timedelta(hours=1)


def test_a_refusal_for_one_date_changes_none_and_names_it() -> None:
    series = make_series()
    sessions = dates_of_series(series)
    for _ in range(3):
        make_registration(sessions[2])
    values = values_of(sessions[0], capacity=2, title="Petit comité")
    with pytest.raises(DomainError, match="3 personnes") as caught:
        update_series(actor=animator_of(series.network), session=sessions[0], scope=ALL, values=values)
    assert str(sessions[2].starts_at.day) in str(caught.value)
    assert {(one.title, one.capacity) for one in dates_of_series(series)} == {("Le rendez-vous du mardi", None)}


def test_past_dates_stay_as_they_were_when_all_change() -> None:
    series = make_series()
    sessions = dates_of_series(series)
    back = timezone.now() - timedelta(days=1)
    PeerSession.objects.filter(pk=sessions[0].pk).update(starts_at=back, ends_at=back + timedelta(hours=2))
    outcome = update_series(
        actor=animator_of(series.network), session=sessions[1], scope=ALL, values=values_of(sessions[1], title="Suite")
    )
    assert outcome.series != series
    assert [one.title for one in PeerSession.objects.order_by("starts_at")] == [sessions[0].title, *["Suite"] * 3]


def test_the_hour_stays_when_the_clocks_change_in_between() -> None:
    first = datetime(timezone.localdate().year + 1, 10, 1, 18)  # noqa: DTZ001
    series = make_series(first=first, rule=weekly([first.weekday()], count=8))
    assert hours(series) == {"18:00"}
    assert len({one.starts_at.hour for one in dates_of_series(series)}) == 2
    session = dates_of_series(series)[0]
    values = values_of(session, **moved(session, timedelta(hours=1)))
    update_series(actor=animator_of(series.network), session=session, scope=ALL, values=values)
    assert hours(series) == {"19:00"}
    session.refresh_from_db()
    starts_at = instant(local_of(session.starts_at, ZONE), "Indian/Reunion")
    values = values_of(session, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), time_zone="Indian/Reunion")
    update_series(actor=animator_of(series.network), session=session, scope=ALL, values=values)
    series.refresh_from_db()
    assert (hours(series), series.time_zone) == ({"19:00"}, "Indian/Reunion")
    assert len({one.starts_at.hour for one in dates_of_series(series)}) == 1


# --- Another rule --------------------------------------------------------------------------------------------------


def test_another_rhythm_keeps_makes_and_lets_go() -> None:
    """Every week becomes every two: of the dates that are no more said, the empty one vanishes."""
    series = make_series(rule=weekly([1], count=5))
    sessions = dates_of_series(series)
    registration = make_registration(sessions[1])
    AgendaStep.objects.create(session=sessions[0], position=0, minutes=30, title="Tour de table")
    rule = weekly([1], every=2, count=4)
    outcome = change_rule(actor=animator_of(series.network), series=series, rule=rule, since=days(series)[0])
    series.refresh_from_db()
    after = dates_of_series(series)
    assert [one.pk for one in outcome.stayed] == [sessions[1].pk]
    assert (outcome.vanished, len(outcome.added), outcome.series) == (1, 1, series)
    assert (series.rule, series.sequence) == (rule.text, 1)
    assert [one.pk for one in after] == [
        *(sessions[n].pk for n in (0, 1, 2, 4)),
        outcome.added[0],
    ]
    assert [one.occurs_at for one in after] == [None if one.pk == sessions[1].pk else one.starts_at for one in after]
    assert after[4].starts_at == instant(local_of(sessions[4].starts_at, ZONE) + 2 * WEEK, ZONE)
    assert [step.title for step in after[4].steps.all()] == ["Tour de table"]
    registration.refresh_from_db()
    assert registration.is_registered
    page = series_page(animator_of(series.network), series, with_reasons=True)
    outside = [one for one in page.coming if one.is_outside]
    assert [(one.session.pk, one.why) for one in outside] == [
        (sessions[1].pk, "des personnes y sont invitées ou inscrites")
    ]
    dispatch_all()
    assert Notification.objects.filter(kind__in=["sessions.moved", "sessions.cancelled"]).count() == 0


def test_a_date_that_the_rule_says_again_follows_it_again() -> None:
    series = make_series()
    actor = animator_of(series.network)
    sessions = dates_of_series(series)
    make_registration(sessions[1])
    since = days(series)[0]
    change_rule(actor=actor, series=series, rule=weekly([1], every=2, count=2), since=since)
    assert PeerSession.objects.get(pk=sessions[1].pk).occurs_at is None
    outcome = change_rule(actor=actor, series=series, rule=weekly([1], count=3), since=since)
    assert PeerSession.objects.get(pk=sessions[1].pk).occurs_at == sessions[1].starts_at
    assert (outcome.added, outcome.vanished, outcome.stayed) == ([], 0, [])
    again = change_rule(actor=actor, series=series, rule=weekly([1], count=3), since=since)
    series.refresh_from_db()
    assert (again.added, again.vanished, series.sequence) == ([], 0, 2)


def test_a_rhythm_from_a_later_day_on_is_another_series() -> None:
    series = make_series()
    sessions = dates_of_series(series)
    rule = weekly([3], count=2)
    outcome = change_rule(actor=animator_of(series.network), series=series, rule=rule, since=days(series)[2])
    later = outcome.series
    assert later is not None
    assert later != series
    assert [one.pk for one in dates_of_series(series)] == [one.pk for one in sessions[:2]]
    assert [one.weekday() for one in days(later)] == [3, 3]
    assert (outcome.vanished, len(outcome.added)) == (2, 2)
    assert parse(later.rule) == rule


def test_a_series_that_is_over_goes_on() -> None:
    series = make_series()
    for one in dates_of_series(series):
        PeerSession.objects.filter(pk=one.pk).update(
            starts_at=one.starts_at - 9 * WEEK, ends_at=one.ends_at - 9 * WEEK, occurs_at=one.starts_at - 9 * WEEK
        )
    SessionSeries.objects.filter(pk=series.pk).update(starts_at=series.starts_at - 9 * WEEK)
    since = timezone.localdate() + timedelta(days=3)
    outcome = change_rule(
        actor=animator_of(series.network),
        series=series,
        rule=monthly_on_weekday(since, is_last=True, count=2),
        since=since,
    )
    assert outcome.series != series
    assert len(outcome.added) == 2
    assert parse(outcome.series.rule).nth == LAST  # type: ignore[union-attr]
    assert (len(dates_of_series(series)), outcome.vanished) == (4, 0)


@pytest.mark.parametrize("trace", ["registered", "withdrawn", "guest", "message", "nothing"])
def test_only_what_nobody_knows_of_vanishes(trace: str) -> None:
    series = make_series(rule=weekly([1], count=2))
    first, second = dates_of_series(series)
    actor = animator_of(series.network)
    if trace in {"registered", "withdrawn"}:
        registration = make_registration(second)
        if trace == "withdrawn":
            withdraw(user=registration.user, session=second)
    elif trace == "guest":
        seat_guest(actor=actor, session=second, name="Camille", category=make_category("agent"))
    elif trace == "message":
        make_post(Topic.objects.get(pk=second.topic_id or 0), actor, body="J’y serai.")
    threads = Topic.objects.count()
    outcome = change_rule(actor=actor, series=series, rule=weekly([1], every=2, count=2), since=days(series)[0])
    is_kept = trace != "nothing"
    assert PeerSession.objects.filter(pk=second.pk).exists() == is_kept
    assert Topic.objects.filter(pk=second.topic_id or 0).exists() == is_kept
    assert (outcome.vanished, [one.pk for one in outcome.stayed]) == ((0, [second.pk]) if is_kept else (1, []))
    assert Topic.objects.count() == threads + (1 if is_kept else 0)
    expected = {"message": Kept.MESSAGES, "nothing": None}.get(trace, Kept.PEOPLE)
    assert kept_by([second]) == ({second.pk: frozenset({expected})} if expected else {})
    assert first.pk in {one.pk for one in dates_of_series(series)}


# --- Calling off ---------------------------------------------------------------------------------------------------


def test_the_following_dates_are_called_off_and_the_empty_ones_vanish() -> None:
    series = make_series()
    sessions = dates_of_series(series)
    registration = make_registration(sessions[2])
    outcome = cancel_dates(actor=animator_of(series.network), session=sessions[1], scope=FOLLOWING, reason="Grève")
    series.refresh_from_db()
    assert (outcome.cancelled, outcome.vanished, outcome.series) == ([sessions[2].pk], 2, series)
    assert [(one.pk, one.is_cancelled) for one in dates_of_series(series)] == [
        (sessions[0].pk, False),
        (sessions[2].pk, True),
    ]
    last = local_of(sessions[2].starts_at, ZONE)
    assert (parse(series.rule).until, series.sequence) == (last.date(), 1)
    dispatch_all()
    told = Notification.objects.filter(kind="sessions.cancelled").values_list("recipient", "target_id")
    assert list(told) == [(registration.user_id, sessions[2].pk)]


def test_a_series_of_which_nothing_is_left_is_no_more() -> None:
    series = make_series()
    outcome = cancel_dates(actor=animator_of(series.network), session=dates_of_series(series)[0], scope=ALL)
    assert (outcome.series, outcome.vanished) == (None, 4)
    assert (SessionSeries.objects.count(), PeerSession.objects.count(), Topic.objects.count()) == (0, 0, 0)


# --- Who sees what -------------------------------------------------------------------------------------------------


def test_an_act_reaches_no_date_that_its_actor_does_not_see() -> None:
    """One date was closed to the elected: the animator, who is not one of them, changes and ends the others."""
    network = make_network()
    actor = animator_of(network)
    series = make_series(network)
    sessions = dates_of_series(series)
    closed = sessions[1]
    PeerSession.objects.filter(pk=closed.pk).update(circle=confidential_circle(network))
    update_series(actor=actor, session=sessions[0], scope=ALL, values=values_of(sessions[0], title="Ouvertes"))
    assert [one.title == "Ouvertes" for one in dates_of_series(series)] == [True, False, True, True]
    change_rule(actor=actor, series=series, rule=weekly([1], every=2, count=2), since=days(series)[0])
    assert PeerSession.objects.get(pk=closed.pk).occurs_at is None
    outcome = cancel_dates(actor=actor, session=sessions[0], scope=ALL)
    assert outcome.series == series
    assert [one.pk for one in dates_of_series(series)] == [closed.pk]


def test_the_place_in_a_series_counts_what_one_sees() -> None:
    network = make_network()
    member = make_member(network, category="agent").user
    sessions = dates_of_series(make_series(network))
    PeerSession.objects.filter(pk=sessions[1].pk).update(circle=confidential_circle(network))
    place = place_in_series(member, sessions[2])
    assert place is not None
    assert (place.number, place.count, place.previous, place.next) == (2, 3, sessions[0], sessions[3])
    assert place.rhythm == "chaque semaine, le mardi"
    assert place_in_series(member, make_session(network)) is None


def test_a_date_opened_wider_tells_nothing_of_its_series() -> None:
    network = make_network()
    member = make_member(network, category="agent").user
    sessions = dates_of_series(make_series(network, circle=confidential_circle(network)))
    PeerSession.objects.filter(pk=sessions[1].pk).update(circle=public_circle())
    assert place_in_series(member, sessions[1]) is None


def test_a_date_that_closes_leaves_the_rhythm_of_the_others_as_it_was() -> None:
    series = make_series()
    session = dates_of_series(series)[1]
    raise_confidentiality(actor=animator_of(series.network), session=session, target="registered")
    session.refresh_from_db()
    assert (session.series, session.circle == series.circle) == (series, False)


# --- Laws ----------------------------------------------------------------------------------------------------------

ACTS = ("register", "alone", "cancel", "update", "update_following", "rule", "end")
RULES = (weekly([1], every=2, count=3), weekly([2, 4], count=4))
steps = st.tuples(st.sampled_from(ACTS), st.integers(0, 11), st.integers(0, 3), st.integers(-2, 2))


def act_on(session: PeerSession, act: str, by: timedelta) -> None:
    """One act of the animator, or of somebody who comes."""
    actor, series = animator_of(session.network), session.series
    if series is None or session.occurs_at is None:
        raise AssertionError
    if act == "register":
        make_registration(session)
    elif act == "alone":
        move_alone(session, abs(by))
    elif act == "cancel":
        cancel_session(actor=actor, session=session)
    elif act == "rule":
        since = local_of(session.occurs_at, session.time_zone).date()
        change_rule(actor=actor, series=series, rule=RULES[by.days % 2], since=since)
    elif act == "end":
        cancel_dates(actor=actor, session=session, scope=FOLLOWING)
    else:
        scope = FOLLOWING if act == "update_following" else ALL
        values = values_of(session, **moved(session, by, session.time_zone))
        update_series(actor=actor, session=session, scope=scope, values=values)


def check_laws(sessions: dict[int, PeerSession], series: dict[int, SessionSeries], taken: set[int]) -> None:
    """Of what was there before, with what is there now."""
    now = {one.pk: one for one in PeerSession.objects.filter(pk__in=sessions)}
    assert taken <= set(now)
    for pk, one in now.items():
        assert one.uid == sessions[pk].uid
        assert one.sequence >= sessions[pk].sequence
    for rule in SessionSeries.objects.filter(pk__in=series):
        assert rule.uid == series[rule.pk].uid
        assert rule.sequence >= series[rule.pk].sequence


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    zone=st.sampled_from([ZONE, "America/Cayenne", "Pacific/Noumea", "America/New_York"]),
    hour=st.integers(8, 19),
    acts=st.lists(steps, min_size=1, max_size=4),
)
def test_whatever_is_changed_uids_stay_sequences_grow_and_only_the_empty_vanish(
    zone: str, hour: int, acts: list[tuple[str, int, int, int]]
) -> None:
    network = make_network()
    make_series(network, first=next_tuesday(hour), rule=weekly([1], count=4), time_zone=zone)
    for act, place, more_days, more_hours in acts:
        sessions = {one.pk: one for one in PeerSession.objects.filter(network=network).order_by("pk")}
        series = {one.pk: one for one in SessionSeries.objects.filter(network=network)}
        taken = set(Registration.objects.filter(session__in=sessions).values_list("session_id", flat=True))
        open_ = [one for one in sessions.values() if one.occurs_at and one.is_scheduled]
        if not open_:
            return
        act_on(open_[place % len(open_)], act, timedelta(days=more_days, hours=more_hours))
        check_laws(sessions, series, taken)
        for one in SessionSeries.objects.filter(network=network):
            said = {instant(local, one.time_zone) for local in local_dates(parse(one.rule), first_of(one))}
            assert {date.occurs_at for date in dates_of_series(one) if date.occurs_at} <= said


def first_of(series: SessionSeries) -> datetime:
    return local_of(series.starts_at, series.time_zone)
