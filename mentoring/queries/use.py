"""What mentoring was used for in a quarter, for animators: numbers by category and région, never names nor words.

Quarters are apart from each other, told a month after their end, and do not change any more: what is told today cannot
be subtracted from what was told yesterday. Which lines are shown is decided by `mentoring.masking`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.utils import timezone
from django.utils.text import capfirst

from mentoring.masking import Fact, Line, lines_to_show
from mentoring.models import Introduced, MentorshipPeer, Need, TrainingPlace
from peerhub.people.enums import TerritoryKind
from peerhub.people.models import ActorCategory, Membership, Network, Territory

TOLD_AFTER = timedelta(days=30)
ANSWERED_WITHIN = timedelta(days=30)
MOST_QUARTERS = 8
UNKNOWN = ""
_WAYS = ("", "__parent", "__parent__parent", "__parent__parent__parent")


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int  # 1 to 4

    @property
    def starts_on(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def key(self) -> str:
        """`2026-3`: how it stands in an address."""
        return f"{self.year}-{self.number}"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Half-open, in the hours of the deployment."""
        zone = timezone.get_default_timezone()
        return (
            datetime.combine(self.starts_on, time(), tzinfo=zone),
            datetime.combine(self.next.starts_on, time(), tzinfo=zone),
        )

    @property
    def told_at(self) -> datetime:
        return self.span[1] + TOLD_AFTER


def quarters_told(network: Network, now: datetime | None = None) -> list[Quarter]:
    """The latest first: those of the network's life that are told by now, MOST_QUARTERS at most."""
    now = now or timezone.now()
    one = Quarter(network.created_at.year, (network.created_at.month + 2) // 3)
    told = []
    while one.told_at <= now:
        told.append(one)
        one = one.next
    return told[::-1][:MOST_QUARTERS]


@dataclass(frozen=True)
class Told:
    """A number of a line; None where it is masked, told together with others in the line of these."""

    number: int | None


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Told]


@dataclass(frozen=True)
class Table:
    """One breakdown: its lines, what is masked in each column as one line (None: nothing is), and the total."""

    rows: list[Row]
    others: Row | None
    total: Row


@dataclass(frozen=True)
class UseReport:
    quarter: Quarter
    by_category: Table
    by_region: Table
    # Of the needs answered within a month: the middle of the delays in days; None where it is masked.
    delay_days: int | None


# The columns, in the order of the page.
NEEDS, ANSWERED, MENTORSHIPS, INTRODUCTIONS, TRAININGS = range(5)


@dataclass(frozen=True)
class _Column:
    """Facts, the part of them that is counted (None: all), and the lines that are told together, by breakdown."""

    facts: Sequence[Fact]
    part: int | None
    shown: Sequence[Sequence[Line]]

    def number(self, place: int, line: Iterable[str]) -> int:
        wanted = set(line)
        return sum(fact.lines[place] in wanted and (self.part is None or fact.part == self.part) for fact in self.facts)

    def told(self, place: int, line: str) -> Told:
        if not self.facts:
            return Told(0)
        if not self.shown:
            return Told(None)
        lines = self.shown[place]
        apart = frozenset([line]) in lines
        is_absent = all(line not in one for one in lines)
        # A line that nobody stands in is masked as those with few people are, where there are some.
        if apart or (is_absent and not self.together(place)):
            return Told(self.number(place, [line]))
        return Told(None)

    def together(self, place: int) -> Line:
        """All that is told as one, if anything."""
        return frozenset().union(*(line for line in self.shown[place] if len(line) > 1)) if self.shown else frozenset()

    def told_together(self, place: int) -> Told:
        together = self.together(place)
        return Told(self.number(place, together) if together else None)

    @property
    def total(self) -> Told:
        if not self.facts:
            return Told(0)
        return Told(sum(self.part is None or fact.part == self.part for fact in self.facts) if self.shown else None)


