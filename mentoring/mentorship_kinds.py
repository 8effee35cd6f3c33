"""What mentorships tell their people: that something happened, never what, nor with whom."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from mentoring.enums import MentorshipState
from mentoring.models import Mentorship
from mentoring.policies.mentorships import has_agreed, peer_of
from mentoring.queries.mentorships import mentorships_by_id
from peerhub.notifications.kinds import Kind, Load, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User

Holds = Callable[[Mentorship, User], bool]


def _load(holds: Holds) -> Load:
    """A reader for one kind, in two queries; `holds` says whether there is still something to tell."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        found = mentorships_by_id(user, {one.target_id for one in notifications})
        subjects = {
            pk: Subject(url=one.get_absolute_url(), context={"network_name": one.network.name})
            for pk, one in found.items()
            if (one.mentor_id == user.pk or peer_of(one, user)) and holds(one, user)
        }
        return by_target(notifications, subjects)

    return load


def _waits(mentorship: Mentorship, user: User) -> bool:
    return not mentorship.is_ended and not has_agreed(mentorship, user)


def _runs(mentorship: Mentorship, _user: User) -> bool:
    return mentorship.is_running


def _is_paused(mentorship: Mentorship, _user: User) -> bool:
    return mentorship.state == MentorshipState.PAUSED


def _is_active(mentorship: Mentorship, _user: User) -> bool:
    return mentorship.state == MentorshipState.ACTIVE


def _is_ended(mentorship: Mentorship, _user: User) -> bool:
    return mentorship.is_ended


def _is_due(mentorship: Mentorship, _user: User) -> bool:
    return mentorship.is_running and mentorship.end_asked_for == mentorship.ends_on


for _key, _label, _holds in (
    ("mentorship_proposed", _("Un mentorat qui m’est proposé"), _waits),
    ("terms_changed", _("De nouveaux termes proposés pour un de mes mentorats"), _waits),
    ("mentorship_agreed", _("Un mentorat convenu, qui commence"), _runs),
    ("mentorship_paused", _("La pause d’un de mes mentorats"), _is_paused),
    ("mentorship_resumed", _("La reprise d’un de mes mentorats"), _is_active),
    ("mentorship_due", _("Un de mes mentorats qui arrive à la fin prévue"), _is_due),
    ("mentorship_ended", _("La fin d’un de mes mentorats"), _is_ended),
    ("peer_left", _("Une place libre dans un groupe que j’accompagne"), _runs),
):
    register(Kind(key=f"mentoring.{_key}", label=_label, load=_load(_holds)))
