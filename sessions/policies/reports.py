"""Whether the minutes of a session are waited for, and who may say that there will be none. Pure."""

from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.enums import Format
from sessions.models import PeerSession
from sessions.policies.sessions import can_manage_session

# People come to a webinar to listen: its recording or slides are its report.
WITHOUT_REPORT = (Format.WEBINAR,)


class ReportState(StrEnum):
    NONE = ""  # nobody waits for one: not held, of a format without, or nobody came
    AWAITED = "awaited"
    WAIVED = "waived"
    PUBLISHED = "published"


def report_state(session: PeerSession, *, is_published: bool, now: datetime | None = None) -> ReportState:
    if is_published:
        return ReportState.PUBLISHED
    was_held = session.is_scheduled and not session.is_draft and session.is_over(now) and session.registered_count > 0
    if not was_held or session.format in WITHOUT_REPORT:
        return ReportState.NONE
    return ReportState.WAIVED if session.report_waived_at else ReportState.AWAITED


def can_waive_report(membership: Membership | None, session: PeerSession, state: ReportState) -> Verdict:
    """Whether the person says that there will be no minutes, or that they are waited for after all."""
    if not (verdict := can_manage_session(membership, session)):
        return verdict
    if state == ReportState.PUBLISHED:
        return Denied(_("Le compte rendu est publié."))
    if state == ReportState.NONE:
        return Denied(_("Cette séance n’attend pas de compte rendu."))
    return Allowed()
