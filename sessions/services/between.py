"""Meetings of a few people in their conversation (ADR 27): one at a known hour, or a date poll that makes one.

No animator's right is needed: the people of a conversation run what they plan there (`policies.sessions.runs`).
Everything else is what it is for any session: seats, reminders, calendars, moves and cancellations.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, CircleMember, Membership, Network, User
from sessions.enums import PollChoice
from sessions.models import DatePoll, PeerSession
from sessions.poll_spans import Span
from sessions.services.meetings import hold_circle, made_before, settle
from sessions.services.poll_answers import answer
from sessions.services.polls import create_poll
from sessions.services.reminders import DAY_BEFORE, HOUR_BEFORE
from sessions.services.scheduling import create_session

SHORTEST, LONGEST = 5, 480  # minutes


@transaction.atomic
def plan_between(
    *,
    actor: User,
    circle: Circle,
    people: Iterable[User],
    starts_at: datetime,
    minutes: int,
    token: UUID,
    timezone_name: str,
    title: str | None = None,
    meeting_url: str = "",
    place: str = "",
) -> PeerSession:
    """A session of these people, all of the conversation's circle: in their agendas at once, facilitated by the actor.

    The same token is the same session. Without a title it has a neutral one. Raises `Refused` for who is not in the
    circle, `DomainError` with a sentence for an hour that cannot be.
    """
    held, network = _hold(circle, actor)
    made = made_before(token=token, circle=held, refusal=_("Cette conversation ne vous est pas ouverte."))
    if made is not None:
        return made
    if not SHORTEST <= minutes <= LONGEST:
        raise DomainError(_("Un échange dure de cinq minutes à huit heures."))
    wanted = [*people]
    _require_inside(held, wanted)
    session = create_session(
        author=actor,
        network=network,
        circle=held,
        title=title or _("Échange"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        time_zone=timezone_name,
        place=place,
        video_url=meeting_url,
        reminder_minutes=(DAY_BEFORE, HOUR_BEFORE),
    )
    settle(actor=actor, session=session, people=wanted, token=token)
    return session


@transaction.atomic
def poll_between(
    *,
    actor: User,
    circle: Circle,
    people: Iterable[User],
    options: Iterable[Span],
    closes_at: datetime | None,
    token: UUID,
    timezone_name: str = "Europe/Paris",
) -> DatePoll:
    """Ask the people of a conversation which of these spans suit them: each suits the actor. Choosing one makes the
    session, where whoever said that it suits them has a seat. The same token is the same poll. `people` must all be in
    the circle, which is asked whole. Raises as `plan_between`."""
    held, network = _hold(circle, actor)
    made = DatePoll.objects.select_related("network", "circle").filter(token=token).first()
    if made is not None:
        if made.circle_id != held.pk:
            raise Refused(_("Cette conversation ne vous est pas ouverte."))
        return made
    _require_inside(held, [*people])
    poll = create_poll(
        author=actor,
        network=network,
        circle=held,
        title=_("Échange"),
        options=options,
        time_zone=timezone_name,
        closes_at=closes_at,
        token=token,
    )
    answer(user=actor, poll=poll, choices=dict.fromkeys(poll.slots.values_list("pk", flat=True), PollChoice.YES))
    return poll


def _hold(circle: Circle, actor: User) -> tuple[Circle, Network]:
    """The circle of a conversation that the actor is in, held, and its network."""
    held, network = hold_circle(circle)
    if held.kind != CircleKind.CONVERSATION:
        raise ValueError("Only the circle of a conversation plans among its people.")
    if not CircleMember.objects.filter(circle=held, user=actor).exists():
        raise Refused(_("Cette conversation ne vous est pas ouverte."))
    return held, network


def _require_inside(circle: Circle, people: list[User]) -> None:
    """Each still in the conversation, and in the network."""
    ids = {one.pk for one in people}
    inside = CircleMember.objects.filter(circle=circle, user__in=ids, user__is_active=True)
    members = Membership.objects.active().filter(network=circle.network_id, user__in=inside.values("user"))
    if members.count() != len(ids):
        raise DomainError(_("Une de ces personnes n’est plus dans cette conversation."))
