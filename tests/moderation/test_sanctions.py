"""Silence and suspension: until when, for whom, and how they end."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from peerhub.moderation.enums import AppealOutcome, Decision, Sanction
from peerhub.moderation.models import TrailEntry
from peerhub.moderation.services.appeals import appeal, decide_appeal
from peerhub.moderation.services.sanctions import end_due
from peerhub.moderation.tasks import end_sanctions
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError
from peerhub.people.policies import can_join
from peerhub.people.services.memberships import end_membership, join_network, reinstate_membership
from tests.moderation.builders import Stage

pytestmark = pytest.mark.django_db


def test_silence_ends_by_itself(stage: Stage) -> None:
    case = stage.decided(decision=Decision.NOTHING, sanction=Sanction.SILENCE, days=2)
    stage.author.refresh_from_db()
    assert stage.author.silenced_until == case.sanction_until
    assert (stage.author.is_silenced, stage.author.is_active) == (True, True)
    with time_machine.travel(timezone.now() + timedelta(days=2, seconds=1)):
        assert not stage.author.is_silenced
    stage.reader.refresh_from_db()
    assert stage.reader.silenced_until is None


def test_suspension_ends_by_itself_once(stage: Stage) -> None:
    stage.decided(decision=Decision.REMOVE, sanction=Sanction.SUSPEND, days=2)
    stage.author.refresh_from_db()
    assert (stage.author.status, stage.circle.members.filter(pk=stage.author.user_id).exists()) == ("suspended", False)
    assert not can_join(stage.author.user, stage.network, stage.author)
    assert end_due() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2, seconds=1)):
        assert can_join(stage.author.user, stage.network, stage.author)
        assert (end_sanctions(), end_sanctions()) == (1, 0)
    stage.author.refresh_from_db()
    assert (stage.author.status, stage.author.suspended_until) == ("active", None)
    assert stage.circle.members.filter(pk=stage.author.user_id).exists()
    entry = TrailEntry.objects.get(verb="moderation.suspension_ended")
    assert (entry.actor, entry.about) == (None, stage.author.user)


def test_person_whose_suspension_is_over_may_join_before_we_noticed(stage: Stage) -> None:
    stage.decided(decision=Decision.REMOVE, sanction=Sanction.SUSPEND, days=1)
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        membership = join_network(user=stage.author.user, network=stage.network, affiliation=stage.author.affiliation)
        assert end_due() == 0
    assert (membership.status, membership.suspended_until) == ("active", None)


def test_decision_after_the_author_was_suspended_keeps_the_later_end(stage: Stage) -> None:
    first, second = stage.reported(), stage.reported(stage.note())
    long = stage.decided(first, sanction=Sanction.SUSPEND, days=9)
    stage.decided(second, sanction=Sanction.SUSPEND, days=2)
    stage.author.refresh_from_db()
    assert stage.author.suspended_until == long.sanction_until


def test_who_was_suspended_without_end_stays_so(stage: Stage) -> None:
    case = stage.reported()
    end_membership(membership=stage.author, status=MembershipStatus.SUSPENDED)
    with pytest.raises(DomainError, match="sans date de fin"):
        stage.decided(case, sanction=Sanction.SUSPEND, days=2)
    stage.decided(case, sanction=Sanction.WARN)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert end_due() == 0


def test_an_act_without_end_replaces_a_date(stage: Stage) -> None:
    stage.decided(sanction=Sanction.SUSPEND, days=2)
    stage.author.refresh_from_db()
    end_membership(membership=stage.author, status=MembershipStatus.SUSPENDED)
    stage.author.refresh_from_db()
    assert (stage.author.status, stage.author.suspended_until) == ("suspended", None)
    assert (reinstate_membership(membership=stage.author), reinstate_membership(membership=stage.author)) == (
        True,
        False,
    )


def test_who_left_can_be_warned_only(stage: Stage) -> None:
    case = stage.reported()
    end_membership(membership=stage.author, status=MembershipStatus.LEFT)
    with pytest.raises(DomainError, match="plus membre"):
        stage.decided(case, sanction=Sanction.SILENCE, days=2)
    assert stage.decided(case, sanction=Sanction.WARN).sanction == Sanction.WARN


@pytest.mark.parametrize("sanction", [Sanction.SILENCE, Sanction.SUSPEND])
def test_sanction_has_an_end_to_come(sanction: Sanction, stage: Stage) -> None:
    case = stage.reported()
    for days in (0, -1):
        with pytest.raises(DomainError, match="jusqu’à quand"):
            stage.decided(case, sanction=sanction, days=days)


def test_overturned_suspension_ends_now_unless_a_later_one_holds(stage: Stage) -> None:
    first = stage.decided(sanction=Sanction.SUSPEND, days=2)
    appeal(author=stage.author.user, case=first, words="Non.")
    decide_appeal(moderator=stage.other.user, case=first, outcome=AppealOutcome.OVERTURNED, reason="En effet.")
    stage.author.refresh_from_db()
    assert stage.author.status == "active"
    case, later = stage.reported(), stage.reported(stage.note())
    short = stage.decided(case, sanction=Sanction.SUSPEND, days=2)
    stage.decided(later, sanction=Sanction.SUSPEND, days=5)
    appeal(author=stage.author.user, case=short, words="Non.")
    decide_appeal(moderator=stage.other.user, case=short, outcome=AppealOutcome.OVERTURNED, reason="En effet.")
    stage.author.refresh_from_db()
    assert stage.author.status == "suspended"
