"""The end of an exchange: what was accepted, and became no mentorship, is over when one of the two says so.

It takes no place of whoever helps, so nothing ends it by itself: time alone does not tell whether people still talk.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mentoring.events import ExchangeClosed
from mentoring.models import Solicitation
from mentoring.policies.solicitations import can_close
from mentoring.queries.solicitations import has_mentorship
from mentoring.services.around import hold_solicitation
from mentoring.services.thanks import thank
from peerhub.outbox.services import emit
from peerhub.people.errors import require
from peerhub.people.models import User


@transaction.atomic
def close_exchange(
    *, actor: User, solicitation: Solicitation, token: UUID, words: str = "", may_be_public: bool = False
) -> Solicitation:
    """Say that it is over, with a word of thanks to the other, or without; both keep their conversation. Closed twice,
    by either, it is closed once; a word is given all the same. Raises `Refused`, `DomainError`."""
    current = hold_solicitation(solicitation.pk, actor)
    if current.closed_at is None:
        require(can_close(actor, current, has_mentorship=has_mentorship(current)))
        current.closed_at, current.closed_by = timezone.now(), actor
        current.save(update_fields=["closed_at", "closed_by"])
        emit(ExchangeClosed(solicitation_id=current.pk, actor_id=actor.pk))
    if words.strip():
        other = current.peer_id if actor.pk == current.asker_id else current.asker_id
        thank(author=actor, helped=current, recipient_id=other, body=words, may_be_public=may_be_public, token=token)
    return current
