"""What an adapter is, and which are configured."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings

from sessions.enums import VideoProvider

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


def _jitsi() -> VideoAdapter | None:
    from sessions.video.jitsi import Jitsi  # noqa: PLC0415 - an adapter builds on this module

    if not settings.VIDEO_JITSI_URL:
        return None
    return Jitsi(settings.VIDEO_JITSI_URL, app_id=settings.VIDEO_JITSI_APP_ID, secret=settings.VIDEO_JITSI_SECRET)


def _big_blue_button() -> VideoAdapter | None:
    from sessions.video.bigbluebutton import BigBlueButton  # noqa: PLC0415 - an adapter builds on this module

    if not (settings.VIDEO_BBB_URL and settings.VIDEO_BBB_SECRET):
        return None
    return BigBlueButton(settings.VIDEO_BBB_URL, secret=settings.VIDEO_BBB_SECRET)


# provider -> its adapter, or None while it is not configured. A new provider is a line here and a value of the enum.
ADAPTERS: dict[str, Callable[[], VideoAdapter | None]] = {
    VideoProvider.JITSI: _jitsi,
    VideoProvider.BIG_BLUE_BUTTON: _big_blue_button,
}


def adapter_for(provider: str) -> VideoAdapter | None:
    """None for a link given beforehand, and for what is not configured here (any more)."""
    make = ADAPTERS.get(provider)
    return make() if make else None


def configured_providers() -> list[VideoProvider]:
    """Those that can make rooms here, in the order of the enum."""
    return [one for one in VideoProvider if adapter_for(one) is not None]
