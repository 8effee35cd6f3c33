"""Introductions: asked for, drawn once a month, answered, and in both agendas."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from mentoring.models import (
    Absence,
    FreeSlot,
    HierarchicalLink,
    IntroducedPair,
    Introduction,
    IntroductionOptIn,
    IntroductionRound,
    KeptApart,
    MentoringProfile,
)
from mentoring.pairing.hours import Slot
from mentoring.queries.introduction_draw import networks_to_draw
from mentoring.queries.introductions import introductions_page, moments_of, next_month
from mentoring.queries.links import never_with, never_with_each
from mentoring.services.introductions import draw_due, draw_round, opt_in, opt_out, save_free_slots, skip_month
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import CircleMember, Delegation, Membership, Organisation, User
from peerhub.people.services.memberships import end_membership
from sessions.services.registration import register
from tests.builders import make_animator, make_member, make_network, make_territory, make_user
from tests.concurrency import together
from tests.mentoring.builders import make_place, told
from tests.mentoring.introduction_builders import ANY_HOUR, MONTH, NOW, TUESDAY, draw, pair, people_of, wish
from tests.mentoring.need_builders import put_in_organisation
from tests.sessions.builders import make_session

pytestmark = pytest.mark.django_db


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_one_asks_with_hours_that_become_one_where_they_touch() -> None:
    network = make_network()
    user = make_member(network).user
    with pytest.raises(DomainError):
        opt_in(user=user, network=network, size=2, slots=[])
    assert not IntroductionOptIn.objects.exists()
    slots = [Slot(1, time(16), time(18)), Slot(1, time(14), time(16)), Slot(2, time(8), time(10))]
    for size in (2, 3):
        opt_in(user=user, network=network, size=size, slots=slots)
    assert [*IntroductionOptIn.objects.values_list("user", "size")] == [(user.pk, 3)]
    assert [*FreeSlot.objects.values_list("weekday", "starts", "ends")] == [
        (1, time(14), time(18)),
        (2, time(8), time(10)),
    ]
    assert [opt_out(user=user, network=network) for _again in range(2)] == [True, False]


def test_who_is_no_member_or_is_silenced_asks_for_nothing() -> None:
    network = make_network()
    silenced = make_member(network)
    Membership.objects.filter(pk=silenced.pk).update(silenced_until=timezone.now() + timedelta(days=1))
    for user in (make_user(), silenced.user):
        with pytest.raises(Refused):
            opt_in(user=user, network=network, size=2, slots=ANY_HOUR)


# --- Drawing --------------------------------------------------------------------------------------------------------


def test_a_month_is_drawn_once_and_nobody_meets_the_same_person_twice() -> None:
    network = make_network()
    four = {wish(network).pk for _number in range(4)}
    first = draw(network)
    assert {one.pk for made in first for one in people_of(made)} == four
    assert [*draw(network)] == first
    pairs = [{one.pk for one in people_of(made)} for made in first]
    following = draw(network, month=date(2031, 10, 1), now=NOW + timedelta(days=30))
    again = [{one.pk for one in people_of(made)} for made in following]
    assert len(again) == 2
    assert not [one for one in again if one in pairs]
    assert IntroducedPair.objects.count() == 4
    draw(network, month=date(2031, 11, 1), now=NOW + timedelta(days=61))
    fourth = draw(network, month=date(2031, 12, 1), now=NOW + timedelta(days=91))
    assert fourth == []
    assert [*IntroductionRound.objects.order_by("month").values_list("left_out", flat=True)] == [0, 0, 0, 4]


@pytest.mark.parametrize("number", [2, 6])
def test_a_drawing_costs_the_same_for_two_and_six(number: int, django_assert_num_queries: Any) -> None:
    network = make_network()
    for _number in range(number):
        wish(network)
    with django_assert_num_queries(DRAWING_QUERIES):
        assert draw_round(network_id=network.pk, month=MONTH, now=NOW) == number // 2


DRAWING_QUERIES = 31


def test_its_people_alone_see_it_and_are_told_without_a_name() -> None:
    network = make_network()
    animator = make_animator(network).user
    one, other, made = pair(network)
    assert [*Introduction.objects.visible_to(one)] == [*Introduction.objects.visible_to(other)] == [made]
    assert not Introduction.objects.visible_to(animator).exists()
    assert [told(user) for user in (one, other, animator)] == [["introduction_made"], ["introduction_made"], []]
    assert made.circle.is_confidential
    assert {one.user_id for one in CircleMember.objects.filter(circle=made.circle)} == {one.pk, other.pk}


def test_nobody_meets_those_whom_they_must_not() -> None:
    """Of the same organisation, linked, kept apart, of one delegation, of one territory, of its grouping, or of what is
    around it: nobody is left for the person, who is left out; a stranger is enough."""
    network = make_network()
    place, grouping = make_place(), make_territory("CC Forez", kind="epci")
    place.grouping = grouping
    place.save()
    delegation = Delegation.objects.create(network=network, name="Forez")
    member = make_member(network, territory=place, delegation=delegation)
    user = wish(network, member=member)
    colleague, linked, apart = (make_member(network) for _number in range(3))
    put_in_organisation(Organisation.objects.create(name="Mairie"), member, colleague)
    HierarchicalLink.objects.create(senior=user, junior=linked.user)
    KeptApart.objects.create(user=apart.user, other=user, asked_by=apart.user)
    neighbour = make_member(network, territory=grouping)
    county = make_member(network, territory=place.parent)
    same = make_member(network, delegation=delegation)
    others = [colleague, linked, apart, neighbour, county, same]
    for one in others:
        wish(network, member=one)
    never = never_with_each([one.user_id for one in (member, *others)], network)
    assert never == {one.user_id: never_with(one.user_id, network) for one in (member, *others)}
    assert never[user.pk] == {colleague.user_id, linked.user_id, apart.user_id}
    # The others are left for each other: those who must not meet the person are an even number.
    assert user.pk not in {one.pk for made in draw(network) for one in people_of(made)}
    stranger = wish(network)
    found = draw(network, month=date(2031, 10, 1), now=NOW + timedelta(days=30))
    assert [{user.pk, stranger.pk}] == [
        group for made in found if user.pk in (group := {one.pk for one in people_of(made)})
    ]


def test_who_was_left_out_comes_first() -> None:
    network = make_network()
    for number in range(3):
        wish(network, f"N{number}")
    (first,) = draw(network)
    left = set(IntroductionOptIn.objects.values_list("user", flat=True)) - {one.pk for one in people_of(first)}
    for month in (10, 11):
        now = datetime(2031, month, 1, 7, tzinfo=ZoneInfo("UTC"))
        (made,) = draw(network, month=now.date(), now=now)
        assert left <= {one.pk for one in people_of(made)}
        left = set(IntroductionOptIn.objects.values_list("user", flat=True)) - {one.pk for one in people_of(made)}


def be_not_now(user: User) -> None:
    MentoringProfile.objects.create(user=user, not_now_until=timezone.localdate() + timedelta(days=3))


def be_silenced(user: User) -> None:
    Membership.objects.filter(user=user).update(silenced_until=timezone.now() + timedelta(days=1))


def leave(user: User) -> None:
    end_membership(membership=Membership.objects.get(user=user), status=MembershipStatus.LEFT)


def be_away(user: User) -> None:
    today = timezone.localdate()
    Absence.objects.create(user=user, starts_on=today, ends_on=today + timedelta(days=40))


def have_no_common_hour(user: User) -> None:
    save_free_slots(user=user, slots=[Slot(6, time(8), time(10))])


def speak_english(user: User) -> None:
    MentoringProfile.objects.create(user=user, languages=["en"])


def be_busy(user: User) -> None:
    """With a seat on some Tuesdays, facilitating on the others."""
    network, today = user.memberships.get().network, timezone.localdate()
    for week in range(6):
        day = today + timedelta(days=(1 - today.weekday()) % 7 + 7 * week)
        starts_at = datetime.combine(day, time(13, 30), tzinfo=ZoneInfo("Europe/Paris"))
        if starts_at < timezone.now():
            continue
        held = make_session(network, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
        if week % 2:
            held.facilitators.add(user)
        else:
            register(user=user, session=held)


@pytest.mark.parametrize(
    "happens", [None, be_not_now, be_silenced, leave, be_away, have_no_common_hour, speak_english, be_busy]
)
def test_who_cannot_be_met_this_month_is_not_drawn(happens: Callable[[User], None] | None) -> None:
    network = make_network()
    wish(network)
    other = wish(network, slots=TUESDAY)
    if happens:
        happens(other)
    now = timezone.now()
    assert len(draw(network, month=now.date().replace(day=1), now=now)) == (0 if happens else 1)


def test_a_month_is_skipped_and_the_one_after_is_not() -> None:
    network = make_network()
    wish(network)
    assert skip_month(user=wish(network), network=network)
    now = timezone.now()
    months = [next_month(now.date().replace(day=1))]
    months.append(next_month(months[0]))
    assert [len(draw(network, month=month, now=now)) for month in months] == [0, 1]


def test_la_reunion_and_paris_meet_at_an_hour_of_both() -> None:
    """The proposed instant is in the slots of each, on each one's clock, before and after the change of clocks."""
    network = make_network()
    paris = wish(network, slots=[Slot(1, time(10), time(12))])
    reunion = wish(network, slots=[Slot(1, time(13), time(15))], zone="Indian/Reunion")
    october = datetime(2031, 10, 1, 7, tzinfo=ZoneInfo("UTC"))
    (made,) = draw(network, month=date(2031, 10, 1), now=october)
    assert made.proposed_at is not None
    assert made.proposed_at.astimezone(ZoneInfo("Europe/Paris")).strftime("%d %H:%M") == "07 11:00"
    assert made.proposed_at.astimezone(ZoneInfo("Indian/Reunion")).strftime("%d %H:%M") == "07 13:00"
    # Clocks change on 26 October: from then on, the hour of both begins an hour earlier in Paris.
    moments = moments_of(made, datetime(2031, 10, 20, 7, tzinfo=ZoneInfo("UTC")))
    assert [
        tuple(one.astimezone(ZoneInfo(user.time_zone)).strftime("%d %H:%M") for user in (paris, reunion))
        for one in moments
    ] == [("21 11:00", "21 13:00"), ("28 10:00", "28 13:00"), ("04 10:00", "04 13:00")]


