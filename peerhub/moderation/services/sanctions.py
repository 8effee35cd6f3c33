"""What a decision means for the person: nothing, a warning, or silence or suspension until a date, which ends it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.moderation.enums import Sanction
from peerhub.moderation.models import Case
from peerhub.moderation.services.trail import record
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError
from peerhub.people.models import Membership
from peerhub.people.services.memberships import (
    due_suspensions,
    reinstate_membership,
    silence_member,
    suspend_member,
)


def impose(*, case: Case, sanction: Sanction, until: datetime | None) -> None:
    """Act on the author's membership. Whoever left meanwhile can be warned only; a later end is never made sooner."""
    if sanction == Sanction.NONE:
        return
    if case.author_id is None:
        raise DomainError(_("Ce contenu n’a pas d’auteur·rice que l’on puisse sanctionner."))
    if sanction == Sanction.WARN:
        return
    if until is None or until <= timezone.now():
        raise DomainError(_("Dites jusqu’à quand : une sanction a toujours une fin."))
    membership = _membership(case)
    if membership is None or membership.status == MembershipStatus.LEFT:
        raise DomainError(_("Cette personne n’est plus membre du réseau : elle peut seulement être avertie."))
    if sanction == Sanction.SILENCE:
        silence_member(membership=membership, until=_later(membership.silenced_until, until))
    elif membership.status == MembershipStatus.SUSPENDED and membership.suspended_until is None:
        raise DomainError(_("Cette personne est déjà suspendue, sans date de fin."))
    else:
        suspend_member(membership=membership, until=_later(membership.suspended_until, until))


def lift(*, case: Case) -> None:
    """A decision was overturned: the sanction ends now, unless a later one holds the person longer."""
    membership = _membership(case)
    if membership is None:
        return
    if case.sanction == Sanction.SILENCE and membership.silenced_until == case.sanction_until:
        silence_member(membership=membership, until=None)
    if case.sanction == Sanction.SUSPEND and membership.suspended_until == case.sanction_until:
        reinstate_membership(membership=membership)


def end_due() -> int:
    """Let those back in whose suspension has come to its end; returns how many. Running it twice changes nothing."""
    ended = 0
    for membership in due_suspensions():
        with transaction.atomic():
            if reinstate_membership(membership=membership):
                ended += 1
                record(
                    network_id=membership.network_id,
                    actor=None,
                    verb="moderation.suspension_ended",
                    about_id=membership.user_id,
                )
    return ended


def _membership(case: Case) -> Membership | None:
    own = Membership.objects.select_for_update(of=("self",)).select_related("user", "network")
    return own.filter(user=case.author, network_id=case.network_id).first()


def _later(known: datetime | None, until: datetime) -> datetime:
    return max(known, until) if known else until
