"""What notifications say of a date poll, read again when they are shown or sent. Of a confidential poll, and to a
delegate outside of its circle: that there is one, until when, never what for."""

from collections.abc import Callable, Sequence

from django.urls import reverse

from peerhub.notifications.kinds import Load, Subject, by_target
from peerhub.notifications.models import Notification
from peerhub.people.models import CircleMember, Membership, User
from peerhub.ui.times import in_words, zone_label
from sessions.enums import PollState
from sessions.models import DatePoll, Delegate
from sessions.models.polls import DatePollQuerySet

Holds = Callable[[DatePoll, bool], bool]


def load_polls(holds: Holds) -> Load:
    """A reader of polls for one kind, in two queries; `holds` says whether a poll, with whether the person has still
    to answer, gives reason to tell."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {notification.target_id for notification in notifications}
        own = _of(DatePoll.objects.visible_to(user), user.pk, ids)
        found = {poll.pk: _subject(poll, user, None) for poll in own if holds(poll, vars(poll)["waits"])}
        rest = ids - {poll.pk for poll in own}
        if rest:
            found |= _as_delegate(user, rest, holds)
        return by_target(notifications, found)

    return load


def is_awaited(poll: DatePoll, waits: bool) -> bool:
    return waits and poll.takes_answers()


def is_given_up(poll: DatePoll, _waits: bool) -> bool:
    return poll.state == PollState.CANCELLED


def _as_delegate(user: User, ids: set[int], holds: Holds) -> dict[int, Subject]:
    """The polls that ask somebody who named this person, the first such who has still to answer."""
    found = {}
    inside = Membership.objects.active().filter(user=user).values("network")
    named = Delegate.objects.in_force().filter(user=user, network__in=inside).select_related("principal").order_by("pk")
    for delegate in named:
        asked = CircleMember.objects.filter(user=delegate.principal_id).values("circle")
        polls = DatePoll.objects.filter(network=delegate.network_id, circle__in=asked)
        for poll in _of(polls, delegate.principal_id, ids):
            if poll.pk not in found and holds(poll, vars(poll)["waits"]):
                found[poll.pk] = _subject(poll, user, delegate.principal)
    return found


def _of(polls: DatePollQuerySet, user_id: int, ids: set[int]) -> list[DatePoll]:
    return list(polls.filter(pk__in=ids).with_silence(user_id=user_id).select_related("network", "circle"))


def _subject(poll: DatePoll, user: User, principal: User | None) -> Subject:
    url = reverse("sessions:poll-answer-for", args=[poll.pk, principal.pk]) if principal else poll.get_absolute_url()
    return Subject(
        url=url,
        context={
            "title": str(poll.neutral_title if principal else poll.public_title),
            "is_confidential": poll.is_confidential or principal is not None,
            "network_name": poll.network.name,
            "deadline": in_words(poll.closes_at) if poll.closes_at else "",
            "zone": zone_label(user.time_zone),
            "principal": principal.full_name if principal else "",
        },
    )
