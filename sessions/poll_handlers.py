"""Reactions to what happened to date polls: who is told. Each may run twice: the keys make it once."""

from collections.abc import Iterable

from peerhub.notifications.models import Notification
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.models import CircleMember
from sessions.enums import PollState
from sessions.events import PollCancelled, PollChased, PollClosed, PollGuestToTell, PollOpened
from sessions.models import DatePoll, Delegate, PeerSession, PollAnswer, PollGuest
from sessions.poll_mails import send_to_guest
from sessions.queries.polls import has_answered, silent_user_ids


@handles(PollOpened)
def on_poll_opened(event: PollOpened) -> None:
    """Those asked, and who answers for them."""
    poll = DatePoll.objects.filter(pk=event.poll_id, state=PollState.OPEN).first()
    if poll is not None:
        _tell("poll_asked", poll, _with_delegates(poll, _asked(poll)), key="asked", actor_id=poll.created_by_id)


@handles(PollChased)
def on_poll_chased(event: PollChased) -> None:
    """Those who have not answered, and who answers for them."""
    poll = DatePoll.objects.select_related("circle").filter(pk=event.poll_id, state=PollState.OPEN).first()
    if poll is not None:
        _tell("poll_chased", poll, _with_delegates(poll, silent_user_ids(poll)), key=f"chased:{event.wave}")


@handles(PollClosed)
def on_poll_closed(event: PollClosed) -> None:
    """Everyone who was asked learns the date, with what a calendar needs."""
    poll = DatePoll.objects.filter(pk=event.poll_id, session__isnull=False).first()
    if poll is not None and poll.session_id is not None:
        _tell("poll_closed", poll, _asked(poll), key="closed", target_id=poll.session_id)


@handles(PollCancelled)
def on_poll_cancelled(event: PollCancelled) -> None:
    """Those who took the trouble to answer."""
    poll = DatePoll.objects.filter(pk=event.poll_id, state=PollState.CANCELLED).first()
    if poll is not None:
        answers = PollAnswer.objects.filter(slot__poll=poll, user__isnull=False)
        _tell("poll_cancelled", poll, answers.values_list("user_id", flat=True).distinct(), key="cancelled")


@handles(PollGuestToTell)
def on_poll_guest_to_tell(event: PollGuestToTell) -> None:
    """One mail, judged again: to nobody who was taken off, about nothing that is over, to no one who has answered.

    It leaves inside the transaction that marks the event: after a crash in between it is sent again, under the same
    Message-ID.
    """
    related = ("poll__network", "poll__circle", "poll__session__network", "poll__session__circle", "poll__chosen_slot")
    guest = PollGuest.objects.select_related(*related).filter(pk=event.guest_id, removed_at__isnull=True).first()
    if guest is None or not _still_holds(guest, event):
        return
    send_to_guest(guest, event.what, event.wave)


def told_of_date(session_id: int) -> set[int]:
    """Those who learnt of the session by the poll that made it: nobody of a session that no poll made."""
    keys = [f"poll:{pk}:closed" for pk in DatePoll.objects.filter(session=session_id).values_list("pk", flat=True)]
    return set(Notification.objects.filter(key__in=keys).values_list("recipient_id", flat=True)) if keys else set()


def _still_holds(guest: PollGuest, event: PollGuestToTell) -> bool:
    poll = guest.poll
    if event.what == "asked":
        return poll.takes_answers() and event.wave == guest.nonce.hex
    if event.what == "chased":
        return poll.takes_answers() and not has_answered(guest)
    if event.what in OF_SESSION:
        return poll.session is not None and _is_news_of(poll.session, event)
    return poll.state == PollState.CANCELLED


OF_SESSION = ("closed", "moved", "called_off")


def _is_news_of(session: PeerSession, event: PollGuestToTell) -> bool:
    """Of several moves, the last one is told."""
    if event.what == "called_off":
        return session.is_cancelled
    is_last = event.what == "closed" or event.wave == str(session.sequence)
    return is_last and session.is_scheduled and not session.has_begun()


def _tell(
    what: str,
    poll: DatePoll,
    recipients: Iterable[int],
    *,
    key: str,
    target_id: int | None = None,
    actor_id: int | None = None,
) -> None:
    notify(
        kind=f"sessions.{what}",
        recipients=recipients,
        target_id=target_id or poll.pk,
        dedupe_key=f"poll:{poll.pk}:{key}",
        actor_id=actor_id,
        network_id=poll.network_id,
        streak=f"poll.{poll.pk}",
    )


def _asked(poll: DatePoll) -> Iterable[int]:
    return CircleMember.objects.filter(circle=poll.circle_id).values_list("user_id", flat=True)


def _with_delegates(poll: DatePoll, user_ids: Iterable[int]) -> set[int]:
    ids = set(user_ids)
    named = Delegate.objects.in_force().filter(network=poll.network_id, principal__in=ids)
    return ids | set(named.values_list("user_id", flat=True))
