"""From one peer to the next: sending an ask, and whom it goes to when the last one did not accept.

Each is called with the need's row held (`hold_need`): of one need, one person is asked at a time.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid5

from django.db.models import Max
from django.utils import timezone

from mentoring.enums import NeedAudience, SolicitationState
from mentoring.events import SolicitationSent
from mentoring.models import Need, Solicitation
from mentoring.queries.solicitations import askable, is_somebody_asked, queue_of
from mentoring.services.conversations import enter, private_circle
from mentoring.services.suggesting import mark_asked, next_peer, suggest_peers
from peerhub.outbox.services import emit
from peerhub.people.services.circles import remove_member

REMINDED_AFTER = timedelta(days=4)
LAPSES_AFTER = timedelta(days=7)
# So many were asked for one need: whoever looks for help decides what comes next.
MOST_BY_ITSELF = 8


def send(need: Need, solicitation: Solicitation) -> Solicitation:
    """Ask its peer now: a circle of the two, and a need that was shown to nobody else is shown to them."""
    now = timezone.now()
    solicitation.circle = private_circle(network=need.network, people=[need.author, solicitation.peer])
    if need.audience == NeedAudience.ASKED and need.circle is not None:
        enter(circle=need.circle, user=solicitation.peer)
    solicitation.state, solicitation.sent_at = SolicitationState.SENT, now
    solicitation.remind_at, solicitation.due_at = now + REMINDED_AFTER, now + LAPSES_AFTER
    solicitation.save(update_fields=["circle", "state", "sent_at", "remind_at", "due_at"])
    emit(SolicitationSent(solicitation_id=solicitation.pk))
    return solicitation


def send_next(need: Need) -> Solicitation | None:
    """Ask the next one in line who may still be asked, if nobody is asked already. Whom a peer named in their place is
    asked only when its author wished to go on by itself: they did not choose that person."""
    if not need.is_open or is_somebody_asked(need):
        return None
    for queued in queue_of(need):
        if queued.passed_from_id is not None and not need.goes_on:
            return None
        if askable(need, [queued.peer_id]):
            return send(need, queued)
        take_back([queued])
    return None


def go_on(need: Need, after: Solicitation) -> Solicitation | None:
    """`after` was declined, or lapsed: the next one in line; else, if so wished, the next who is suggested, with the
    same question."""
    if (sent := send_next(need)) is not None:
        return sent
    if not need.goes_on or not need.is_open or is_somebody_asked(need) or queue_of(need).exists():
        return None
    if Solicitation.objects.filter(need=need).count() >= MOST_BY_ITSELF:
        return None
    suggest_peers(need=need)
    peer_id = next_peer(need=need)
    if peer_id is None or not askable(need, [peer_id]):
        return None
    return send(need, put_in_line(need, peer_id, like=after, position=last_position(need) + 1))


def put_in_line(need: Need, peer_id: int, *, like: Solicitation, position: int, passed: bool = False) -> Solicitation:
    """The same question for one more peer; `passed`: the peer of `like` named them."""
    mark_asked(need_id=need.pk, peer_id=peer_id)
    row = Solicitation.objects.create(
        need=need,
        network_id=need.network_id,
        asker_id=need.author_id,
        peer_id=peer_id,
        position=position,
        question=like.question,
        wants_call=like.wants_call,
        passed_from=like if passed else None,
        token=uuid5(like.token, f"after {peer_id}"),
    )
    return Solicitation.objects.select_related("peer").get(pk=row.pk)


def last_position(need: Need) -> int:
    return Solicitation.objects.filter(need=need).aggregate(last=Max("position"))["last"] or 0


def take_back(rows: Iterable[Solicitation]) -> int:
    """These wait for nothing any more; how many did. Whoever was asked reads the question no more, nor a need that was
    shown to them because they were asked."""
    open_ones = Solicitation.objects.filter(
        pk__in=[one.pk for one in rows], state__in=[SolicitationState.QUEUED, SolicitationState.SENT]
    )
    asked = open_ones.filter(state=SolicitationState.SENT, need__audience=NeedAudience.ASKED)
    for one in asked.select_related("need__circle", "peer"):
        if one.need.circle is not None:
            remove_member(circle=one.need.circle, user=one.peer)
    return open_ones.update(state=SolicitationState.WITHDRAWN, ended_at=timezone.now())
