"""The terms of a mentorship: goals, rhythm, end. What changes is agreed upon anew by everyone."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import MentorshipState, Rhythm
from mentoring.events import MentorshipAgreed, TermsChanged
from mentoring.models import Mentorship, MentorshipPeer
from mentoring.policies.mentorships import (
    asked_peers,
    can_agree,
    can_change_terms,
    has_agreed,
    inner_peers,
    present_peers,
)
from mentoring.queries.links import never_with
from mentoring.services.around import require_voice
from mentoring.services.conversations import let_in
from mentoring.services.mentorships import LONGEST_GOALS, NOT_OPEN, check_terms, hold_mentorship
from mentoring.services.places import hold_places
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User

TERMS = ("goals", "rhythm", "ends_on", "places")


def agree_terms(*, actor: User, mentorship: Mentorship, number: int) -> Mentorship:
    """Agree to the terms of this number, which the person read. With the mentor and a first peer, the mentorship runs
    from today and takes one of its mentor's places. Agreed twice, it is agreed once.

    Who was asked into a group in which somebody must not meet them any more is not let in: it is then as if the
    invitation had been taken back. Raises `Refused`; `DomainError` when the terms changed meanwhile, or the mentor has
    no place left.
    """
    agreed = _agree(actor, mentorship, number)
    if agreed is None:
        raise Refused(NOT_OPEN)
    return agreed


@transaction.atomic
def _agree(actor: User, mentorship: Mentorship, number: int) -> Mentorship | None:
    """None for who is not let in: that is kept, and told by the caller."""
    current = hold_mentorship(mentorship.pk, actor)
    if number != current.terms_number:
        raise DomainError(_("Les termes ont changé entre-temps : relisez-les avant de donner votre accord."))
    if has_agreed(current, actor):
        return current
    require(can_agree(actor, current))
    if _is_apart_now(actor, current):
        MentorshipPeer.objects.filter(mentorship=current, user=actor).update(is_reached=False)
        return None
    _write_agreement(actor, current)
    begin_when_agreed(actor, current)
    return current


def _is_apart_now(actor: User, mentorship: Mentorship) -> bool:
    """Whether somebody who is asked into a group, and not in it yet, must not be brought together with who is."""
    inside = {mentorship.mentor_id, *(one.user_id for one in inner_peers(mentorship))}
    if not mentorship.is_group or actor.pk in inside:
        return False
    return not never_with(actor.pk, mentorship.network).isdisjoint(inside)


@transaction.atomic
def change_terms(*, actor: User, mentorship: Mentorship, number: int, fields: dict[str, Any]) -> Mentorship:
    """Propose other terms, from those of this number; their author agrees to them, everyone else is asked. What runs
    goes on running meanwhile. Raises `Refused`; `DomainError` when they changed meanwhile or cannot be kept."""
    current = hold_mentorship(mentorship.pk, actor)
    require(can_change_terms(actor, current))
    if number != current.terms_number:
        raise DomainError(_("Les termes ont changé entre-temps : relisez-les avant d’en proposer d’autres."))
    before = tuple(getattr(current, name) for name in TERMS)
    for name in TERMS:
        if name in fields:
            setattr(current, name, fields[name])
    current.rhythm, current.goals = Rhythm(current.rhythm), current.goals.replace("\r\n", "\n").strip()[:LONGEST_GOALS]
    if tuple(getattr(current, name) for name in TERMS) == before:
        return current
    require_voice(actor, current.network)
    check_terms(current, peers=len(asked_peers(current)))
    current.terms_number += 1
    current.updated_at = timezone.now()
    current.save(update_fields=[*TERMS, "terms_number", "updated_at"])
    _write_agreement(actor, current)
    emit(TermsChanged(mentorship_id=current.pk, number=current.terms_number, actor_id=actor.pk))
    return current


def _write_agreement(actor: User, mentorship: Mentorship) -> None:
    if mentorship.mentor_id == actor.pk:
        mentorship.mentor_agreed_number = mentorship.terms_number
        mentorship.save(update_fields=["mentor_agreed_number"])
        return
    for peer in present_peers(mentorship):
        if peer.user_id == actor.pk:
            peer.agreed_number = mentorship.terms_number
            MentorshipPeer.objects.filter(pk=peer.pk).update(agreed_number=peer.agreed_number)
            if mentorship.is_group:
                let_in(circle=mentorship.circle, topic=mentorship.topic, user=actor)


def begin_when_agreed(actor: User, mentorship: Mentorship) -> None:
    """What was only proposed runs once its mentor and a first peer agreed, in the caller's transaction, which holds it.
    Raises `DomainError` when the mentor has no place left."""
    if mentorship.state != MentorshipState.PROPOSED:
        return
    number = mentorship.terms_number
    if mentorship.mentor_agreed_number != number or number not in {
        one.agreed_number for one in present_peers(mentorship)
    }:
        return
    _take_place(actor, mentorship)
    mentorship.starts_on = timezone.localdate()
    check_terms(mentorship, peers=len(asked_peers(mentorship)))
    mentorship.state, mentorship.updated_at = MentorshipState.ACTIVE, timezone.now()
    mentorship.save(update_fields=["starts_on", "state", "updated_at"])
    emit(MentorshipAgreed(mentorship_id=mentorship.pk, actor_id=actor.pk))


def _take_place(actor: User, mentorship: Mentorship) -> None:
    """Under the mentor's lock, counted with what runs now; said to each in their own words."""
    try:
        hold_places(mentorship.mentor_id)
    except DomainError:
        if actor.pk == mentorship.mentor_id:
            raise
        raise DomainError(
            _("Cette personne n’a plus de place pour l’instant : convenez-en avec elle, ou attendez un peu.")
        ) from None
