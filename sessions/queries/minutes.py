"""Reads of the minutes of a session that the person sees: callers come from `session_for`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sessions.minutes.document import MinutesDocument
from sessions.minutes.template import Section, as_read, sections_for
from sessions.models import Minutes, PeerSession
from sessions.step_templates import in_own_language

# A page that missed more than this is sent the whole instead.
MOST_UPDATES = 200
WRITERS = 5
# Of those who wrote, the latest are looked for among so many changes.
RECENT = 500


def minutes_of(session: PeerSession) -> Minutes | None:
    found = Minutes.objects.filter(session=session).select_related("published_by").first()
    if found is not None:
        found.session = session
    return found


def sections_of(session: PeerSession, minutes: Minutes | None) -> list[Section]:
    """Those that were kept with the first words; until then those of the steps as they stand."""
    if minutes is not None:
        return as_read(minutes.sections)
    return sections_for(in_own_language(title) for title in session.steps.values_list("title", flat=True))


def texts_of(sections: Sequence[Section], minutes: Minutes | None) -> dict[str, str]:
    state = bytes(minutes.state) if minutes is not None else b""
    return MinutesDocument([one.key for one in sections], state).texts


def last_number(session_pk: int) -> int:
    """Of the changes of a session's minutes; 0 before the first."""
    return Minutes.objects.filter(session=session_pk).values_list("number", flat=True).first() or 0


class GoneBase(LookupError):
    """The document as it was then cannot be made any more: its changes were merged since."""


def document_at(minutes: Minutes, number: int, *, client: int) -> MinutesDocument:
    """The document as it was after so many changes; raises `GoneBase`."""
    keys = [one["key"] for one in minutes.sections]
    if number == minutes.number:
        return MinutesDocument(keys, bytes(minutes.state), client=client)
    if number > minutes.number:
        raise GoneBase
    rows = minutes.updates.filter(number__lte=number).order_by("number").values_list("number", "update")
    found = [(one, bytes(update)) for one, update in rows]
    # A merged change stands for all before it.
    first = next((one for one, update in found if update), 0)
    missing = set(range(1, number + 1)) - {one for one, _update in found}
    if missing and max(missing) > first:
        raise GoneBase
    document = MinutesDocument(keys, client=client)
    document.replay(update for _one, update in found if update)
    return document


@dataclass(frozen=True)
class Missed:
    """What a page that knows the changes up to a number lacks: these, or when they are many the whole."""

    number: int
    updates: list[bytes]
    state: bytes | None


def missed_since(minutes: Minutes | None, after: int) -> Missed:
    if minutes is None:
        return Missed(0, [], None)
    rows = minutes.updates.filter(number__gt=after).order_by("number").values_list("update", flat=True)
    updates = [bytes(update) for update in rows[: MOST_UPDATES + 1]]
    state = bytes(minutes.state)
    if len(updates) > MOST_UPDATES or sum(map(len, updates)) > len(state):
        return Missed(minutes.number, [], state)
    return Missed(minutes.number, [update for update in updates if update], None)


@dataclass(frozen=True)
class Writer:
    name: str
    at: datetime


def recent_writers(minutes: Minutes | None) -> list[Writer]:
    """Who wrote last, the latest first."""
    if minutes is None:
        return []
    recent = minutes.updates.filter(number__gt=minutes.number - RECENT, author__isnull=False)
    said = recent.exclude(update=b"").order_by("author", "-number").distinct("author")
    rows = sorted(said.select_related("author"), key=lambda one: one.number, reverse=True)
    return [Writer(one.author.full_name, one.written_at) for one in rows[:WRITERS] if one.author]


def last_reopening(minutes: Minutes | None) -> Writer | None:
    """Who reopened what was published, of minutes that are open: the last change without content."""
    if minutes is None or minutes.published_at is not None:
        return None
    row = minutes.updates.filter(update=b"").select_related("author").order_by("-number").first()
    return Writer(row.author.full_name, row.written_at) if row and row.author else None
