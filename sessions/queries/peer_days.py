"""The board of a peer day: reads for the animators of its network.

An animator who is in no confidential circle of the day plans it all the same: hours, seats and answers are shown;
once a session is open, its title is for its circle alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.people.models import ActorCategory, Membership, Network, User
from peerhub.ui.times import clock
from peerhub.ui.times import day as day_words
from sessions.enums import RegistrationState
from sessions.models import TEXTS, Enrolment, GuestSeat, PeerDay, PeerSession, Programme, Registration
from sessions.queries.chasing import may_be_chased
from sessions.queries.clashes import rooms_taken
from sessions.queries.invitations import future_circle
from sessions.queries.programmes import CategoryCount

# A facilitator with so many sessions more than the one who has least carries too much.
UNFAIR = 3
Span = tuple[datetime, datetime]


def peer_day_for(user: User, pk: int) -> PeerDay:
    """A day of a programme that the person may see."""
    return (
        PeerDay.objects.filter(programme__in=Programme.objects.visible_to(user))
        .select_related("programme__network", "programme__circle")
        .get(pk=pk)
    )


def slot_for(day: PeerDay, pk: int) -> PeerSession:
    """A session of the day, for who plans it."""
    return day.sessions.select_related("network", "circle__category", "opens_to__category").get(pk=pk)


@dataclass
class Card:
    """One session on the board."""

    session: PeerSession
    category: ActorCategory | None
    title: str
    is_readable: bool
    member_count: int
    waiting: int
    per_delegation: int | None
    facilitators: list[User]
    warnings: list[str] = field(default_factory=list)
    form: object = None

    @property
    def slug(self) -> str:
        return self.category.slug if self.category else ""

    @property
    def is_confidential(self) -> bool:
        return future_circle(self.session).is_confidential

    @property
    def is_over(self) -> bool:
        """There is nothing to set right any more."""
        return self.session.is_over()


@dataclass(frozen=True)
class Row:
    """The sessions at one time: by category in the order of the columns; `across` is the agora."""

    starts_at: datetime
    ends_at: datetime
    cells: list[list[Card]]
    across: list[Card]
    day_words: str  # "" on the day itself, and on that of the row before


@dataclass(frozen=True)
class Answer:
    """What a delegation's people of one category answered."""

    category: ActorCategory
    people: int
    coming: int
    silent: int

    @property
    def is_there(self) -> bool:
        return self.coming > 0

    def words(self, *, is_invited: bool) -> str:
        plural = self.category.plural
        if self.coming:
            return CategoryCount(self.category, self.coming).words
        if not self.people:
            return _("personne : %(category)s") % {"category": plural}
        if not is_invited:
            return _("%(n)s à inviter : %(category)s") % {"n": self.people, "category": plural}
        return (
            _("%(category)s : sans réponse") % {"category": plural}
            if self.silent
            else _("%(category)s : ne viendra pas") % {"category": plural}
        )


@dataclass(frozen=True)
class DelegationAnswers:
    enrolment: Enrolment
    answers: list[tuple[Answer, str]]
    silent: int

    @property
    def is_complete(self) -> bool:
        return bool(self.answers) and all(answer.is_there for answer, _words in self.answers)

    @property
    def initials(self) -> str:
        words = [word for word in self.enrolment.delegation.name.replace("’", " ").split() if word[:1].isupper()]
        return "".join(word[0] for word in words[:2])


@dataclass(frozen=True)
class Board:
    day: PeerDay
    columns: list[ActorCategory]
    rows: list[Row]
    delegations: list[DelegationAnswers]
    alerts: list[str]
    to_chase: int
    is_sendable: bool

    @property
    def cards(self) -> list[Card]:
        return [card for row in self.rows for cell in [*row.cells, row.across] for card in cell]


