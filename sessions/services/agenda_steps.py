"""The steps of a session: those of its format, and their edition."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError, require
from peerhub.people.models import Membership, User
from peerhub.text.markdown import one_line
from sessions.models import AgendaStep, PeerSession
from sessions.policies.around import can_facilitate
from sessions.services.holding import hold_visible
from sessions.step_templates import TEMPLATES, Step

MOST = 30
ROUND = 5


def proposal(session: PeerSession) -> list[AgendaStep]:
    """The steps of the format, fitted to the length of the session, in the words of the source; nothing is written."""
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    fitted = _fit(TEMPLATES[session.format], length)
    return _rows(session, [Step(one.title, minutes, one.note) for one, minutes in fitted])


def apply_template(*, session: PeerSession) -> list[AgendaStep]:
    """Give a session without steps those of its format."""
    if session.steps.exists():
        return list(session.steps.all())
    return AgendaStep.objects.bulk_create(proposal(session))


@transaction.atomic
def set_steps(*, actor: User, session: PeerSession, steps: Sequence[Step]) -> list[AgendaStep]:
    """Replace the steps of a session, in order. Raises `Refused`, or `DomainError` with a sentence."""
    current = hold_visible(session.pk, actor)
    membership = Membership.objects.active().filter(user=actor, network=current.network_id).first()
    require(can_facilitate(actor, membership, current))
    if len(steps) > MOST:
        raise DomainError(_("Un déroulé compte %(most)s étapes au plus.") % {"most": MOST})
    AgendaStep.objects.filter(session=current).delete()
    return AgendaStep.objects.bulk_create(_rows(current, steps))


def _rows(session: PeerSession, steps: Sequence[Step]) -> list[AgendaStep]:
    return [
        AgendaStep(
            session=session,
            position=number,
            minutes=one.minutes,
            title=one_line(one.title),
            note=one_line(one.note),
        )
        for number, one in enumerate(steps)
    ]


def _fit(steps: Sequence[Step], length: int) -> list[tuple[Step, int]]:
    """Minutes in fives, in the proportions of the template; the longest step takes what rounding leaves."""
    whole = sum(one.minutes for one in steps)
    minutes = [max(ROUND, round(one.minutes * length / whole / ROUND) * ROUND) for one in steps]
    longest = minutes.index(max(minutes))
    minutes[longest] = max(ROUND, minutes[longest] + length - sum(minutes))
    return list(zip(steps, minutes, strict=True))
