"""Reading an update before it is believed: what it holds, from whom, and whether it is text and nothing else.

The format is the first version of Yjs: for each writer the clock of its first struct and its structs, then what was
deleted. A clock counts units of UTF-16, as a browser does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

# An update that says more than this at once is no person typing; the rest of the arithmetic stays far from 2^31.
MAX_UNITS = 1_000_000
MAX_CLOCK = 2**30

_GC, _DELETED, _STRING, _SKIP = 0, 1, 4, 10
_ORIGIN, _RIGHT, _SUB = 0x80, 0x40, 0x20
_ORDINARY_REFS = 0x1F


class BadUpdate(ValueError):
    """Not an update, or one that holds something else than the text of known sections."""


Id = tuple[int, int]


@dataclass(frozen=True)
class Struct:
    """A run of one writer from `clock` on; `text` is None for what was deleted already."""

    client: int
    clock: int
    length: int
    text: str | None = None
    origin: Id | None = None
    right: Id | None = None
    root: str | None = None

    @property
    def end(self) -> int:
        return self.clock + self.length


@dataclass(frozen=True)
class Deletion:
    client: int
    clock: int
    length: int

    @property
    def end(self) -> int:
        return self.clock + self.length


@dataclass
class Update:
    structs: list[Struct] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)

    @property
    def clients(self) -> set[int]:
        """Who wrote; whoever deletes needs no number."""
        return {struct.client for struct in self.structs}

    @property
    def roots(self) -> set[str]:
        return {struct.root for struct in self.structs if struct.root is not None}

    @property
    def needs(self) -> dict[int, int]:
        """The clock that each writer must have reached once everything in here has found its place."""
        reached: dict[int, int] = {}
        ends = [(one.client, one.end) for one in self.structs] + [(one.client, one.end) for one in self.deletions]
        for client, end in ends:
            reached[client] = max(reached.get(client, 0), end)
        return reached

    @property
    def anchors(self) -> Iterator[Id]:
        """Before which units this cuts: (writer, clock)."""
        for struct in self.structs:
            if struct.origin:
                yield struct.origin[0], struct.origin[1] + 1
            if struct.right:
                yield struct.right
        for deletion in self.deletions:
            yield deletion.client, deletion.clock
            yield deletion.client, deletion.end


def units(text: str) -> int:
    """How long a browser says that it is."""
    return len(text.encode("utf-16-le")) // 2


def read_update(update: bytes) -> Update:
    """Raises `BadUpdate` for anything but text: embedded things, formats, attributes, nested types, holes."""
    reader = _Reader(update)
    try:
        found = _read(reader)
    except (IndexError, UnicodeDecodeError) as error:
        raise BadUpdate("cut short or garbled") from error
    if not reader.is_done:
        raise BadUpdate("something follows")
    return found


def read_clocks(vector: bytes) -> dict[int, int]:
    """A state vector: how far each writer's structs go."""
    reader = _Reader(vector)
    return {reader.number(): reader.number() for _ in range(reader.number())}


def splits_a_pair(known: Update, change: Update) -> bool:
    """Whether a change cuts through a letter that takes two units: browsers and server would not agree on the rest."""
    anchors: dict[int, set[int]] = {}
    for client, clock in change.anchors:
        anchors.setdefault(client, set()).add(clock)
    return any(
        _cuts(struct.text, {clock - struct.clock for clock in anchors[struct.client]})
        for one in (known, change)
        for struct in one.structs
        if struct.text is not None and struct.client in anchors
    )


def _cuts(text: str, places: set[int]) -> bool:
    encoded = text.encode("utf-16-le")
    return any(0xDC <= encoded[2 * place + 1] <= 0xDF for place in places if 0 < 2 * place < len(encoded))


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._data)

    def byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 49:
                raise BadUpdate("a number too long")
        if value >= 2**53:
            raise BadUpdate("a number too long")
        return value

    def text(self) -> str:
        size = self.number()
        if size > len(self._data) - self._at:
            raise BadUpdate("cut short")
        value = self._data[self._at : self._at + size].decode()
        self._at += size
        return value

    def id(self) -> Id:
        return self.number(), self.number()


def _read(reader: _Reader) -> Update:
    found = Update()
    clients: set[int] = set()
    for _ in range(reader.number()):
        count, client, clock = reader.number(), reader.number(), reader.number()
        if client in clients or not count:
            raise BadUpdate("a writer twice, or who wrote nothing")
        clients.add(client)
        for _ in range(count):
            struct = _struct(reader, client, clock)
            found.structs.append(struct)
            clock = struct.end
            _bound(struct.length, clock)
    for _ in range(reader.number()):
        client = reader.number()
        for _ in range(reader.number()):
            deletion = Deletion(client, reader.number(), reader.number())
            found.deletions.append(deletion)
            _bound(deletion.length, deletion.end)
    return found


def _bound(length: int, end: int) -> None:
    if not 0 < length <= MAX_UNITS or end > MAX_CLOCK:
        raise BadUpdate("a length of nothing, or out of all proportion")


def _struct(reader: _Reader, client: int, clock: int) -> Struct:
    info = reader.byte()
    if info == _GC:
        return Struct(client, clock, reader.number())
    kind = info & _ORDINARY_REFS
    if kind not in {_DELETED, _STRING} or info & _SUB:
        raise BadUpdate("something else than text")
    origin = reader.id() if info & _ORIGIN else None
    right = reader.id() if info & _RIGHT else None
    root = None
    if origin is None and right is None:
        if reader.number() != 1:
            raise BadUpdate("a text within something else")
        root = reader.text()
    if kind == _DELETED:
        return Struct(client, clock, reader.number(), None, origin, right, root)
    text = reader.text()
    if "\r" in text or "\0" in text:
        raise BadUpdate("what no field gives back as it was")
    return Struct(client, clock, units(text), text, origin, right, root)
