"""Answering a date poll: for oneself, for a principal, as a guest. All slots at once, as often as one likes, until the
deadline; the poll's row is held, so that an answer stands either before the deadline and the close, or not at all."""

from collections.abc import Mapping
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.live.publish import publish_on_commit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import CircleMember, Membership, User
from sessions.enums import PollChoice
from sessions.fragments import poll_counts_in_each_language
from sessions.models import DatePoll, Delegate, PollAnswer, PollGuest
from sessions.policies.polls import can_answer
from sessions.queries.polls import answers_to, live_slots
from sessions.services.polls import lock_poll

Choices = Mapping[int, str]


@transaction.atomic
def answer(*, user: User, poll: DatePoll, choices: Choices) -> int:
    """What the person says of each slot (by its key); a slot that is not given keeps what was said of it. Returns
    how many answers were written. Raises `Refused` with a sentence for whom the poll is not open to, and too late."""
    current = _lock_to_answer(poll)
    _require_asked(current, user)
    return _write(current, choices, user=user)


@transaction.atomic
def answer_for(*, delegate: User, principal: User, poll: DatePoll, choices: Choices) -> int:
    """The same for somebody who named the delegate; each answer says who gave it."""
    current = _lock_to_answer(poll)
    named = Delegate.objects.in_force().filter(network=current.network, principal=principal, user=delegate)
    inside = Membership.objects.active().filter(network=current.network, user=delegate)
    if not (named.exists() and inside.exists()):
        raise Refused(_("Vous ne répondez pas pour cette personne."))
    _require_asked(current, principal)
    return _write(current, choices, user=principal, answered_by=delegate)


@transaction.atomic
def answer_as_guest(*, guest: PollGuest, choices: Choices) -> int:
    """The same for a guest whose link was read; refused when the link was revoked since."""
    current = _lock_to_answer(guest.poll)
    if not PollGuest.objects.filter(pk=guest.pk, nonce=guest.nonce, removed_at__isnull=True).exists():
        raise Refused(_("Ce lien n’est plus valable."))
    return _write(current, choices, guest=guest)


def _lock_to_answer(poll: DatePoll) -> DatePoll:
    current = lock_poll(poll.pk)
    # The clock is read after the wait for the lock.
    require(can_answer(current, timezone.now()))
    return current


def _require_asked(poll: DatePoll, user: User) -> None:
    if not CircleMember.objects.filter(circle=poll.circle_id, user=user, user__is_active=True).exists():
        raise Refused(_("Ce sondage ne s’adresse pas à cette personne."))


def _write(
    poll: DatePoll,
    choices: Choices,
    *,
    user: User | None = None,
    guest: PollGuest | None = None,
    answered_by: User | None = None,
) -> int:
    if not set(choices.values()) <= set(PollChoice.values):
        raise DomainError(_("Répondez par oui, si besoin ou non."))
    # A slot that was removed meanwhile takes its answer too: it may be proposed again.
    slots = set(poll.slots.filter(pk__in=choices).values_list("pk", flat=True))
    now = timezone.now()
    rows = [
        PollAnswer(slot_id=slot, user=user, guest=guest, choice=choices[slot], answered_by=answered_by, answered_at=now)
        for slot in sorted(slots)
    ]
    PollAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["slot", "user"] if user else ["slot", "guest"],
        update_fields=["choice", "answered_by", "answered_at"],
    )
    # Counted after the commit: those who wait for the poll's row do not wait for it.
    transaction.on_commit(partial(_show_counts, poll), robust=True)
    return len(rows)


def _show_counts(poll: DatePoll) -> None:
    answers = answers_to(poll, live_slots(poll))
    html = poll_counts_in_each_language(poll.get_absolute_url(), len(answers.silent), answers.asked_count)
    publish_on_commit(f"poll.{poll.pk}", "poll.answered", html=html)
