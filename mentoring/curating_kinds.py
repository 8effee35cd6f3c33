"""What is told of a competence that somebody misses in the tree, read again for each recipient."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentoring.queries.curating import told_of
from peerhub.notifications.enums import Frequency
from peerhub.notifications.kinds import Kind, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User


def load_proposals(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """One query. A proposal that waits leads to its answer, one that was answered to what its author reads of it."""
    rows = told_of(user, {one.target_id for one in notifications})
    found = {}
    for pk, row in rows.items():
        if row.decided_at is None:
            url = reverse("mentoring:proposal", args=[pk])
        else:
            url = reverse("mentoring:competences", args=[row.network.slug]) + "#mes-propositions"
        became = row.became.name if row.became else ""
        context = {"name": row.name, "state": row.state, "became": became, "answer": row.answer}
        found[pk] = Subject(url=url, context=context)
    return by_target(notifications, found)


register(
    Kind(
        key="mentoring.competence_proposed",
        label=_("Une compétence proposée dans un réseau que j’anime"),
        load=load_proposals,
        email=Frequency.DAILY,
    )
)
register(
    Kind(
        key="mentoring.competence_proposal_decided",
        label=_("La réponse à une compétence que j’ai proposée"),
        load=load_proposals,
        email=Frequency.DAILY,
    )
)
