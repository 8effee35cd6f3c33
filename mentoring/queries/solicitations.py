"""Reads of solicitations. Each raises `Solicitation.DoesNotExist` for what the person may not see."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from mentoring.enums import MentorshipState, NeedKind, NeedState, PassedOn, SolicitationState
from mentoring.models import DirectoryChoices, DirectoryEntry, Mentorship, Need, Solicitation, Thanks
from mentoring.models.solicitations import OPEN_STATES, SolicitationQuerySet
from mentoring.queries.directory import choices_of, search_people
from mentoring.queries.links import never_with
from mentoring.queries.load import load_of, loads_of
from peerhub.people.models import Network, User
from sessions.models import DatePoll, PeerSession

# Who has so many asks to answer is given no more of them.
MOST_PENDING = 3
LISTED = 40


def askable(need: Need, peer_ids: Collection[int]) -> set[int]:
    """Of these people (ids), whom the author of the need may ask today: in the directory of its network, without a
    hierarchical link nor kept apart, not away, with room, and not asked by many at once. Why somebody is not among them
    is said to nobody."""
    never = never_with(need.author_id, need.network) | {need.author_id}
    wanted = [pk for pk in peer_ids if pk not in never]
    entries = DirectoryEntry.objects.visible_to(need.author).filter(network=need.network_id, user__in=wanted)
    loads = loads_of(list(entries.values_list("user", flat=True)), timezone.localdate())
    return {pk for pk, load in loads.items() if load.is_available and load.pending < MOST_PENDING}


def says_no_room(choices: DirectoryChoices) -> bool:
    """Whether somebody lets be seen that they are away, have no place left, or wish for no ask now: that alone is said
    on their page. Who is not `askable` for another reason, or hides this, is refused in words that tell nothing."""
    return choices.shows_availability and not load_of(choices.user_id, timezone.localdate()).is_available


def entry_to_ask(need: Need, peer_id: int) -> DirectoryEntry:
    """Somebody of the directory, as the author of the need sees them; raises `DirectoryEntry.DoesNotExist`."""
    entries = DirectoryEntry.objects.visible_to(need.author).with_person().exclude(user=need.author_id)
    return entries.get(network=need.network_id, user=peer_id)


@dataclass(frozen=True)
class Wanted:
    """Whom somebody means to ask first."""

    user: User
    has_no_room: bool


def wanted_for(user: User, network: Network, peer_id: int | None) -> Wanted | None:
    """Somebody else of the directory; nothing of who is not, or no more, in it."""
    entries = DirectoryEntry.objects.visible_to(user).exclude(user=user).select_related("user")
    found = entries.filter(network=network, user=peer_id).first() if peer_id else None
    return Wanted(found.user, says_no_room(choices_of(found.user_id))) if found else None


def named_to_pass_on(peer: User, solicitation: Solicitation, words: str) -> list[DirectoryEntry]:
    """Others of the network whom the words name, as the peer sees them."""
    outside = {peer.pk, solicitation.asker_id}
    return [one for one in search_people(peer, solicitation.network, words) if one.user_id not in outside]


def promised_places(peer_id: int) -> int:
    """Accepted accompaniments that do not run yet: each will take a place."""
    accepted = (
        Solicitation.objects.running()
        .filter(peer=peer_id, need__kind=NeedKind.MENTORING)
        .exclude(need__state=NeedState.CLOSED)
    )
    waiting = Q(mentorship__isnull=True) | Q(mentorship__state=MentorshipState.PROPOSED)
    return accepted.filter(waiting).count()


def was_asked(need: Need, peer_id: int) -> bool:
    return Solicitation.objects.filter(need=need, peer=peer_id).exists()


def passed_on(solicitation: Solicitation) -> PassedOn | None:
    """What became of the person named by who declined, as far as that one may know; nothing: they named nobody."""
    rows = Solicitation.objects.filter(passed_from=solicitation).values_list("state", "sent_at")
    found = rows.first()
    if found is None:
        return None
    if found[0] == SolicitationState.ACCEPTED:
        return PassedOn.TAKEN
    return PassedOn.SENT if found[1] else PassedOn.KEPT


def queue_of(need: Need) -> QuerySet[Solicitation]:
    """Those that wait their turn, the next one first."""
    rows = Solicitation.objects.filter(need=need, state=SolicitationState.QUEUED).select_related("peer")
    return rows.order_by("position", "-passed_from", "pk")


def is_somebody_asked(need: Need) -> bool:
    return Solicitation.objects.sent().filter(need=need).exists()


def steps_of(need: Need) -> list[Solicitation]:
    """All that was asked for a need, in order: one query. For its author."""
    rows = Solicitation.objects.filter(need=need).select_related("peer", "passed_from__peer")
    return list(rows.order_by("position", "pk"))


@dataclass(frozen=True)
class Box:
    """What waits for the person, what the person waits for, and what is over, either way."""

    to_answer: list[Solicitation] = field(default_factory=list)
    asked: list[Solicitation] = field(default_factory=list)
    running: list[Solicitation] = field(default_factory=list)
    over: list[Solicitation] = field(default_factory=list)


def box_of(user: User) -> Box:
    """The latest first, of every network: one query."""
    mine = Solicitation.objects.visible_to(user).filter(Q(asker=user) | Q(peer=user))
    rows = mine.select_related("need", "network", "asker", "peer").order_by("-created_at", "-pk")
    box = Box()
    for one in rows[: 2 * LISTED]:
        if one.is_running:
            box.running.append(one)
        elif one.state not in OPEN_STATES:
            box.over.append(one)
        elif one.peer_id == user.pk:
            box.to_answer.append(one)
        else:
            box.asked.append(one)
    return box


def solicitation_for(user: User, pk: int) -> Solicitation:
    """With what its page shows."""
    return _shown(Solicitation.objects.visible_to(user)).get(pk=pk)


@dataclass(frozen=True)
class Sequel:
    """What the two have made since: their meetings, a poll that waits, a mentorship; whether who looks has thanked."""

    meetings: list[PeerSession]
    polls: list[DatePoll]
    mentorship: Mentorship | None
    has_thanked: bool = False


def sequel_of(user: User, solicitation: Solicitation) -> Sequel:
    """Four queries; none for what was not accepted."""
    if solicitation.state != SolicitationState.ACCEPTED:
        return Sequel([], [], None)
    meetings = PeerSession.objects.visible_to(user).filter(circle=solicitation.circle_id)
    polls = DatePoll.objects.visible_to(user).filter(circle=solicitation.circle_id, state="open")
    found = Mentorship.objects.visible_to(user).filter(solicitation=solicitation).first()
    thanked = Thanks.objects.filter(author=user, solicitation=solicitation).exists()
    return Sequel(list(meetings.order_by("starts_at", "pk")), list(polls.order_by("pk")), found, thanked)


def has_mentorship(solicitation: Solicitation) -> bool:
    """Whether a mentorship came of it, whatever became of that."""
    return Mentorship.objects.filter(solicitation=solicitation).exists()


def is_helped(need: Need) -> bool:
    """Whether somebody who accepted to help its author has not ended it."""
    accepted = Solicitation.objects.running().filter(need=need)
    return accepted.filter(Q(mentorship__isnull=True) | ~Q(mentorship__state=MentorshipState.ENDED)).exists()


def due_to_remind(now: datetime) -> list[int]:
    rows = Solicitation.objects.sent().filter(reminded_at__isnull=True, remind_at__lte=now, due_at__gt=now)
    return list(rows.order_by("remind_at", "pk").values_list("pk", flat=True))


def due_to_lapse(now: datetime) -> list[int]:
    rows = Solicitation.objects.sent().filter(due_at__lte=now)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True))


def open_with(user_id: int, network_id: int) -> list[tuple[int, bool]]:
    """What is asked of a person, or by them, in a network, and not over: (id, whether they ask)."""
    rows = Solicitation.objects.filter(Q(asker=user_id) | Q(peer=user_id), network=network_id, state__in=OPEN_STATES)
    return [(pk, asker == user_id) for pk, asker in rows.order_by("pk").values_list("pk", "asker")]


def _shown(rows: SolicitationQuerySet) -> SolicitationQuerySet:
    return rows.select_related(
        "need__competence",
        "need__territory",
        "need__author_affiliation__category",
        "need__circle",
        "network",
        "circle",
        "asker",
        "peer",
        "topic",
        "passed_from",
    )
