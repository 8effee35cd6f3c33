"""Date polls: opening one, editing it, chasing, abandoning it.

Each verb takes the poll's row first: answers, edits and the close of one poll follow each other, so that nothing is
answered after the deadline or the close, and two closes make one session.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, require
from peerhub.people.models import ActorCategory, Circle, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.time_zones import known_zones
from peerhub.text.markdown import one_line
from sessions.enums import Format, PollState
from sessions.events import PollCancelled, PollChased, PollGuestToTell, PollOpened
from sessions.models import DatePoll, PollAnswer, PollGuest, PollQuorum, PollSlot, Programme
from sessions.policies.polls import can_create_poll, can_manage_poll
from sessions.poll_spans import Hours, Span, spans

MAX_SLOTS = 60
CHASE_EVERY = timedelta(hours=24)
CHASE_BEFORE = timedelta(hours=48)


@transaction.atomic
def create_poll(
    *,
    author: User,
    network: Network,
    circle: Circle,
    title: str,
    days: Iterable[date] = (),
    hours: Iterable[Hours] = (),
    options: Iterable[Span] = (),
    time_zone: str = "Europe/Paris",
    format: str = Format.PEER_GROUP,  # noqa: A002 (the word of the domain)
    note: str = "",
    closes_at: datetime | None = None,
    is_hidden: bool = False,
    quorums: Mapping[str, int] | None = None,
    programme: Programme | None = None,
    token: UUID | None = None,
) -> DatePoll:
    """Ask the people of a circle of the network; they are told. The slots are each of `hours` on each of `days`, on
    the clocks of `time_zone`, and each of `options`; `quorums` says how many of each category (its slug) a slot should
    gather; the session will be one of `programme`.

    The author must run the network and be in the circle. Raises `DomainError` with a sentence.
    """
    require(can_create_poll(membership_for(author, network), network, circle))
    if circle.kind == CircleKind.PUBLIC or circle.network_id != network.pk:
        raise DomainError(_("Un sondage s’adresse à un cercle de son réseau."))
    if not Circle.objects.visible_to(author).filter(pk=circle.pk).exists():
        raise DomainError(_("Ce cercle ne vous est pas ouvert."))
    if time_zone not in known_zones():
        raise DomainError(_("Ce fuseau horaire n’existe pas."))
    poll = DatePoll.objects.create(
        network=network,
        circle=circle,
        programme=_clean_programme(author, network, programme),
        title=_clean_title(title),
        note=note.strip()[:2000],
        format=Format(format),
        time_zone=time_zone,
        closes_at=_clean_deadline(closes_at),
        is_hidden=is_hidden,
        token=token,
        created_by=author,
    )
    if not _add(poll, [*spans(days, hours, time_zone), *options]):
        raise DomainError(_("Proposez au moins un créneau."))
    _set_quorums(poll, quorums or {})
    emit(PollOpened(poll_id=poll.pk))
    return poll


@transaction.atomic
def edit_poll(
    *,
    actor: User,
    poll: DatePoll,
    title: str,
    note: str,
    format: str,  # noqa: A002
    closes_at: datetime | None,
    is_hidden: bool,
    quorums: Mapping[str, int],
    programme: Programme | None = None,
) -> DatePoll:
    """Change all but the slots and the circle. What was promised stays: once somebody has answered, hidden answers
    are not shown earlier, and a poll whose hidden answers are shown takes no more. Raises `DomainError`."""
    current = lock_to_manage(actor, poll)
    has_answers = PollAnswer.objects.filter(slot__poll=current).exists()
    if current.is_hidden and has_answers:
        if not is_hidden:
            raise DomainError(_("Des personnes ont répondu en sachant leurs réponses cachées : elles le restent."))
        if not current.takes_answers() and closes_at != current.closes_at:
            raise DomainError(_("Les réponses cachées sont montrées maintenant : le délai ne se rouvre plus."))
    current.title, current.note, current.format = _clean_title(title), note.strip()[:2000], Format(format)
    if closes_at != current.closes_at:
        current.closes_at = _clean_deadline(closes_at)
    current.is_hidden = is_hidden
    if (programme.pk if programme else None) != current.programme_id:
        current.programme = _clean_programme(actor, current.network, programme)
    current.save(update_fields=["title", "note", "format", "closes_at", "is_hidden", "programme"])
    _set_quorums(current, quorums)
    return current


@transaction.atomic
def add_slots(*, actor: User, poll: DatePoll, days: Iterable[date], hours: Iterable[Hours]) -> int:
    """Propose more; one that was removed comes back with its answers. Returns how many are new, or back."""
    current = lock_to_manage(actor, poll)
    return _add(current, spans(days, hours, current.time_zone))


@transaction.atomic
def remove_slot(*, actor: User, poll: DatePoll, slot_id: int) -> bool:
    """Propose it no more; its answers are kept. False when it was removed already."""
    current = lock_to_manage(actor, poll)
    live = current.slots.filter(removed_at__isnull=True)
    if not live.exclude(pk=slot_id).exists():
        raise DomainError(_("Gardez au moins un créneau, ou abandonnez le sondage."))
    return bool(live.filter(pk=slot_id).update(removed_at=timezone.now()))


@transaction.atomic
def restore_slot(*, actor: User, poll: DatePoll, slot_id: int) -> bool:
    """Propose it again, with the answers that it had."""
    current = lock_to_manage(actor, poll)
    _check_number(current, 1)
    return bool(current.slots.filter(pk=slot_id, removed_at__isnull=False).update(removed_at=None))


@transaction.atomic
def end_answers(*, actor: User, poll: DatePoll) -> bool:
    """Take no more answers from now on; hidden ones are shown. False when none were taken any more."""
    current = lock_to_manage(actor, poll)
    now = timezone.now()
    if not current.takes_answers(now):
        return False
    current.closes_at = now
    current.save(update_fields=["closes_at"])
    return True


@transaction.atomic
def cancel_poll(*, actor: User, poll: DatePoll) -> bool:
    """Give up the poll: those who answered, and its guests, are told. False when it was given up already."""
    current = lock_poll(poll.pk)
    if current.state == PollState.CANCELLED:
        return False
    require(can_manage_poll(membership_for(actor, current.network), current))
    current.state = PollState.CANCELLED
    current.save(update_fields=["state"])
    emit(PollCancelled(poll_id=current.pk), *guests_to_tell(current, "cancelled", ""))
    return True


@transaction.atomic
def chase(*, actor: User, poll: DatePoll) -> None:
    """Remind those who have not answered, guests too; at most once in 24 hours. Raises `DomainError` when it is too
    soon, or too late."""
    current = lock_to_manage(actor, poll)
    now = timezone.now()
    if not current.takes_answers(now):
        raise DomainError(_("Le délai pour répondre est passé."))
    if current.chased_at and current.chased_at > now - CHASE_EVERY:
        raise DomainError(_("Les personnes sans réponse ont été relancées il y a moins d’un jour."))
    _chase(current, now)


def chase_due(limit: int = 100) -> int:
    """Remind, 48 hours before the deadline, once, those who have not answered polls of more than a day; returns how
    many polls."""
    now = timezone.now()
    recently = Q(chased_at__gt=now - CHASE_EVERY) | Q(chased_at__gte=F("closes_at") - CHASE_BEFORE)
    due = (
        DatePoll.objects.filter(state=PollState.OPEN, closes_at__gt=now, closes_at__lte=now + CHASE_BEFORE)
        .filter(Q(chased_at__isnull=True) | ~recently, created_at__lte=now - CHASE_EVERY)
        .order_by("closes_at", "pk")
    )
    return sweep(
        "sessions.polls.chase", partial(_chase_if_due, due, now), list(due.values_list("pk", flat=True)[:limit])
    )


@transaction.atomic
def _chase_if_due(due: QuerySet[DatePoll], now: datetime, pk: int) -> bool:
    """Judged again under the lock: another worker may have been here, or the deadline may have moved."""
    current = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if current is not None:
        _chase(current, now)
    return current is not None


def lock_poll(pk: int) -> DatePoll:
    """The poll's row, held until the end of the transaction."""
    return (
        DatePoll.objects.select_for_update(of=("self",), no_key=True)
        .select_related("network", "circle__category", "circle__delegation")
        .get(pk=pk)
    )


