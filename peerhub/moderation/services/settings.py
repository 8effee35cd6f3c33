"""What the animators of a network set: rules, canned answers, turns of duty. Changes of rules stand in the trail."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peerhub.moderation.answers import default_answers
from peerhub.moderation.models import CannedAnswer, DutyTurn, NetworkRules
from peerhub.moderation.services.screening import forget_rules
from peerhub.moderation.services.trail import record
from peerhub.people.enums import Role
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Membership, Network, User
from peerhub.people.policies import can_animate


@transaction.atomic
def set_rules(*, animator: Membership, **values: Any) -> NetworkRules:
    """Write the fields of `NetworkRules`; terms are folded by the caller's form."""
    require(can_animate(animator))
    rules, _is_new = NetworkRules.objects.update_or_create(network_id=animator.network_id, defaults=values)
    record(network_id=animator.network_id, actor=animator.user, verb="moderation.rules_changed", **values)
    forget_rules(animator.network_id)
    # Another thread may have read the old ones again before we commit.
    transaction.on_commit(lambda: forget_rules(animator.network_id))
    return rules


def write_answer(
    *, animator: Membership, answer: CannedAnswer | None, title: str, text_fr: str, text_en: str
) -> CannedAnswer:
    """A new canned answer, or other words for one. Raises `DomainError` for a title that is taken."""
    require(can_animate(animator))
    answer = answer or CannedAnswer(network_id=animator.network_id)
    answer.title, answer.text_fr, answer.text_en = title, text_fr, text_en
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError as taken:
        raise DomainError(_("Une réponse porte déjà ce titre.")) from taken
    return answer


def delete_answer(*, animator: Membership, answer: CannedAnswer) -> None:
    require(can_animate(animator))
    answer.delete()


def adopt_defaults(*, animator: Membership, network: Network) -> None:
    """Make the proposed answers the network's own, to be changed; those whose title is there already stay."""
    require(can_animate(animator))
    CannedAnswer.objects.bulk_create(default_answers(network), ignore_conflicts=True)


@transaction.atomic
def plan_duty(*, animator: Membership, user: User, starts_on: date, ends_on: date) -> DutyTurn:
    """An animator of the network answers for moderation on these days."""
    require(can_animate(animator))
    if not Membership.objects.active().filter(network=animator.network_id, user=user, role=Role.ANIMATOR).exists():
        raise DomainError(_("Cette personne n’anime pas ce réseau."))
    if ends_on < starts_on:
        raise DomainError(_("Le dernier jour vient après le premier."))
    return DutyTurn.objects.create(network_id=animator.network_id, user=user, starts_on=starts_on, ends_on=ends_on)


def cancel_duty(*, animator: Membership, turn: DutyTurn) -> None:
    require(can_animate(animator))
    turn.delete()