def test_beat_draws_in_the_first_days_of_a_month_alone() -> None:
    network, lonely = make_network(), make_network()
    wish(network)
    wish(lonely)
    assert draw_due(NOW) == 0
    wish(network)
    assert networks_to_draw(MONTH) == [network.pk]
    assert draw_due(NOW + timedelta(days=7)) == 0
    assert [draw_due(NOW + timedelta(days=6)) for _again in range(2)] == [1, 0]
    assert networks_to_draw(MONTH) == []


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_draw_one_month() -> None:
    network = make_network()
    for _number in range(4):
        wish(network)
    results = together(*[partial(draw_round, network_id=network.pk, month=MONTH, now=NOW)] * 2)
    assert results in ([0, 2], [2, 0])
    assert (Introduction.objects.count(), IntroductionRound.objects.count()) == (2, 1)


def test_the_next_drawing_is_the_one_in_which_the_person_may_be() -> None:
    network = make_network()
    user = wish(network)

    def following(now: datetime) -> date:
        return introductions_page(user, network, now).next_draw

    assert following(NOW) == NOW.date()
    assert following(NOW + timedelta(days=10)) == date(2031, 10, 1)
    IntroductionOptIn.objects.update(skips_until=date(2031, 11, 1))
    assert [following(NOW), following(NOW + timedelta(days=10))] == [date(2031, 11, 1)] * 2
    IntroductionOptIn.objects.update(skips_until=None)
    draw(network)
    assert following(NOW) == date(2031, 10, 1)