def lock_to_manage(actor: User, poll: DatePoll) -> DatePoll:
    """The poll's row, held, after judging that the actor sees it and may change it now."""
    current = lock_poll(poll.pk)
    if not Circle.objects.visible_to(actor).filter(pk=current.circle_id).exists():
        raise DomainError(_("Ce sondage ne vous est pas ouvert."))
    require(can_manage_poll(membership_for(actor, current.network), current))
    return current


def guests_to_tell(poll: DatePoll, what: str, wave: str) -> list[PollGuestToTell]:
    """One event for each guest who is still asked: a mail that fails is tried again alone."""
    guests = PollGuest.objects.filter(poll=poll, removed_at__isnull=True).order_by("pk")
    return [PollGuestToTell(guest_id=pk, what=what, wave=wave) for pk in guests.values_list("pk", flat=True)]


def guests_of_session(session_id: int, what: str, wave: str) -> list[PollGuestToTell]:
    """Those of the poll that made this session, if one did."""
    polls = DatePoll.objects.filter(session=session_id).order_by("pk")
    return [event for poll in polls for event in guests_to_tell(poll, what, wave)]


def _chase(poll: DatePoll, now: datetime) -> None:
    poll.chased_at = now
    poll.save(update_fields=["chased_at"])
    wave = now.strftime("%Y%m%d%H%M%S%f")
    emit(PollChased(poll_id=poll.pk, wave=wave), *guests_to_tell(poll, "chased", wave))


