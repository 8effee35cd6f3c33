"""The drawing of a month: who meets whom.

What always holds: people of a meeting are of different territories, speak a common language, share an hour, may meet
(no hierarchical link, nobody kept apart, never twice), and who asked for a meeting of two is in no meeting of three.

Then, in this order: who waits (left out last time) is drawn before others, as many as there is a way to; as many people
as possible are in a meeting; who would rather be three, is. The first two are exact for meetings of two (`couples`);
with three, what remains is that nobody is left out who could simply sit down somewhere, nor who waits while somebody
who does not could make room.

350 people take some 0.03 s, and 2,000 about 2 s at worst (three quarters of them of one territory).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from random import Random

from mentoring.pairing.couples import NOBODY, couple


@dataclass(frozen=True)
class Person:
    """What the drawing knows of somebody. `starts`: the quarters at which they could begin a meeting (`hours`)."""

    key: int
    starts: int
    own: frozenset[str] = frozenset()  # territories that are theirs: their commune, its grouping, their delegation
    within: frozenset[str] = frozenset()  # those, and the wider ones around them
    languages: frozenset[str] = frozenset({"fr"})
    never: frozenset[int] = frozenset()  # whoever they must not meet, or met
    takes_three: bool = False
    waits: bool = False


@dataclass(frozen=True)
class Meeting:
    """Two or three people (keys, in order), and the quarters at which all of them could begin."""

    people: tuple[int, ...]
    starts: int


@dataclass(frozen=True)
class Drawing:
    meetings: tuple[Meeting, ...] = ()
    left_out: tuple[int, ...] = ()


def may_meet(one: Person, other: Person) -> bool:
    """Whether the two may be in a meeting; the same both ways. Of a territory that is not known, everyone is from
    elsewhere."""
    return bool(
        one.starts & other.starts
        and one.key != other.key
        and one.languages & other.languages
        and other.key not in one.never
        and one.key not in other.never
        and not one.own & other.within
        and not other.own & one.within
    )


def rank_of(one: Person) -> int:
    """0 counts most. Who takes two only comes before who has a second chance at a table of two."""
    return 2 * (not one.waits) + one.takes_three


def draw(people: Collection[Person], seed: int) -> Drawing:
    """The meetings of these people, each at most once. The order in which they come changes nothing."""
    ordered = sorted(people, key=lambda one: one.key)
    Random(seed).shuffle(ordered)  # noqa: S311 (foretelling a meeting of peers gains nothing)
    ordered.sort(key=rank_of)
    room = _Room(ordered)
    room.fill()
    keys = [one.key for one in ordered]
    meetings = [Meeting(tuple(sorted(keys[one] for one in table)), room.shared_starts(table)) for table in room.tables]
    return Drawing(
        tuple(sorted(meetings, key=lambda one: one.people)), tuple(sorted(keys[one] for one in room.standing))
    )


@dataclass
class _Room:
    """Tables of two or three, and those who stand. People are numbers: their place in the order of who counts most."""

    people: list[Person]
    adjacent: list[int] = field(init=False)
    tables: list[list[int]] = field(init=False)
    standing: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.adjacent = [0] * len(self.people)
        for number, one in enumerate(self.people):
            starts = one.starts
            for before in range(number):
                other = self.people[before]
                if starts & other.starts and may_meet(one, other):
                    self.adjacent[number] |= 1 << before
                    self.adjacent[before] |= 1 << number

    def fill(self) -> None:
        mates = couple(self.adjacent, [rank_of(one) for one in self.people])
        self.tables = [[one, mate] for one, mate in enumerate(mates) if one < mate]
        self.standing = [one for one, mate in enumerate(mates) if mate == NOBODY]
        while any(self._seat(one) or self._make_room(one) or self._give_way(one) for one in self.standing):
            pass
        self._make_threes()

    def shared_starts(self, table: Collection[int]) -> int:
        starts = ~0
        for one in table:
            starts &= self.people[one].starts
        return starts

    def _may_sit(self, table: list[int], one: int) -> bool:
        """Whether this person may join a table that stands."""
        near = self.adjacent[one]
        if len(table) > 2 or not all(near >> other & 1 for other in table):
            return False
        if len(table) < 2:
            return True
        three = [self.people[number] for number in (*table, one)]
        return (
            all(person.takes_three for person in three)
            and bool(three[0].languages & three[1].languages & three[2].languages)
            and bool(self.shared_starts([*table, one]))
        )

    def _hosts(self, one: int, *but: list[int]) -> Iterator[list[int]]:
        """Tables of two that would take this person."""
        if self.people[one].takes_three:
            near = self.adjacent[one]
            for table in self.tables:
                if near >> table[0] & 1 and len(table) == 2 and self._may_sit(table, one) and table not in but:
                    yield table

    def _seat(self, one: int) -> bool:
        """Sit down with two who wish to be three."""
        host = next(self._hosts(one), None)
        if host is None:
            return False
        host.append(one)
        self.standing.remove(one)
        return True

    def _make_room(self, one: int) -> bool:
        """Take the place of somebody who sits down with two others."""
        for table in self.tables:
            if len(table) != 2:
                continue
            for leaver, stayer in (table, table[::-1]):
                if self.adjacent[one] >> stayer & 1 and (host := next(self._hosts(leaver, table), None)):
                    host.append(leaver)
                    table[:] = [stayer, one]
                    self.standing.remove(one)
                    return True
        return False

    def _give_way(self, one: int) -> bool:
        """Who waits takes the place of somebody who does not."""
        if not self.people[one].waits:
            return False
        for table in self.tables:
            for leaver in table:
                rest = [other for other in table if other != leaver]
                if not self.people[leaver].waits and self._may_sit(rest, one):
                    table[:] = [*rest, one]
                    self.standing[self.standing.index(one)] = leaver
                    return True
        return False

    def _make_threes(self) -> None:
        """Of three tables of people who would rather be three, make two."""
        for table in list(self.tables):
            if len(table) != 2 or not all(self.people[one].takes_three for one in table):
                continue
            one, other = table
            for host in self._hosts(one, table):
                second = next(self._hosts(other, table, host), None)
                if second is not None:
                    host.append(one)
                    second.append(other)
                    self.tables.remove(table)
                    break