def use_of(network: Network, quarter: Quarter) -> UseReport:
    """Seven queries. For the network's animators: the caller has judged."""
    starts, ends = quarter.span
    needs = list(
        Need.objects.filter(network=network, opened_at__gte=starts, opened_at__lt=ends).values_list(
            "author_id", "opened_at", "answered_at"
        )
    )
    mentorships = MentorshipPeer.objects.filter(
        mentorship__network=network, agreed_number__gt=0, joined_at__gte=starts, joined_at__lt=ends
    )
    introductions = Introduced.objects.filter(
        introduction__network=network,
        introduction__round__month__gte=quarter.starts_on,
        introduction__round__month__lt=quarter.next.starts_on,
    )
    places = TrainingPlace.objects.filter(training__network=network, claimed_at__gte=starts, claimed_at__lt=ends)
    people = [
        [author for author, _opened, _answered in needs],
        *(list(rows.values_list("user_id", flat=True)) for rows in (mentorships, introductions, places)),
    ]
    lines = _lines_of(network, {pk for column in people for pk in column})
    delays = [_delay(opened, answered) for _author, opened, answered in needs]
    asked = [Fact(pk, lines[pk], int(delay is not None)) for (pk, *_), delay in zip(needs, delays, strict=True)]
    shown = lines_to_show([Fact(fact.person, fact.lines) for fact in asked])
    answered = _Column(asked, 1, lines_to_show(asked, parts=2, within=shown))
    columns = [_Column(asked, None, shown), answered]
    for found in people[1:]:
        facts = [Fact(pk, lines[pk]) for pk in found]
        columns.append(_Column(facts, None, lines_to_show(facts)))
    known = [delay for delay in delays if delay is not None]
    return UseReport(
        quarter=quarter,
        by_category=_table(columns, 0, {str(one.pk): capfirst(one.plural) for one in ActorCategory.objects.all()}),
        by_region=_table(columns, 1, _regions()),
        delay_days=round(median(known)) if answered.shown else None,
    )


def _delay(opened: datetime | None, answered: datetime | None) -> float | None:
    """Days, when the answer came within a month."""
    if opened is None or answered is None or answered - opened > ANSWERED_WITHIN:
        return None
    return (answered - opened).total_seconds() / 86400


def _table(columns: Sequence[_Column], place: int, labels: dict[str, str]) -> Table:
    """Lines of which something is told, and those of nobody where that tells nothing."""
    used = {fact.lines[place] for column in columns for fact in column.facts}
    rows = [
        Row(label, [column.told(place, line) for column in columns])
        for line, label in [*labels.items(), (UNKNOWN, UNKNOWN)]
        if line in used
    ]
    rows = [row for row in rows if any(cell.number for cell in row.cells)]
    others = Row("", [column.told_together(place) for column in columns])
    return Table(
        rows=rows,
        others=others if any(cell.number is not None for cell in others.cells) else None,
        total=Row("", [column.total for column in columns]),
    )


def _regions() -> dict[str, str]:
    """Régions, and the overseas collectivities, which are in none, by name."""
    kinds = (TerritoryKind.REGION, TerritoryKind.COLLECTIVITY)
    rows = Territory.objects.filter(kind__in=kinds).order_by("name").values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _lines_of(network: Network, user_ids: set[int]) -> dict[int, tuple[str, str]]:
    """The category and the région of each of these people, by the hat that they wear here, members or not any more:
    one line of each for one person."""
    columns = [f"affiliation__territory{way}__{name}" for way in _WAYS for name in ("pk", "kind")]
    rows = Membership.objects.filter(network=network, user__in=user_ids).values_list(
        "user_id", "affiliation__category_id", *columns
    )
    found: dict[int, tuple[str, str]] = defaultdict(lambda: (UNKNOWN, UNKNOWN))
    for user_id, category_id, *chain in rows:
        wide = (TerritoryKind.REGION, TerritoryKind.COLLECTIVITY)
        region = next((pk for pk, kind in zip(chain[::2], chain[1::2], strict=True) if kind in wide), UNKNOWN)
        found[user_id] = (str(category_id), str(region))
    return found