def _add(poll: DatePoll, spans_wanted: Iterable[Span]) -> int:
    wanted = sorted(set(spans_wanted))
    if any(ends_at <= starts_at for starts_at, ends_at in wanted):
        raise DomainError(_("Un créneau doit se terminer après son début."))
    if any(starts_at <= timezone.now() for starts_at, _ends_at in wanted):
        raise DomainError(_("Un créneau se propose à l’avance : choisissez des dates à venir."))
    known = {(slot.starts_at, slot.ends_at): slot for slot in poll.slots.all()}
    back = [known[span].pk for span in wanted if span in known and known[span].removed_at]
    fresh = [PollSlot(poll=poll, starts_at=span[0], ends_at=span[1]) for span in wanted if span not in known]
    _check_number(poll, len(fresh) + len(back))
    poll.slots.filter(pk__in=back).update(removed_at=None)
    PollSlot.objects.bulk_create(fresh)
    return len(fresh) + len(back)


def _check_number(poll: DatePoll, more: int) -> None:
    if poll.slots.filter(removed_at__isnull=True).count() + more > MAX_SLOTS:
        raise DomainError(
            _("Au plus %(count)d créneaux : retirez-en pour en proposer d’autres.") % {"count": MAX_SLOTS}
        )


def _set_quorums(poll: DatePoll, wanted: Mapping[str, int]) -> None:
    asked = {slug: number for slug, number in wanted.items() if number > 0}
    poll.quorums.all().delete()
    categories = ActorCategory.objects.filter(slug__in=asked)
    PollQuorum.objects.bulk_create(
        PollQuorum(poll=poll, category=category, wanted=asked[category.slug]) for category in categories
    )


def _clean_title(title: str) -> str:
    title = one_line(title)
    if not title:
        raise DomainError(_("Donnez un titre au sondage."))
    return title[:160]


def _clean_programme(actor: User, network: Network, programme: Programme | None) -> Programme | None:
    if programme is None or Programme.objects.visible_to(actor).filter(pk=programme.pk, network=network).exists():
        return programme
    raise DomainError(_("Ce parcours n’est pas de ce réseau."))


def _clean_deadline(closes_at: datetime | None) -> datetime | None:
    if closes_at is not None and closes_at <= timezone.now():
        raise DomainError(_("Le délai pour répondre doit être à venir."))
    return closes_at
