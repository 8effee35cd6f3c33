"""How a mentorship goes on: paused, resumed, ended, left without fault, and whoever was accompanied matched again."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mentoring.days import HALF_A_YEAR, Days
from mentoring.enums import EvidenceKind, MentorshipEnd, MentorshipState, NeedKind, NeedState
from mentoring.events import MentorshipDue, MentorshipEnded, MentorshipPaused, MentorshipResumed, PeerLeft
from mentoring.models import Evidence, GroupAsk, Mentorship, MentorshipPeer, Need
from mentoring.policies.mentorships import can_end, can_leave, can_look_again, can_pause, can_resume
from mentoring.queries.mentorships import paused_until, to_end_by
from mentoring.queries.solicitations import is_helped
from mentoring.services.meetings import call_off_meetings, give_back_seats
from mentoring.services.mentorships import hold_mentorship
from mentoring.services.needs import open_again, save_draft
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, require
from peerhub.people.models import User
from peerhub.people.services.circles import remove_member

NOBODY = 0
# A place is kept so long for who pauses.
PAUSES = Days(1, HALF_A_YEAR)


@transaction.atomic
def pause(*, actor: User, mentorship: Mentorship, until: date | None = None) -> Mentorship:
    """Stop for a while, half a year at most; the place stays taken. It resumes by itself on that day. Raises `Refused`,
    `DomainError` for another day."""
    current = hold_mentorship(mentorship.pk, actor)
    require(can_pause(actor, current))
    until = until or PAUSES.last
    if refusal := PAUSES.refusal(until):
        raise DomainError(refusal)
    current.state, current.paused_until = MentorshipState.PAUSED, until
    _save(current)
    emit(MentorshipPaused(mentorship_id=current.pk, actor_id=actor.pk, at=_moment(current)))
    return current


@transaction.atomic
def resume(*, actor: User, mentorship: Mentorship) -> Mentorship:
    """Go on after a pause. Raises `Refused`."""
    current = hold_mentorship(mentorship.pk, actor)
    require(can_resume(actor, current))
    _go_on(current, actor.pk)
    return current


@transaction.atomic
def end(*, actor: User, mentorship: Mentorship) -> Mentorship:
    """Say that it came to its end. Its conversation and its notes stay to its people; with a competence, it becomes
    evidence of the mentor's, which nobody else sees unless both agree to it. Raises `Refused`."""
    current = hold_mentorship(mentorship.pk, actor)
    require(can_end(actor, current))
    _close(current, MentorshipEnd.DONE, actor)
    if current.competence_id is not None:
        Evidence.objects.get_or_create(
            user_id=current.mentor_id,
            competence_id=current.competence_id,
            kind=EvidenceKind.MENTORSHIP,
            mentorship=current,
            defaults={"circle": current.circle, "happened_at": current.updated_at},
        )
    return current


@transaction.atomic
def leave(*, actor: User, mentorship: Mentorship) -> Mentorship:
    """Stop, without a reason and without a fault; what was only proposed is not agreed. Who leaves a group leaves its
    circle, and the group goes on; of two, both keep their conversation. Raises `Refused`."""
    current = hold_mentorship(mentorship.pk, actor)
    require(can_leave(actor, current))
    _leave(actor, current)
    return current


@transaction.atomic
def leave_network(*, user: User, network_id: int) -> int:
    """End what a person who left the network had there: their places are not held for nobody. How many."""
    GroupAsk.objects.filter(user=user, mentorship__network=network_id, answered_at__isnull=True).delete()
    own = Mentorship.objects.filter(network=network_id).exclude(state=MentorshipState.ENDED)
    given = set(own.filter(mentor=user).values_list("pk", flat=True))
    received = set(own.filter(peers__user=user, peers__left_at__isnull=True).values_list("pk", flat=True))
    for pk in sorted(given | received):
        _leave(user, hold_mentorship(pk))
    return len(given | received)


