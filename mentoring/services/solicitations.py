"""Asking one peer, or several in order; accepting, declining, passing on, taking back.

The locks are taken in one order: the need's row, the ask's, then the row of places of whoever accepts.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import DeclineReason, NeedKind, SolicitationState
from mentoring.events import SolicitationAccepted, SolicitationDeclined
from mentoring.models import DirectoryEntry, Need, Solicitation
from mentoring.policies.solicitations import can_answer, can_ask, can_meet, can_send_now, can_withdraw
from mentoring.queries.links import may_be_paired
from mentoring.queries.solicitations import (
    askable,
    has_mentorship,
    is_somebody_asked,
    open_with,
    promised_places,
    queue_of,
)
from mentoring.services.around import require_voice
from mentoring.services.conversations import open_conversation
from mentoring.services.handing_on import go_on, last_position, put_in_line, send, send_next, take_back
from mentoring.services.mentorships import propose_mentorship
from mentoring.services.need_tasks import close_task
from mentoring.services.needs import mark_answered
from mentoring.services.places import NO_ROOM, hold_places
from mentoring.services.suggesting import hold_need, mark_asked
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Circle, User
from peerhub.people.queries import membership_for
from sessions.models import DatePoll, PeerSession
from sessions.poll_spans import Span
from sessions.services.between import plan_between, poll_between

# Asked for in one go; more is a circular.
MOST_AT_ONCE = 5
LONGEST_QUESTION, LONGEST_NOTE = 2000, 500


@transaction.atomic
def send_solicitations(
    *,
    asker: User,
    need: Need,
    peers: Sequence[int],
    question: str,
    wants_call: bool,
    token: UUID,
    goes_on: bool | None = None,
) -> list[Solicitation]:
    """Ask the first of these peers (user ids) now, and each next one when the one before does not accept. The same
    token is the same asks. `goes_on`: whether people suggested later may be asked too; without it, as before.

    Raises `Refused`, and `DomainError` for whom may not be asked, without saying why.
    """
    current = hold_need(need.pk)
    wanted = list(dict.fromkeys(peers))
    # The need is part of it: a token that was typed for another one collides with nothing.
    tokens = [uuid5(token, f"{current.pk}.{pk}") for pk in wanted]
    if made := list(Solicitation.objects.filter(need=current, asker=asker, token__in=tokens).order_by("position")):
        return made
    require(can_ask(asker, membership_for(asker, current.network), current))
    _check(current, wanted, question)
    if goes_on is not None and goes_on != current.goes_on:
        current.goes_on = goes_on
        current.save(update_fields=["goes_on"])
    first = last_position(current) + 1
    rows = Solicitation.objects.bulk_create(
        Solicitation(
            need=current,
            network_id=current.network_id,
            asker=asker,
            peer_id=pk,
            position=first + number,
            question=question.strip(),
            wants_call=wants_call,
            token=tokens[number],
        )
        for number, pk in enumerate(wanted)
    )
    for pk in wanted:
        mark_asked(need_id=current.pk, peer_id=pk)
    send_next(current)
    return list(Solicitation.objects.filter(pk__in=[row.pk for row in rows]).order_by("position"))


@transaction.atomic
def accept_solicitation(*, peer: User, solicitation: Solicitation) -> Solicitation:
    """Say yes: the conversation of the two opens, nobody else is asked. Asked for accompaniment in the long run, who
    accepts is proposed as a mentor at once; both agree on the terms then. Accepting twice is accepting once.

    Raises `Refused`, and `DomainError` when the peer has no place left: judged with the row of their places held.
    """
    current = _hold(solicitation)
    if current.state == SolicitationState.ACCEPTED and current.peer_id == peer.pk:
        return current
    require(can_answer(peer, membership_for(peer, current.network), current))
    need = current.need
    is_there = membership_for(current.asker, current.network) is not None
    if current.circle is None or not is_there or not may_be_paired(need.author_id, peer.pk, need.network):
        raise DomainError(_("Cette demande n’attend plus de réponse."))
    load = hold_places(peer.pk)
    if need.kind == NeedKind.MENTORING and load.room <= promised_places(peer.pk):
        raise DomainError(NO_ROOM)
    current.topic = open_conversation(network=current.network, circle=current.circle, author=peer)
    _end(current, SolicitationState.ACCEPTED, "topic")
    take_back(queue_of(need))
    mark_answered(need_id=need.pk)
    close_task(need_id=need.pk)
    emit(SolicitationAccepted(solicitation_id=current.pk))
    if need.kind == NeedKind.MENTORING:
        propose_mentorship(network=current.network, mentor=peer, peers=[current.asker], need=need, solicitation=current)
    return current


@transaction.atomic
def decline_solicitation(
    *, peer: User, solicitation: Solicitation, reason: str, note: str = "", pass_on_to: int | None = None
) -> Solicitation:
    """Say no, why in a word, and maybe who (a user id) would answer better: judged anew, as if its author had asked
    them. Then the next one's turn comes. Declining twice is declining once. Raises `Refused`, `DomainError`."""
    current = _hold(solicitation)
    if current.state == SolicitationState.DECLINED and current.peer_id == peer.pk:
        return current
    require(can_answer(peer, membership_for(peer, current.network), current))
    need = current.need
    if note.strip():
        require_voice(peer, current.network)
    if pass_on_to is not None:
        _check_passing(peer, need, pass_on_to)
    current.decline_reason, current.decline_note = DeclineReason(reason), " ".join(note.split())[:LONGEST_NOTE]
    _end(current, SolicitationState.DECLINED, "decline_reason", "decline_note")
    if pass_on_to is not None:
        put_in_line(need, pass_on_to, like=current, position=current.position, passed=True)
    emit(SolicitationDeclined(solicitation_id=current.pk))
    go_on(need, current)
    return current


