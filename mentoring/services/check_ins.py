"""Check-ins: « Comment cela se passe ? », asked of each person at one and at two thirds. They block nothing."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import CheckInAnswer, CheckInStage, MentorshipState
from mentoring.events import CheckInAsked, CheckInHelpWanted
from mentoring.models import CheckIn, Mentorship
from mentoring.policies.mentorships import present_peers
from mentoring.queries.check_ins import helpers_of, wanted_by
from mentoring.services.mentorships import hold_mentorship
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Network, User
from peerhub.people.policies import can_animate
from peerhub.people.queries import membership_for


def stage_due(starts_on: date, ends_on: date, today: date) -> tuple[CheckInStage, date] | None:
    """The last stage whose day is there, with its day; nothing before the first third, nor from the end on."""
    third = timedelta(days=(ends_on - starts_on).days // 3)
    for stage, day in (
        (CheckInStage.TWO_THIRDS, starts_on + 2 * third),
        (CheckInStage.THIRD, starts_on + third),
    ):
        if starts_on < day <= today < ends_on:
            return stage, day
    return None


def ask_due(now: datetime | None = None) -> int:
    """Ask everyone whose stage is there, once, of the mentorships that run (one in pause is asked when it goes on);
    returns how many were asked."""
    today = timezone.localdate(now)
    running = Mentorship.objects.filter(state=MentorshipState.ACTIVE).values_list("pk", "starts_on", "ends_on")
    due = {(pk, found[0]) for pk, first, last in running.iterator() if (found := stage_due(first, last, today))}
    asked = set(CheckIn.objects.filter(mentorship__in={pk for pk, _s in due}).values_list("mentorship", "stage"))
    return sweep("mentoring.check_ins.ask", lambda pk: _ask(pk, today), sorted(pk for pk, _s in due - asked))


@transaction.atomic
def _ask(pk: int, today: date) -> int:
    """Who joined a group after the day is not asked about what was before."""
    current = hold_mentorship(pk)
    found = stage_due(current.starts_on, current.ends_on, today)
    if current.state != MentorshipState.ACTIVE or found is None:
        return 0
    stage, day = found
    if CheckIn.objects.filter(mentorship=current, stage=stage).exists():
        return 0
    # A question that was left unanswered gives way to the next one.
    CheckIn.objects.filter(mentorship=current, answer="").delete()
    peers = [one for one in present_peers(current) if one.agreed_number and timezone.localdate(one.joined_at) <= day]
    for user_id in [current.mentor_id, *(one.user_id for one in peers)]:
        asked = CheckIn.objects.create(
            mentorship=current, user_id=user_id, stage=stage, due_on=day, asked_at=timezone.now()
        )
        emit(CheckInAsked(check_in_id=asked.pk))
    return 1 + len(peers)


@transaction.atomic
def answer_check_in(*, user: User, pk: int, answer: str, comment: str = "") -> CheckIn:
    """Say how it goes, once. Whoever asks for help becomes a task of the animators, who read who asks, not why. Raises
    `Refused`; `DomainError` when nobody could help but those with whom one is."""
    CheckIn.objects.select_for_update(no_key=True).filter(pk=pk, user=user).first()
    asked = CheckIn.objects.filter(pk=pk, user=user, asked_at__isnull=False).select_related("mentorship").first()
    if asked is None or not Mentorship.objects.visible_to(user).filter(pk=asked.mentorship_id).exists():
        raise Refused(_("Cette question ne vous est pas posée."))
    if asked.answer:
        return asked
    asked.answer, asked.comment = CheckInAnswer(answer), comment.strip()[:1000]
    wants_help = asked.answer == CheckInAnswer.HELP
    if wants_help and not helpers_of(asked):
        raise DomainError(
            _("Personne d’autre que les personnes de ce mentorat n’anime le réseau : parlez-en à l’une d’elles.")
        )
    asked.answered_at = timezone.now()
    asked.save(update_fields=["answer", "comment", "answered_at"])
    if wants_help:
        emit(CheckInHelpWanted(check_in_id=asked.pk))
    return asked


@transaction.atomic
def take_help(*, animator: User, network: Network, pk: int) -> None:
    """Say that one looks after the person who asked for help. Raises `Refused`, or `DomainError` when another does."""
    asked = _hold_help(animator, network, pk)
    if asked.help_taken_by_id not in {None, animator.pk}:
        raise DomainError(_("Quelqu’un d’autre de l’animation s’en occupe déjà."))
    CheckIn.objects.filter(pk=asked.pk).update(help_taken_by=animator)


@transaction.atomic
def close_help(*, animator: User, network: Network, pk: int) -> None:
    """The person was helped; they leave the list. Raises `Refused`."""
    asked = _hold_help(animator, network, pk)
    CheckIn.objects.filter(pk=asked.pk, help_done_at__isnull=True).update(
        help_taken_by=asked.help_taken_by_id or animator.pk, help_done_at=timezone.now()
    )


def _hold_help(animator: User, network: Network, pk: int) -> CheckIn:
    require(can_animate(membership_for(animator, network)))
    asked = wanted_by(animator, network).select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
    if asked is None:
        raise Refused(_("Cette demande ne vous est pas ouverte."))
    return asked
