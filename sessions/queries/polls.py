"""Reads of date polls. Each raises a `DoesNotExist` for what the person may not see; while answers are hidden, no
read of them says more than the person's own."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from peerhub.people.enums import CircleKind
from peerhub.people.models import ActorCategory, Circle, CircleMember, Membership, Network, User
from peerhub.people.models.users import name_of
from sessions.enums import PollState
from sessions.models import DatePoll, Delegate, PollAnswer, PollGuest, PollQuorum, PollSlot, Programme
from sessions.poll_ranking import NO_CATEGORY, Result, Slot, Voice, shown
from sessions.poll_words import Group, groups, in_numbers, verdict

Person = User | AnonymousUser
LISTED_OVER = 20
NAMED_AT_MOST = 120


def poll_for(user: Person, pk: int) -> DatePoll:
    """With what its page shows."""
    related = ("network", "circle__category", "circle__delegation", "session", "chosen_slot", "created_by")
    return DatePoll.objects.visible_to(user).select_related(*related).get(pk=pk)


def circles_for_polls(user: Person, network: Network) -> QuerySet[Circle]:
    """The circles of a network that this person may ask: those the person is in."""
    circles = Circle.objects.visible_to(user).filter(network=network)
    circles = circles.exclude(kind__in=[CircleKind.SESSION, CircleKind.CONVERSATION])
    first = Case(When(kind=CircleKind.NETWORK, then=0), default=1, output_field=IntegerField())
    return circles.select_related("category", "delegation").order_by(first, "pk")


def programmes_for_polls(user: Person, network: Network) -> QuerySet[Programme]:
    """Those that a session of the network may join, the latest to begin first."""
    return Programme.objects.visible_to(user).filter(network=network).order_by("-starts_on", "pk")


def programme_of(user: Person, poll: DatePoll) -> Programme | None:
    """The programme that the session of a poll joins, for whoever sees it: no query for a poll without one."""
    if poll.programme_id is None:
        return None
    return Programme.objects.visible_to(user).filter(pk=poll.programme_id).first()


def live_slots(poll: DatePoll) -> list[PollSlot]:
    return list(poll.slots.filter(removed_at__isnull=True).order_by("starts_at", "ends_at"))


def all_slots(poll: DatePoll) -> list[PollSlot]:
    """Those removed too, for whom edits them."""
    return list(poll.slots.order_by("starts_at", "ends_at"))


def quorums_of(poll: DatePoll) -> list[PollQuorum]:
    return list(poll.quorums.select_related("category").order_by("category__position", "category__slug"))


def guests_of(poll: DatePoll) -> list[PollGuest]:
    return list(poll.guests.filter(removed_at__isnull=True).select_related("category").order_by("name", "pk"))


# --- Lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A poll in a list: whether the person has still to answer, and for whom (None: for oneself)."""

    poll: DatePoll
    slot_count: int
    waits: bool
    principal: User | None = None


