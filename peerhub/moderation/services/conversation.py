"""The animators, as one, and the author of a text talk about it beside the decision."""

from django.db import transaction
from django.utils.translation import gettext as _

from peerhub.moderation.events import MessageSent
from peerhub.moderation.models import Case, CaseMessage
from peerhub.moderation.policies import can_write_to_team
from peerhub.moderation.services.cases import judge_verdict, lock
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, require
from peerhub.people.models import User


@transaction.atomic
def write_to_author(*, moderator: User, case: Case, body: str) -> CaseMessage:
    """From here on the author knows of the case. Raises `Refused` for who may not judge."""
    locked = lock(case.pk)
    require(judge_verdict(moderator, locked))
    if locked.author_id is None:
        raise DomainError(_("Ce contenu n’a pas d’auteur·rice à qui écrire."))
    message = _write(locked, moderator, body, is_from_team=True)
    if not locked.is_told:
        locked.is_told = True
        locked.save(update_fields=["is_told"])
    return message


@transaction.atomic
def write_to_team(*, author: User, case: Case, body: str) -> CaseMessage:
    locked = lock(case.pk)
    require(can_write_to_team(author, locked))
    return _write(locked, author, body, is_from_team=False)


def _write(case: Case, sender: User, body: str, *, is_from_team: bool) -> CaseMessage:
    if not body.strip():
        raise DomainError(_("Votre message est vide."))
    message = CaseMessage.objects.create(case=case, sender=sender, body=body.strip(), is_from_team=is_from_team)
    emit(MessageSent(message_id=message.pk))
    return message
