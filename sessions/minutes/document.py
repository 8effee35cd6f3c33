"""One document: its sections read, changed and merged; everything that comes from outside is judged here first."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence

from pycrdt import Doc, Text

from forums.difference import difference
from sessions.minutes.updates import BadUpdate, Update, read_clocks, read_update, splits_a_pair

MAX_UPDATE_BYTES = 200_000
MAX_STATE_BYTES = 1_000_000
# What one text may hold everywhere: a section is rendered as one.
MAX_SECTION_CHARACTERS = 40_000
MAX_CHARACTERS = 200_000

_PAIR = re.compile("[\U00010000-\U0010ffff]")

# A browser draws its number among 2^30 of its person's own; JavaScript counts to 2^53.
TAB_BITS = 30
WRITERS = 2**22


class TooLong(BadUpdate):
    """What the document would become cannot be kept."""


class MissingPast(BadUpdate):
    """It continues something that is not here: its sender must begin again from what is."""


def writer_of(user_id: int) -> int:
    """What the numbers of all browsers of a person begin with: nobody writes under another's, where clocks that are
    taken already would swallow what that person types next."""
    return user_id % WRITERS


def client_of(user_id: int) -> int:
    return (writer_of(user_id) << TAB_BITS) | secrets.randbits(TAB_BITS)


class MinutesDocument:
    """The shared texts of these sections, from their state. `client` is needed by whoever calls `rewrite`."""

    def __init__(self, keys: Sequence[str], state: bytes = b"", *, client: int | None = None) -> None:
        self._keys = tuple(keys)
        self._doc: Doc[Text] = Doc(client_id=client)
        self._texts = {key: self._doc.get(key, type=Text) for key in self._keys}
        if state:
            self._doc.apply_update(state)

    @property
    def state(self) -> bytes:
        return self._doc.get_update()

    @property
    def texts(self) -> dict[str, str]:
        return {key: str(text) for key, text in self._texts.items()}

    def replay(self, updates: Iterable[bytes]) -> None:
        """Updates that were merged once already."""
        for update in updates:
            self._doc.apply_update(update)

    def merge(self, update: bytes, *, writer: int) -> None:
        """Take in what this writer's browser sent. Raises `BadUpdate`, after which this document is to be thrown
        away: what is kept is the state of before."""
        if len(update) > MAX_UPDATE_BYTES:
            raise TooLong("an update too long")
        change = read_update(update)
        self._judge(change, writer)
        try:
            self._doc.apply_update(update)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the library beneath is no Exception
            raise BadUpdate("it cannot be applied") from error
        clocks = read_clocks(self._doc.get_state())
        if any(clocks.get(client, 0) < end for client, end in change.needs.items()):
            raise MissingPast("it continues what is not here")
        self._measure()

    def rewrite(self, texts: Mapping[str, str]) -> bytes:
        """Make the sections read so, by the smallest changes of words; returns these as an update, or nothing."""
        before = self._doc.get_state()
        now = self.texts
        with self._doc.transaction():
            for key, wanted in texts.items():
                if wanted != now[key]:
                    _rewrite(self._texts[key], now[key], wanted)
        if self.texts == now:
            return b""
        return self._doc.get_update(before)

    def _judge(self, change: Update, writer: int) -> None:
        if not change.structs and not change.deletions:
            raise BadUpdate("nothing changes")
        if any(client >> TAB_BITS != writer for client in change.clients):
            raise BadUpdate("written under another's number")
        if not change.roots <= set(self._keys):
            raise BadUpdate("an unknown section")
        if self._has_pairs() or any(_has_pair(struct.text or "") for struct in change.structs):
            state = self.state
            if splits_a_pair(read_update(state), change):
                raise BadUpdate("a letter cut in two")

    def _has_pairs(self) -> bool:
        return any(_has_pair(text) for text in self.texts.values())

    def _measure(self) -> None:
        sizes = [len(text) for text in self.texts.values()]
        if max(sizes) > MAX_SECTION_CHARACTERS or sum(sizes) > MAX_CHARACTERS:
            raise TooLong("a text too long")
        if len(self.state) > MAX_STATE_BYTES:
            raise TooLong("a document too long")


def _has_pair(text: str) -> bool:
    return _PAIR.search(text) is not None


def _rewrite(shared: Text, before: str, after: str) -> None:
    """Positions are counted in bytes, as the library does."""
    at = 0
    for piece in difference(before, after):
        size = len(piece.text.encode())
        if piece.kind == "removed":
            del shared[at : at + size]
            continue
        if piece.kind == "added":
            shared.insert(at, piece.text)
        at += size
