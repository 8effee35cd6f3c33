"""What moderation tells people, read again for each recipient when it is shown or sent: that something happened, and
never what was written, by whom, nor who reported."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from peerhub.moderation.enums import CaseState
from peerhub.moderation.models import Case
from peerhub.moderation.models.cases import CaseQuerySet
from peerhub.notifications.kinds import Kind, Load, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User

Cases = Callable[[User], CaseQuerySet]


def _loading(cases: Cases, address: str) -> Load:
    """About a case among those that the recipient may open there now."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        found = cases(user).filter(pk__in={one.target_id for one in notifications}).select_related("circle")
        subjects = {case.pk: _subject(case, address) for case in found}
        return by_target(notifications, subjects)

    return load


def _subject(case: Case, address: str) -> Subject:
    context = {
        "is_confidential": case.circle.is_confidential,
        "is_held": case.kind == "held",
        "is_appeal": case.state == CaseState.CLOSED,
    }
    return Subject(url=f"/{address}/{case.pk}/", context=context)


def _judged(user: User) -> CaseQuerySet:
    return Case.objects.visible_to(user).judged_by(user).waiting()


def _decided(user: User) -> CaseQuerySet:
    return Case.objects.told_to(user).exclude(state=CaseState.OPEN)


def _reported(user: User) -> CaseQuerySet:
    return Case.objects.filter(reports__reporter=user).exclude(state=CaseState.OPEN)


_load_own = _loading(Case.objects.told_to, "mes-dossiers")
_load_team = _loading(Case.objects.visible_to, "moderation")


def load_message(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """For the author a message of the animators, for an animator one of the author."""
    return _load_team(user, notifications) | _load_own(user, notifications)


register(
    Kind(
        key="moderation.case",
        label=_("Un signalement, ou un texte à relire, dans un réseau que j’anime"),
        load=_loading(_judged, "moderation"),
    )
)
register(
    Kind(
        key="moderation.appeal",
        label=_("Un recours à examiner dans un réseau que j’anime"),
        load=_loading(_judged, "moderation"),
    )
)
register(
    Kind(
        key="moderation.decision",
        label=_("Une décision sur ce que j’ai écrit"),
        load=_loading(_decided, "mes-dossiers"),
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="moderation.report_closed",
        label=_("Ce que devient un de mes signalements"),
        load=_loading(_reported, "mes-dossiers"),
    )
)
register(
    Kind(
        key="moderation.message",
        label=_("Un message dans un dossier de modération"),
        load=load_message,
    )
)