@transaction.atomic
def look_again(*, actor: User, mentorship: Mentorship, token: UUID) -> Need:
    """Whoever was accompanied looks for somebody else: their need is open again, unless somebody else helps with it by
    now; or a draft of a new one is there to be completed, seen by them alone. The same token is the same draft. Raises
    `Refused`."""
    # Who left a group is out of its circle: what is read here is its need and its competence, never its words.
    current = hold_mentorship(mentorship.pk)
    require(can_look_again(actor, current))
    need = current.need if current.need and current.need.author_id == actor.pk else None
    if need is not None and need.state == NeedState.ANSWERED and not is_helped(need):
        open_again(need_id=need.pk)
        need.refresh_from_db()
    if need is not None and need.is_open:
        return need
    fields = {name: getattr(need, name) for name in ("title", "details", "territory", "audience")} if need else {}
    return save_draft(
        author=actor,
        network=current.network,
        token=token,
        fields={"kind": NeedKind.MENTORING, "competence": current.competence, **fields},
    )


@transaction.atomic
def ask_due(*, pk: int, on: date) -> bool:
    """Ask the people of a mentorship whose end has come what they wish: put it off, end it, or go on as they are.

    Asked once for each end date, of everyone, by a notification and on its page, until one of them acts. Nothing ends,
    and no place is freed, by the passing of a date. False when they changed it, or were asked, meanwhile.
    """
    current = hold_mentorship(pk)
    if not current.is_running or current.ends_on > on or current.end_asked_for == current.ends_on:
        return False
    current.end_asked_for = current.ends_on
    current.save(update_fields=["end_asked_for"])
    emit(MentorshipDue(mentorship_id=current.pk))
    return True


def tend(on: date | None = None) -> int:
    """The sweep: what was paused until today goes on, and what was to end by today asks its people. How many."""
    day = on or timezone.localdate()
    resumed = sweep("mentoring.mentorships.resume", lambda pk: resume_due(pk=pk, on=day), paused_until(day))
    return resumed + sweep("mentoring.mentorships.ask", lambda pk: ask_due(pk=pk, on=day), to_end_by(day))


@transaction.atomic
def resume_due(*, pk: int, on: date) -> bool:
    """Resume what was paused until this day or before; False when its people did otherwise meanwhile."""
    current = hold_mentorship(pk)
    if current.state != MentorshipState.PAUSED or current.paused_until is None or current.paused_until > on:
        return False
    _go_on(current, NOBODY)
    return True


def _leave(actor: User, mentorship: Mentorship) -> None:
    if not mentorship.is_group or mentorship.mentor_id == actor.pk:
        proposed = mentorship.state == MentorshipState.PROPOSED
        _close(mentorship, MentorshipEnd.DECLINED if proposed else MentorshipEnd.LEFT, actor)
        return
    now = timezone.now()
    MentorshipPeer.objects.filter(mentorship=mentorship, user=actor, left_at__isnull=True).update(left_at=now)
    give_back_seats(user=actor, mentorship=mentorship)
    remove_member(circle=mentorship.circle, user=actor)
    GroupAsk.objects.filter(mentorship=mentorship, user=actor).delete()
    emit(PeerLeft(mentorship_id=mentorship.pk, user_id=actor.pk))


def _go_on(mentorship: Mentorship, actor_id: int) -> None:
    mentorship.state, mentorship.paused_until = MentorshipState.ACTIVE, None
    _save(mentorship)
    emit(MentorshipResumed(mentorship_id=mentorship.pk, actor_id=actor_id, at=_moment(mentorship)))


def _close(mentorship: Mentorship, ending: MentorshipEnd, actor: User) -> None:
    """Whatever is in their agendas after that is called off."""
    call_off_meetings(actor=actor, mentorship=mentorship)
    mentorship.state, mentorship.ending, mentorship.paused_until = MentorshipState.ENDED, ending, None
    mentorship.ended_at = timezone.now()
    _save(mentorship)
    emit(MentorshipEnded(mentorship_id=mentorship.pk, actor_id=actor.pk))


def _moment(mentorship: Mentorship) -> int:
    return int(mentorship.updated_at.timestamp())


def _save(mentorship: Mentorship) -> None:
    mentorship.updated_at = timezone.now()
    mentorship.save(update_fields=["state", "ending", "ended_at", "paused_until", "updated_at"])
