"""Closing a date poll on a slot: the session is made, those asked are invited, everyone is told, once."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, require
from peerhub.people.models import CircleMember, User
from peerhub.people.queries import membership_for
from sessions.enums import PollChoice, PollState
from sessions.events import PollClosed
from sessions.models import DatePoll, PeerSession, PollAnswer, PollSlot
from sessions.policies.polls import can_choose_slot, can_see_poll
from sessions.services.meetings import settle
from sessions.services.polls import guests_to_tell, lock_poll
from sessions.services.scheduling import create_session
from sessions.services.seats import invite_people


@transaction.atomic
def close_on(*, actor: User, poll: DatePoll, slot_id: int) -> PeerSession:
    """Make the session of this slot, with the poll's circle, format and zone; closing twice on one slot is closing
    once. Raises `Refused` for whom may not, and `DomainError` for a slot that is gone, past, or not the chosen one."""
    current = lock_poll(poll.pk)
    require(can_see_poll(actor, current))
    if current.state == PollState.CLOSED and current.chosen_slot_id == slot_id and current.session:
        return current.session
    require(can_choose_slot(membership_for(actor, current.network), current, timezone.now()))
    slot = current.slots.filter(pk=slot_id, removed_at__isnull=True).first()
    if slot is None:
        raise DomainError(_("Ce créneau n’est plus proposé."))
    session = create_session(
        author=actor,
        network=current.network,
        circle=current.circle,
        title=current.title,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        time_zone=current.time_zone,
        format=current.format,
        description=current.note,
    )
    if current.programme_id:
        session.programme_id = current.programme_id
        session.save(update_fields=["programme"])
    current.state, current.chosen_slot, current.session = PollState.CLOSED, slot, session
    current.save(update_fields=["state", "chosen_slot", "session"])
    if current.circle.kind == CircleKind.CONVERSATION:
        settle(actor=actor, session=session, people=_who_can(slot, actor))
    # Before the invitations, so that who learns the date here is not invited by a second mail.
    emit(PollClosed(poll_id=current.pk), *guests_to_tell(current, "closed", ""))
    asked = CircleMember.objects.filter(circle=current.circle_id).values_list("user_id", flat=True)
    invite_people(actor=actor, session=session, user_ids=asked)
    return session


def _who_can(slot: PollSlot, actor: User) -> list[User]:
    """Whoever said that this slot suits them, and whoever chooses it."""
    suits = PollAnswer.objects.filter(slot=slot, user__isnull=False).exclude(choice=PollChoice.NO)
    return list(User.objects.filter(Q(pk__in=suits.values("user")) | Q(pk=actor.pk)).order_by("pk"))