def polls_of(user: Person, network: Network) -> list[Listed]:
    """The open polls of a network that the person may see, the nearest deadline first, then the latest of the others:
    one query."""
    polls = _listed(user, network).annotate(
        over=Case(When(state=PollState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    )
    rows = list(polls.order_by("over", "closes_at", "-pk")[: LISTED_OVER * 2])
    return [_line(poll) for poll in rows]


def open_polls_of(user: Person, network: Network, limit: int = 3) -> list[Listed]:
    """Those open now, for a corner of another page: one query, none for a visitor."""
    if not user.is_authenticated:
        return []
    now = timezone.now()
    still = Q(closes_at__isnull=True) | Q(closes_at__gt=now)
    polls = _listed(user, network).filter(still, state=PollState.OPEN)
    return [_line(poll) for poll in polls.order_by("closes_at", "-pk")[:limit]]


def polls_for_others(user: User, network: Network) -> list[Listed]:
    """The open polls that ask somebody who named this person as delegate: four queries, one when nobody did."""
    named = Delegate.objects.in_force().filter(network=network, user=user).select_related("principal")
    principals = {delegate.principal_id: delegate.principal for delegate in named}
    if not principals or not _is_inside(user, network):
        return []
    # One filter: the conditions are about one and the same poll.
    asked = CircleMember.objects.filter(
        user__in=principals, circle__date_polls__state=PollState.OPEN, circle__date_polls__network=network
    )
    pairs = asked.order_by("circle__date_polls__closes_at", "circle__date_polls", "user_id")
    found = list(pairs.values_list("user_id", "circle__date_polls"))
    polls = DatePoll.objects.select_related("network", "circle").in_bulk([pk for _user, pk in found])
    return [Listed(polls[pk], 0, False, principals[user_id]) for user_id, pk in found]


def _listed(user: Person, network: Network) -> QuerySet[DatePoll]:
    polls = DatePoll.objects.visible_to(user).filter(network=network).with_silence(user_id=user.pk)
    return polls.select_related("circle__category", "circle__delegation", "network", "session").annotate(
        slot_count=Count("slots", filter=Q(slots__removed_at__isnull=True))
    )


def _line(poll: DatePoll) -> Listed:
    row = vars(poll)
    return Listed(poll, row["slot_count"], row["waits"] and poll.takes_answers())


# --- Answering for somebody ---------------------------------------------------------------------------------------


def delegated_poll_for(user: User, pk: int, principal_pk: int) -> tuple[DatePoll, User]:
    """A poll that asks somebody who named this person; the delegate may be outside of its circle, so that its page
    shows the slots and what was answered for the principal, nothing else."""
    poll = DatePoll.objects.select_related("network", "circle__category", "circle__delegation").get(pk=pk)
    named = Delegate.objects.in_force().filter(network=poll.network_id, user=user, principal=principal_pk)
    delegate = named.select_related("principal").get()
    if not CircleMember.objects.filter(circle=poll.circle_id, user=principal_pk).exists():
        raise DatePoll.DoesNotExist
    if not _is_inside(user, poll.network):
        raise DatePoll.DoesNotExist
    return poll, delegate.principal


def principals_in(user: User, poll: DatePoll) -> list[User]:
    """Those whom the person may answer for, in this poll."""
    inside = CircleMember.objects.filter(circle=poll.circle_id).values("user")
    named = Delegate.objects.in_force().filter(network=poll.network_id, user=user, principal__in=inside)
    return [delegate.principal for delegate in named.select_related("principal").order_by("principal__family_name")]


def choices_of(poll: DatePoll, *, user: User | None = None, guest: PollGuest | None = None) -> dict[int, str]:
    """What one person said, by slot."""
    answers = PollAnswer.objects.filter(slot__poll=poll)
    answers = answers.filter(user=user) if user else answers.filter(guest=guest)
    return dict(answers.values_list("slot_id", "choice"))


def _is_inside(user: User, network: Network) -> bool:
    return Membership.objects.active().filter(network=network, user=user).exists()


# --- The page -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked: a member, by the hat worn in the network, or a guest."""

    key: tuple[str, int]
    name: str
    category: ActorCategory | None

    @property
    def slug(self) -> str:
        return self.category.slug if self.category else NO_CATEGORY


@dataclass(frozen=True)
class Said:
    """What one person said of a slot, and who said it for that person."""

    asked: Asked
    choice: str
    answered_by: str


@dataclass(frozen=True)
class SlotResult:
    """What a slot would gather, in words, and who said what."""

    slot: PollSlot
    result: Result
    groups: list[Group]
    verdict: str
    numbers: str
    said: list[Said]


@dataclass(frozen=True)
class Answers:
    """All that is known of the answers to a poll; `results` is None while they are hidden."""

    results: list[SlotResult] | None
    asked_count: int
    silent: list[Asked]

    @property
    def answered_count(self) -> int:
        return self.asked_count - len(self.silent)


def answers_to(poll: DatePoll, slots: list[PollSlot], now: datetime | None = None) -> Answers:
    """Four queries, whatever the number of slots and people. Who left the circle, and what was removed, counts no
    more; who has left a slot without an answer is silent."""
    asked = {one.key: one for one in _asked(poll)}
    said: defaultdict[int, list[Said]] = defaultdict(list)
    heard: defaultdict[tuple[str, int], int] = defaultdict(int)
    for slot_id, user_id, guest_id, choice, given, family in _answers(slots):
        key = ("user", user_id) if user_id else ("guest", guest_id)
        if key in asked:
            heard[key] += 1
            said[slot_id].append(Said(asked[key], choice, name_of(given, family) if given or family else ""))
    silent = [one for one in asked.values() if heard[one.key] < len(slots)]
    return Answers(_results(poll, slots, said, now), len(asked), silent)


def result_of(results: list[SlotResult], slot_pk: int) -> SlotResult:
    """That of one slot; raises `PollSlot.DoesNotExist` for one that is not proposed."""
    for one in results:
        if one.slot.pk == slot_pk:
            return one
    raise PollSlot.DoesNotExist


def silent_user_ids(poll: DatePoll) -> list[int]:
    """The members who have left a slot of the poll without an answer."""
    return [one.key[1] for one in answers_to(poll, live_slots(poll)).silent if one.key[0] == "user"]


def has_answered(guest: PollGuest) -> bool:
    """Whether the guest has answered every slot."""
    return not DatePoll.objects.unanswered_by(guest_id=guest.pk).filter(pk=guest.poll_id).exists()


def _results(
    poll: DatePoll, slots: list[PollSlot], said: dict[int, list[Said]], now: datetime | None
) -> list[SlotResult] | None:
    heard = [
        Slot(slot.pk, slot.starts_at, tuple(Voice(one.asked.slug, one.choice) for one in said.get(slot.pk, [])))
        for slot in slots
    ]
    quorums = quorums_of(poll)
    ranked = shown(
        heard, {quorum.category.slug: quorum.wanted for quorum in quorums}, are_shown=poll.shows_answers(now)
    )
    if ranked is None:
        return None
    categories = {one.asked.slug: one.asked.category for voices in said.values() for one in voices}
    categories |= {quorum.category.slug: quorum.category for quorum in quorums}
    known = {slug: category for slug, category in categories.items() if category is not None}
    by_key = {slot.pk: slot for slot in slots}
    return [
        SlotResult(
            by_key[result.key],
            result,
            groups(result, known),
            verdict(result, known),
            in_numbers(result),
            said.get(result.key, []),
        )
        for result in ranked
    ]


def _asked(poll: DatePoll) -> Iterable[Asked]:
    inside = CircleMember.objects.filter(circle=poll.circle_id).values("user")
    members = Membership.objects.active().filter(network=poll.network_id, user__in=inside)
    members = members.select_related("user", "affiliation__category").order_by("user__family_name", "user__given_name")
    for one in members:
        yield Asked(("user", one.user_id), one.user.full_name, one.affiliation.category)
    for guest in guests_of(poll):
        yield Asked(("guest", guest.pk), guest.name, guest.category)


def _answers(slots: list[PollSlot]) -> Iterable[tuple[int, int | None, int | None, str, str, str]]:
    rows = PollAnswer.objects.filter(slot__in=[slot.pk for slot in slots]).order_by("answered_at", "pk")
    return rows.values_list(
        "slot_id", "user_id", "guest_id", "choice", "answered_by__given_name", "answered_by__family_name"
    )
