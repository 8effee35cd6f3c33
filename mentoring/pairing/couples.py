"""As many couples as a graph allows, and those who count most first.

Edmonds' search of augmenting paths, from each vertex in the order of its rank. Sets of vertices that can be covered
together are a matroid: taking each vertex that can be had besides those before it covers, of every rank and those above
it, as many as any coupling does, and as many in all. A vertex that reaches nobody free may take the place of one of a
lesser rank.
"""

from dataclasses import dataclass, field

from mentoring.pairing.hours import each

NOBODY = -1


def couple(adjacent: list[int], ranks: list[int]) -> list[int]:
    """For each vertex, its partner or `NOBODY`. `adjacent[v]` holds the neighbours of v as bits, both ways; `ranks`
    never fall from one vertex to the next, and the lowest counts most."""
    graph = _Graph(adjacent, ranks)
    for vertex in range(len(adjacent)):
        if graph.free >> vertex & 1:
            _Search(graph, vertex).run()
    return graph.mates


@dataclass
class _Graph:
    adjacent: list[int]
    ranks: list[int]
    mates: list[int] = field(init=False)
    free: int = field(init=False)
    # Trees that were searched in vain, and hold nobody of a lesser rank: no later path through them helps.
    dead: int = 0

    def __post_init__(self) -> None:
        self.mates = [NOBODY] * len(self.adjacent)
        self.free = (1 << len(self.adjacent)) - 1


@dataclass
class _Search:
    """One alternating tree. A vertex is *outer* at an even distance of the root; an odd cycle of the tree is shrunk to
    its base, and all of it becomes outer."""

    graph: _Graph
    root: int
    # Of a vertex, the outer one that it was reached from.
    parent: dict[int, int] = field(default_factory=dict)
    # Of what was shrunk, one that is nearer to its base; and of a base, all that was shrunk to it, as bits.
    towards: dict[int, int] = field(default_factory=dict)
    shrunk: dict[int, int] = field(default_factory=dict)
    outer: int = 0
    inner: int = 0
    queue: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Cover the root, by someone free or in the place of somebody of a lesser rank; or leave it alone."""
        graph = self.graph
        self._add_outer(self.root)
        others = graph.free & ~graph.dead & ~(1 << self.root)
        for vertex in self.queue:
            if reached := graph.adjacent[vertex] & others:
                free = _lowest(reached)
                self.parent[free] = vertex
                graph.free &= ~(1 << free | 1 << self.root)
                self._flip(free)
                return
            self._grow(vertex)
        least = self.outer.bit_length() - 1
        if graph.ranks[least] == graph.ranks[self.root]:
            graph.dead |= self.outer | self.inner
            return
        partner = graph.mates[least]
        graph.mates[least] = NOBODY
        graph.free ^= 1 << least | 1 << self.root
        self._flip(partner)

    def _add_outer(self, vertex: int) -> None:
        self.outer |= 1 << vertex
        self.inner &= ~(1 << vertex)
        self.queue.append(vertex)

    def _grow(self, vertex: int) -> None:
        """Follow every edge of an outer vertex, none of which leads to somebody free."""
        edges = self.graph.adjacent[vertex] & ~self.graph.dead
        while left := edges & ~self.inner & ~self.shrunk.get(base := self._base(vertex), 1 << base):
            other = _lowest(left)
            if self.outer >> other & 1:
                self._shrink(vertex, other)
                continue
            self.parent[other] = vertex
            self.inner |= 1 << other
            self._add_outer(self.graph.mates[other])

    def _flip(self, end: int) -> None:
        """Along the path from `end` back to the root, couple what was not, and the other way round."""
        mates = self.graph.mates
        while end != NOBODY:
            before = self.parent[end]
            following = mates[before]
            mates[before], mates[end] = end, before
            end = following

    def _base(self, vertex: int) -> int:
        path = []
        while vertex in self.towards:
            path.append(vertex)
            vertex = self.towards[vertex]
        for one in path:
            self.towards[one] = vertex
        return vertex

    def _shrink(self, one: int, other: int) -> None:
        """Two outer vertices touch: the cycle that they close is one vertex from now on."""
        base = self._meeting_point(one, other)
        bases = {base}
        self._mark(one, base, other, bases)
        self._mark(other, base, one, bases)
        together = 0
        for part in bases:
            together |= self.shrunk.pop(part, 1 << part)
            if part != base:
                self.towards[part] = base
        self.shrunk[base] = together
        for vertex in each(together & ~self.outer):
            self._add_outer(vertex)

    def _mark(self, vertex: int, base: int, child: int, bases: set[int]) -> None:
        while self._base(vertex) != base:
            mate = self.graph.mates[vertex]
            bases |= {self._base(vertex), self._base(mate)}
            self.parent[vertex] = child
            child, vertex = mate, self.parent[mate]

    def _meeting_point(self, one: int, other: int) -> int:
        """The base, nearest to both, through which their paths to the root go."""
        path, one = set(), self._base(one)
        while one not in path:
            path.add(one)
            if self.graph.mates[one] != NOBODY:
                one = self._base(self.parent[self.graph.mates[one]])
        other = self._base(other)
        while other not in path:
            other = self._base(self.parent[self.graph.mates[other]])
        return other


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
