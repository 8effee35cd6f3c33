"""Taking a list of people out of the platform leaves a trace."""

from django.db import transaction

from mentoring.policies.directory import can_export
from peerhub.moderation.services.trail import record
from peerhub.people.errors import require
from peerhub.people.models import Membership

EXPORTED = "mentoring.directory_exported"


@transaction.atomic
def note_export(*, animator: Membership, rows: int, filters: list[str]) -> None:
    """Write in the journal who took how many people, by which filters (their names, never what was typed). Raises
    `Refused` for who does not animate the network."""
    require(can_export(animator))
    record(network_id=animator.network_id, actor=animator.user, verb=EXPORTED, rows=rows, filters=filters)