@transaction.atomic
def withdraw_solicitation(*, asker: User, solicitation: Solicitation) -> bool:
    """Take it back; the next one in line is asked then. False when it was taken back already. Raises `Refused`."""
    current = _hold(solicitation)
    if current.state == SolicitationState.WITHDRAWN and current.asker_id == asker.pk:
        return False
    require(can_withdraw(asker, current))
    take_back([current])
    send_next(current.need)
    return True


@transaction.atomic
def send_now(*, asker: User, solicitation: Solicitation) -> Solicitation:
    """Ask somebody who waits their turn, when nobody else is asked. Raises `Refused`, `DomainError`."""
    current = _hold(solicitation)
    if current.is_pending and current.asker_id == asker.pk:
        return current
    require(can_send_now(asker, current, is_free=not is_somebody_asked(current.need)))
    if not askable(current.need, [current.peer_id]):
        raise DomainError(_("Cette personne ne peut pas être sollicitée en ce moment."))
    return send(current.need, current)


def mark_seen(*, peer: User, solicitation: Solicitation) -> bool:
    """Whoever is asked opened it for the first time; the asker sees that."""
    fresh = Solicitation.objects.sent().filter(pk=solicitation.pk, peer=peer, seen_at__isnull=True)
    return bool(fresh.update(seen_at=timezone.now()))


@transaction.atomic
def plan_call(
    *,
    actor: User,
    solicitation: Solicitation,
    starts_at: datetime,
    minutes: int,
    token: UUID,
    timezone_name: str,
    meeting_url: str = "",
    place: str = "",
) -> PeerSession:
    """A meeting in both agendas. The same token is the same meeting. Raises `Refused`, `DomainError`."""
    current, circle, people = _hold_accepted(actor, solicitation)
    session = plan_between(
        actor=actor,
        circle=circle,
        people=people,
        starts_at=starts_at,
        minutes=minutes,
        token=token,
        timezone_name=timezone_name,
        meeting_url=meeting_url,
        place=place,
    )
    Solicitation.objects.filter(pk=current.pk).update(session=session)
    return session