def board_of(user: User, day: PeerDay) -> Board:
    """Everything that the board shows: eleven queries at most, however many sessions and delegations there are."""
    sessions = list(
        day.sessions.scheduled()
        .select_related("network", "circle__category", "opens_to__category")
        .prefetch_related("facilitators", "seat_rules")
        .defer(*TEXTS)
        .order_by("starts_at", "pk")
    )
    readable = set(PeerSession.objects.visible_to(user).filter(peer_day=day).values_list("pk", flat=True))
    is_due = Case(When(may_be_chased(timezone.now()), then=True), default=False)
    rows = Registration.objects.filter(session__in=sessions).annotate(is_due=is_due)
    answers = list(rows.values_list("session", "user", "state", "is_due"))
    states = [(session, user, state) for session, user, state, _is_due in answers]
    waiting = Counter(session for session, _user, state in states if state == RegistrationState.WAITING)
    people = list(
        Membership.objects.active()
        .filter(delegation__in=day.programme.circle.delegations)
        .values_list("user", "delegation", "affiliation__category")
    )
    cards = [_card(session, session.pk in readable, waiting[session.pk]) for session in sessions]
    loads = _loads(day.programme)
    taken, rooms = _engagements(cards), rooms_taken(sessions)
    for card in cards:
        if card.is_over:
            continue
        card.warnings += [*_clashes(card, taken), *_same_rooms(card, rooms, cards), *_shortages(card, people)]
    columns = sorted({card.category for card in cards if card.category}, key=lambda one: (one.position, one.slug))
    ahead = {card.session.pk for card in cards if not card.session.has_begun()}
    delegations = _answers(day, cards, columns, people, states)
    return Board(
        day=day,
        columns=columns,
        rows=_rows(day.on, cards, columns),
        delegations=delegations,
        alerts=_unfair(loads, [card for card in cards if not card.is_over]),
        to_chase=sum(is_due for session, _user, _state, is_due in answers if session in ahead),
        is_sendable=any(card.session.is_draft or not card.session.has_begun() for card in cards),
    )


def _card(session: PeerSession, is_readable: bool, waiting: int) -> Card:
    circle = future_circle(session)
    category = circle.category
    neutral = _("Séance confidentielle") if circle.is_confidential else capfirst(str(session.get_format_display()))
    ceilings = [one.ceiling for one in session.seat_rules.all() if one.is_each_delegation and one.category_id is None]
    return Card(
        session=session,
        category=category,
        title=session.title if is_readable else neutral,
        is_readable=is_readable,
        member_count=circle.member_count,
        waiting=waiting,
        per_delegation=ceilings[0] if ceilings else None,
        facilitators=sorted(session.facilitators.all(), key=lambda one: (one.family_name, one.pk)),
    )


def _rows(on: date, cards: Iterable[Card], columns: list[ActorCategory]) -> list[Row]:
    spans: dict[Span, list[Card]] = defaultdict(list)
    for card in cards:
        spans[(card.session.starts_at, card.session.ends_at)].append(card)
    rows, last = [], on
    for (starts_at, ends_at), found in sorted(spans.items()):
        local = timezone.localtime(starts_at).date()
        rows.append(
            Row(
                starts_at,
                ends_at,
                [[card for card in found if card.category == one] for one in columns],
                [card for card in found if card.category is None],
                "" if local == last else day_words(local),
            )
        )
        last = local
    return rows


# --- What is pointed out ------------------------------------------------------------------------------------------


def _engagements(cards: list[Card]) -> Mapping[int, list[tuple[int, Span]]]:
    """user -> the sessions of any network (key and span) that they facilitate or have a seat in, in those hours."""
    people = {one.pk for card in cards for one in card.facilitators}
    found: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    if not people:
        return found
    first = min(card.session.starts_at for card in cards)
    last = max(card.session.ends_at for card in cards)
    around = PeerSession.objects.scheduled().overlapping(first, last)
    for through in ("facilitators", "registrations__user"):
        rows = around.filter(**{f"{through}__in": people})
        if through != "facilitators":
            rows = rows.filter(registrations__state=RegistrationState.REGISTERED)
        for user, pk, starts_at, ends_at in rows.values_list(through, "pk", "starts_at", "ends_at").order_by("pk"):
            if user in people:
                found[user].append((pk, (starts_at, ends_at)))
    return found


def _clashes(card: Card, taken: Mapping[int, list[tuple[int, Span]]]) -> list[str]:
    """Only that the person is taken, and until when: never by what."""
    session, sentences = card.session, []
    for person in card.facilitators:
        ends = [
            ends_at
            for pk, (starts_at, ends_at) in taken.get(person.pk, [])
            if pk != session.pk and starts_at < session.ends_at and session.starts_at < ends_at
        ]
        if ends:
            words = {"name": person.full_name, "hour": clock(timezone.localtime(max(ends)))}
            sentences.append(_("%(name)s est pris·e ailleurs jusqu’à %(hour)s") % words)
    if not card.facilitators:
        sentences.append(_("Personne ne facilite encore cette séance"))
    return sentences


