"""What open groups tell: that somebody asks, that one was answered; never who, nor what."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentoring.models import GroupAsk
from mentoring.policies.mentorships import can_lead_group
from mentoring.queries.mentorships import mentorships_by_id
from mentoring.queries.open_groups import asks_with
from peerhub.notifications.kinds import Kind, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User


def _load_asked(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """To the mentor, while there is something to answer."""
    asks = {one.pk: one for one in _asks(notifications) if one.answered_at is None}
    groups = mentorships_by_id(user, {one.mentorship_id for one in asks.values()})
    led = {pk: groups[one.mentorship_id] for pk, one in asks.items() if one.mentorship_id in groups}
    subjects = {
        pk: Subject(url=group.get_absolute_url(), context={"network_name": group.network.name})
        for pk, group in led.items()
        if can_lead_group(user, group)
    }
    return by_target(notifications, subjects)


def _load_answered(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """To who asked: the group, where they are in now."""
    asks = {one.pk: one for one in _asks(notifications) if one.user_id == user.pk and one.answered_at}
    groups = mentorships_by_id(user, {one.mentorship_id for one in asks.values()})
    subjects = {
        pk: Subject(
            url=groups[one.mentorship_id].get_absolute_url()
            if one.mentorship_id in groups
            else reverse("mentoring:open-groups", args=[one.mentorship.network.slug]),
            context={"network_name": one.mentorship.network.name},
        )
        for pk, one in asks.items()
    }
    return by_target(notifications, subjects)


def _asks(notifications: Sequence[Notification]) -> list[GroupAsk]:
    return asks_with({one.target_id for one in notifications})


register(Kind(key="mentoring.group_asked", label=_("Une demande pour rejoindre mon groupe"), load=_load_asked))
register(
    Kind(key="mentoring.group_answered", label=_("La réponse à ma demande de rejoindre un groupe"), load=_load_answered)
)
