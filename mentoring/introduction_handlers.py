"""Whom introductions tell what. Each handler may run twice."""

from collections.abc import Iterable

from mentoring.events import IntroductionDeclined, IntroductionMade, IntroductionMoved
from mentoring.models import Introduction
from mentoring.policies.introductions import present
from mentoring.queries.introductions import loaded_introduction
from mentoring.services.introduction_answers import leave_network
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.events import NetworkLeft
from peerhub.people.queries import left_membership


@handles(IntroductionMade)
def on_introduction_made(event: IntroductionMade) -> None:
    if introduction := loaded_introduction(event.introduction_id):
        _notify("introduction_made", introduction, str(introduction.pk), _people(introduction))


@handles(IntroductionMoved)
def on_introduction_moved(event: IntroductionMoved) -> None:
    if introduction := loaded_introduction(event.introduction_id):
        key = f"{introduction.pk}.{event.at}"
        _notify("introduction_moved", introduction, key, _people(introduction) - {event.actor_id})


@handles(IntroductionDeclined)
def on_introduction_declined(event: IntroductionDeclined) -> None:
    if introduction := loaded_introduction(event.introduction_id):
        key = f"{introduction.pk}.{event.user_id}"
        _notify("introduction_declined", introduction, key, _people(introduction) - {event.user_id})


@handles(NetworkLeft)
def on_network_left(event: NetworkLeft) -> None:
    """Who left, or is suspended, is introduced no more; unless the person came back meanwhile."""
    if membership := left_membership(event.membership_id):
        leave_network(user=membership.user, network_id=membership.network_id)


def _people(introduction: Introduction) -> set[int]:
    return {one.user_id for one in present(introduction)}


def _notify(kind: str, introduction: Introduction, key: str, people: Iterable[int]) -> None:
    """Without anybody's name: a mail tells that something happened, never with whom."""
    notify(
        kind=f"mentoring.{kind}",
        recipients=people,
        target_id=introduction.pk,
        dedupe_key=f"mentoring.{kind}.{key}",
        network_id=introduction.network_id,
        streak=f"introduction.{introduction.pk}",
    )
