"""What keepers and contacts of an organisation are told, read again for each of them."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentoring.models import Support
from mentoring.queries.actors import keeper_rows, supports_as_contact, supports_to_renew
from peerhub.notifications.kinds import Kind, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.ui.times import day


def load_keepers(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """Of what one still keeps: one query."""
    rows = keeper_rows(user, {one.target_id for one in notifications})
    found = {
        pk: Subject(
            url=reverse("mentoring:actor", args=[row.network.slug, row.organisation_id]),
            context={"organisation": row.organisation.name, "network": row.network.name},
        )
        for pk, row in rows.items()
    }
    return by_target(notifications, found)


def load_contacts(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """Of what still says to ask this person: one query."""
    return _subjects(supports_as_contact(user, {one.target_id for one in notifications}), notifications)


def load_renewals(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """Of what still waits for an answer, and is this person's to answer: one query."""
    return _subjects(supports_to_renew(user, {one.target_id for one in notifications}), notifications)


def _subjects(rows: list[Support], notifications: Sequence[Notification]) -> dict[int, Subject]:
    found = {
        row.pk: Subject(
            url=reverse("mentoring:support", args=[row.pk]),
            context={"organisation": row.organisation.name, "day": day(row.valid_until) if row.valid_until else ""},
        )
        for row in rows
    }
    return by_target(notifications, found)


register(
    Kind(
        key="mentoring.keeper_named",
        label=_("On me confie ce que propose mon organisation"),
        load=load_keepers,
    )
)
register(
    Kind(
        key="mentoring.contact_named",
        label=_("On m’indique comme contact d’un appui de mon organisation"),
        load=load_contacts,
    )
)
register(
    Kind(
        key="mentoring.support_renewal",
        label=_("Un appui de mon organisation dont la date approche"),
        load=load_renewals,
        is_skipped_when_read=False,
    )
)
