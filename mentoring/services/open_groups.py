"""Open groups: the network reads their terms, a peer asks to join, their mentor answers."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.events import GroupAnswered, GroupAsked
from mentoring.models import GroupAsk, Mentorship, MentorshipPeer
from mentoring.policies.mentorships import can_ask_to_join, can_invite, can_lead_group
from mentoring.queries.open_groups import asks_to_read
from mentoring.services.conversations import let_in
from mentoring.services.mentorships import hold_mentorship
from mentoring.services.terms import begin_when_agreed
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for


@transaction.atomic
def set_open(*, mentor: User, mentorship: Mentorship, is_open: bool) -> Mentorship:
    """Show the terms of a group to its network, whose members may ask to join it, or no longer. Raises `Refused`."""
    current = hold_mentorship(mentorship.pk, mentor)
    require(can_lead_group(mentor, current))
    current.is_open = is_open
    current.save(update_fields=["is_open"])
    return current


@transaction.atomic
def ask_to_join(*, user: User, mentorship_id: int, number: int) -> GroupAsk:
    """Ask to join a group on the terms that one has read; asked twice, it is asked once. Raises `Refused`, or
    `DomainError` for terms that changed meanwhile."""
    current = hold_mentorship(mentorship_id)
    before = GroupAsk.objects.filter(mentorship=current, user=user).first()
    require(can_ask_to_join(membership_for(user, current.network), current))
    if before is not None:
        return before
    if number != current.terms_number:
        raise DomainError(_("Ce groupe a changé entre-temps : relisez ce dont il convient avant de demander."))
    ask = GroupAsk.objects.create(mentorship=current, user=user, number=number)
    emit(GroupAsked(ask_id=ask.pk))
    return ask


@transaction.atomic
def take_ask_back(*, user: User, mentorship_id: int) -> bool:
    """False when there is none, or it was answered."""
    hold_mentorship(mentorship_id)
    waiting = GroupAsk.objects.filter(mentorship=mentorship_id, user=user, answered_at__isnull=True)
    return bool(waiting.delete()[0])


@transaction.atomic
def answer_ask(*, mentor: User, mentorship: Mentorship, user_id: int, is_accepted: bool) -> bool:
    """Let somebody in who asked, while there is a place, or not. On the terms that they read they are in at once; when
    these changed since, they are asked to agree. Raises `Refused`, `DomainError`."""
    current = hold_mentorship(mentorship.pk, mentor)
    require(can_lead_group(mentor, current))
    ask = next((one for one in asks_to_read(current) if one.user_id == user_id), None)
    if ask is None:
        raise DomainError(_("Cette demande n’est plus là."))
    GroupAsk.objects.filter(pk=ask.pk).update(answered_at=timezone.now())
    if is_accepted:
        require(can_invite(mentor, current))
        _take_in(mentor, current, ask)
    emit(GroupAnswered(ask_id=ask.pk))
    return is_accepted


def _take_in(mentor: User, mentorship: Mentorship, ask: GroupAsk) -> None:
    is_agreed = ask.number == mentorship.terms_number
    MentorshipPeer.objects.update_or_create(
        mentorship=mentorship,
        user=ask.user,
        defaults={
            "agreed_number": ask.number if is_agreed else 0,
            "is_reached": True,
            "joined_at": timezone.now(),
            "left_at": None,
        },
    )
    if is_agreed:
        let_in(circle=mentorship.circle, topic=mentorship.topic, user=ask.user)
        begin_when_agreed(mentor, hold_mentorship(mentorship.pk))
