"""What introductions tell their people: that something happened, never with whom, nor when."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from mentoring.enums import IntroductionState
from mentoring.models import Introduction
from mentoring.policies.introductions import awaits, place_of
from mentoring.queries.introductions import introductions_by_id
from peerhub.notifications.kinds import Kind, Load, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User

Holds = Callable[[User, Introduction], bool]


def _load(holds: Holds) -> Load:
    """A reader for one kind, in two queries; `holds` says whether there is still something to tell."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        found = introductions_by_id(user, {one.target_id for one in notifications})
        subjects = {
            pk: Subject(url=one.get_absolute_url(), context={"network_name": one.network.name})
            for pk, one in found.items()
            if holds(user, one)
        }
        return by_target(notifications, subjects)

    return load


def _somebody_declined(user: User, introduction: Introduction) -> bool:
    """And the meeting is not in the agendas of those who stay: that says it."""
    own = place_of(user, introduction)
    waits = introduction.state in {IntroductionState.PROPOSED, IntroductionState.DECLINED}
    return waits and own is not None and own.declined_at is None


for _key, _label, _holds in (
    ("introduction_made", _("La rencontre du mois qui m’est proposée"), awaits),
    ("introduction_moved", _("Un autre moment proposé pour ma rencontre du mois"), awaits),
    ("introduction_declined", _("Ma rencontre du mois, quand quelqu’un ne peut pas"), _somebody_declined),
):
    register(Kind(key=f"mentoring.{_key}", label=_label, load=_load(_holds)))