def _same_rooms(card: Card, taken: Mapping[int | None, list[PeerSession]], cards: Iterable[Card]) -> Iterator[str]:
    """The place is taken meanwhile: by which session, where it stands on this board."""
    titles = {one.session.pk: one.title for one in cards}
    for other in taken.get(card.session.pk, []):
        if title := titles.get(other.pk):
            yield _("Même lieu, au même moment, que « %(title)s »") % {"title": title}
        else:
            yield _("Le lieu est pris au même moment par une autre séance")


def _shortages(card: Card, people: list[tuple[int, int, int]]) -> list[str]:
    """Fewer seats than there are people who could come by its own rules."""
    capacity = card.session.capacity
    if capacity is None:
        return []
    wanted = Counter(
        delegation for _user, delegation, category in people if card.category is None or category == card.category.pk
    )
    could = sum(min(number, card.per_delegation or number) for number in wanted.values())
    if could <= capacity:
        return []
    words = {"seats": capacity, "people": could}
    return [
        ngettext("%(seats)s place pour %(people)s personnes", "%(seats)s places pour %(people)s personnes", capacity)
        % words
    ]


def _loads(programme: Programme) -> dict[int, tuple[str, int]]:
    """user -> name and how many sessions of the programme this person facilitates."""
    rows = PeerSession.objects.scheduled().filter(programme=programme, facilitators__isnull=False)
    loads: Counter[tuple[int, str]] = Counter()
    for pk, given, family in rows.values_list(
        "facilitators", "facilitators__given_name", "facilitators__family_name"
    ).order_by("pk"):
        loads[(pk, f"{given} {family}".strip())] += 1
    return {pk: (name, number) for (pk, name), number in loads.items()}


def _unfair(loads: Mapping[int, tuple[str, int]], cards: Iterable[Card]) -> list[str]:
    """Who facilitates far more sessions of the programme than the others who do."""
    if len(loads) < 2:
        return []
    least = min(number for _name, number in loads.values())
    shown = {one.pk for card in cards for one in card.facilitators}
    return [
        _("%(name)s facilite %(n)s séances du parcours, d’autres en facilitent %(least)s : partagez la charge.")
        % {"name": name, "n": number, "least": least}
        for pk, (name, number) in sorted(loads.items())
        if pk in shown and number - least >= UNFAIR and number >= 2 * least
    ]


# --- Who comes ----------------------------------------------------------------------------------------------------


def _answers(
    day: PeerDay,
    cards: Iterable[Card],
    columns: list[ActorCategory],
    people: list[tuple[int, int, int]],
    states: list[tuple[int, int, str]],
) -> list[DelegationAnswers]:
    """By delegation: who comes to the sessions of the categories, guests included; of a day without them, to all."""
    own = [card for card in cards if card.category] or list(cards)
    sessions = {card.session.pk for card in own}
    is_invited = any(not card.session.is_draft for card in own)
    coming = {user for session, user, state in states if session in sessions and state == RegistrationState.REGISTERED}
    silent = {user for session, user, state in states if session in sessions and state == RegistrationState.INVITED}
    numbers: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for user, delegation, category in people:
        number = numbers[(delegation, category)]
        number[0] += 1
        number[1] += user in coming
        number[2] += user in silent
    guests = GuestSeat.objects.filter(session__in=sessions, removed_at=None).values_list("delegation", "category")
    for delegation, category in guests:
        if delegation and category:
            numbers[(delegation, category)][1] += 1
    shown = columns or sorted(
        ActorCategory.objects.filter(pk__in={category for _delegation, category in numbers}),
        key=lambda one: (one.position, one.slug),
    )
    enrolments = Enrolment.objects.filter(programme=day.programme_id).select_related("delegation")
    lines = []
    for enrolment in enrolments.order_by("delegation__name"):
        answers = [Answer(one, *numbers[(enrolment.delegation_id, one.pk)]) for one in shown]
        words = [(answer, answer.words(is_invited=is_invited)) for answer in answers]
        lines.append(DelegationAnswers(enrolment, words, sum(answer.silent for answer in answers)))
    return lines


# --- Choices ------------------------------------------------------------------------------------------------------


def possible_facilitators(network: Network, already: Iterable[int] = ()) -> list[User]:
    """The animators, and whoever facilitates already: by name."""
    rows = User.objects.filter(
        Q(memberships__network=network, memberships__in=Membership.objects.active().filter(role="animator"))
        | Q(pk__in=list(already))
    )
    return list(rows.distinct().order_by("family_name", "given_name", "pk"))
