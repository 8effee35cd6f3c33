"""Reporting."""

from django.db import transaction
from django.utils.translation import gettext as _

from peerhub.moderation.enums import CaseKind, CaseState, Reason
from peerhub.moderation.models import Case, Report
from peerhub.moderation.policies import can_report
from peerhub.moderation.services.cases import count_report, note, open_case
from peerhub.moderation.targets import find, load_shown
from peerhub.people.errors import Refused, require
from peerhub.people.models import User


@transaction.atomic
def report(*, reporter: User, target_key: str, target_id: int, reason: Reason, words: str = "") -> Report:
    """Ask for a thing that one sees to be looked at. Further reports join the open case; the same person's
    second one is the first. Raises `Refused`."""
    target = find(target_key)
    shown = load_shown(reporter, [(target_key, target_id)]).get((target_key, target_id))
    if shown is None or target is None or not target.is_reported:
        raise Refused(_("Ce contenu ne vous est pas ouvert."))
    require(can_report(reporter, shown))
    while True:
        case = open_case(
            kind=CaseKind.REPORT,
            target_key=target_key,
            target_id=target_id,
            network_id=shown.network_id,
            circle_id=shown.circle_id,
            author_id=shown.author_id,
            written_at=shown.written_at,
        )
        # Decided between the two: then this report opens the next case.
        if Case.objects.select_for_update(no_key=True).filter(pk=case.pk, state=CaseState.OPEN).exists():
            break
    made, is_new = Report.objects.get_or_create(
        case=case, reporter=reporter, defaults={"reason": reason, "words": words.strip()}
    )
    if is_new:
        count_report(case)
        note(case, reporter, "moderation.reported", report_id=made.pk, why=reason)
    return made