@transaction.atomic
def propose_moments(
    *, actor: User, solicitation: Solicitation, options: Sequence[Span], token: UUID, timezone_name: str
) -> DatePoll:
    """Ask the other which of these moments suit; who proposes them can at each. Raises `Refused`, `DomainError`."""
    current, circle, people = _hold_accepted(actor, solicitation)
    poll = poll_between(
        actor=actor,
        circle=circle,
        people=people,
        options=options,
        closes_at=None,
        token=token,
        timezone_name=timezone_name,
    )
    Solicitation.objects.filter(pk=current.pk).update(poll=poll)
    return poll


@transaction.atomic
def take_back_all(*, need_id: int) -> int:
    """A need was closed: nobody is asked for it any more; how many were, or would have been."""
    current = hold_need(need_id)
    return take_back(Solicitation.objects.filter(need=current))


def drop_leaver(*, user_id: int, network_id: int) -> int:
    """Somebody left a network: what they asked is taken back, what they were asked goes on to the next; how many."""
    rows = open_with(user_id, network_id)
    asked = dict(rows)
    return sweep("mentoring.solicitations.drop", partial(_drop, asked=asked), list(asked))


@transaction.atomic
def _drop(pk: int, *, asked: dict[int, bool]) -> bool:
    current = _hold(Solicitation(pk=pk))
    if not take_back([current]):
        return False
    if not asked[pk]:
        go_on(current.need, current)
    return True


def _hold(solicitation: Solicitation) -> Solicitation:
    """The need's row, then this one's, to the end of the transaction; as they are."""
    need_id = Solicitation.objects.values_list("need", flat=True).get(pk=solicitation.pk)
    need = hold_need(need_id)
    current = (
        Solicitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("network", "circle", "asker", "peer")
        .get(pk=solicitation.pk)
    )
    current.need = need
    return current


def _hold_accepted(actor: User, solicitation: Solicitation) -> tuple[Solicitation, Circle, list[User]]:
    """It, its circle, its two people. Nobody is made to meet whom they keep away since, nor whom they accompanied until
    they left it."""
    current = _hold(solicitation)
    require(can_meet(actor, current))
    if has_mentorship(current):
        raise DomainError(_("Vos rendez-vous se prennent désormais sur la page de votre mentorat."))
    if not may_be_paired(current.asker_id, current.peer_id, current.network):
        raise DomainError(_("Ce moment ne peut pas être retenu : convenez-en d’abord dans votre conversation."))
    if current.circle is None:
        raise AssertionError
    return current, current.circle, [current.asker, current.peer]


def _end(solicitation: Solicitation, state: SolicitationState, *fields: str) -> None:
    solicitation.state, solicitation.ended_at = state, timezone.now()
    solicitation.save(update_fields=["state", "ended_at", *fields])


def why_not_asked(need: Need, wanted: Sequence[int]) -> str:
    """Why these people (ids) are not asked for this need, in words that are the same whatever the reason; else nothing.
    Who asked them already knows that."""
    if Solicitation.objects.filter(need=need, peer__in=wanted).exists():
        return _("Vous avez déjà sollicité cette personne pour ce besoin.")
    if not set(wanted) - askable(need, wanted):
        return ""
    if len(wanted) > 1:
        return _("Une de ces personnes ne peut pas être sollicitée en ce moment.")
    return _("Cette personne ne peut pas être sollicitée en ce moment. Votre besoin est gardé, avec d’autres pairs.")


def _check(need: Need, wanted: list[int], question: str) -> None:
    if not question.strip():
        raise DomainError(_("Posez votre question : une seule, en quelques lignes."))
    if len(question) > LONGEST_QUESTION:
        raise DomainError(_("Votre question est trop longue : gardez l’essentiel."))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise DomainError(_("Choisissez d’une à cinq personnes."))
    if refusal := why_not_asked(need, wanted):
        raise DomainError(refusal)


def _check_passing(peer: User, need: Need, other: int) -> None:
    """Somebody whom the peer sees, and whom the author of the need might ask themselves."""
    seen = DirectoryEntry.objects.visible_to(peer).filter(network=need.network_id, user=other)
    known = Solicitation.objects.filter(need=need, peer=other)
    if not seen.exists() or known.exists() or not askable(need, [other]):
        raise DomainError(_("Cette personne ne peut pas être sollicitée pour ce besoin."))
