"""Reads of notifications: the bell, the list, the preferences."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from peerhub.notifications import kinds
from peerhub.notifications.enums import Channel
from peerhub.notifications.models import Notification, Preference
from peerhub.people.models import User

PAGE_SIZE = 30


@dataclass(frozen=True)
class Line:
    """One notification ready to be shown: its kind, its row, and what it is about now."""

    kind: kinds.Kind
    notification: Notification
    subject: kinds.Subject

    @property
    def template(self) -> str:
        return f"notifications/{self.kind.template_stem}.html"


def unread_of(user_id: int) -> QuerySet[Notification]:
    """What the bell of every page counts."""
    return Notification.objects.listed().unread().filter(recipient=user_id)


def unread_count(user: User) -> int:
    """The number on the bell, where nothing else is counted (`portal.queries.unread_for`)."""
    return unread_of(user.pk).count()


def notifications_page(user: User, before: int | None = None) -> tuple[list[Line], int | None]:
    """A page of the list, newest first, and the id from which the next page goes on (None at the end)."""
    rows = Notification.objects.listed().filter(recipient=user).select_related("actor", "network").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE_SIZE + 1])
    more = page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None
    return lines_for(user, page[:PAGE_SIZE]), more


def notification_for(user: User, pk: int) -> Notification:
    """Raises `Notification.DoesNotExist` for somebody else's."""
    return Notification.objects.select_related("actor", "network").get(pk=pk, recipient=user)


def lines_for(user: User, notifications: Sequence[Notification]) -> list[Line]:
    """Each notification with what it is about; those that are moot, or no longer visible, are left out."""
    by_kind: defaultdict[str, list[Notification]] = defaultdict(list)
    for notification in notifications:
        by_kind[notification.kind].append(notification)
    subjects: dict[int, kinds.Subject] = {}
    for key, group in by_kind.items():
        if kind := kinds.find(key):
            subjects |= kind.load(user, group)
    return [
        Line(kinds.get(notification.kind), notification, subjects[notification.pk])
        for notification in notifications
        if notification.pk in subjects
    ]


def preferences_of(user: User) -> list[tuple[kinds.Kind, dict[Channel, str]]]:
    """Every kind with how this person wants it."""
    wishes = {kind.key: kind.usual_wish for kind in kinds.all_kinds()}
    for preference in Preference.objects.filter(user=user):
        if preference.kind in wishes:
            wishes[preference.kind][Channel(preference.channel)] = preference.frequency
    return [(kind, wishes[kind.key]) for kind in kinds.all_kinds()]
