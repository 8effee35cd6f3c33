"""What an adapter is, and all that it is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

# A meeting may run over: its room stands, and its keys open, so much longer.
MARGIN = timedelta(hours=1)


class ProviderDown(Exception):
    """The provider did not answer, or not as it should. The message says how, and holds no address and no secret."""


@dataclass(frozen=True)
class Meeting:
    """All that a provider learns of a session. `title` is what may be written outside of its circle's pages;
    `back_url` is where people come back to."""

    room: str
    title: str
    ends_at: datetime
    back_url: str


@dataclass(frozen=True)
class Visitor:
    """Somebody who enters: no key, no address, the name alone."""

    name: str
    is_moderator: bool


class VideoAdapter(Protocol):
    """One provider, as it is configured."""

    def make_room(self, meeting: Meeting) -> None:
        """See to it that the room stands. Called again and again: a room that stands is left as it is.

        Raises `ProviderDown`. Runs while a person waits: ten seconds are far too long.
        """

    def join_url(self, meeting: Meeting, visitor: Visitor) -> str:
        """The address that lets this person in, for nobody else; asks nobody."""
