"""Which adapters are configured."""

from collections.abc import Callable

from django.conf import settings

from sessions.enums import VideoProvider
from sessions.video.bigbluebutton import BigBlueButton
from sessions.video.jitsi import Jitsi
from sessions.video.provider import VideoAdapter


def _jitsi() -> VideoAdapter | None:
    if not settings.VIDEO_JITSI_URL:
        return None
    return Jitsi(settings.VIDEO_JITSI_URL, app_id=settings.VIDEO_JITSI_APP_ID, secret=settings.VIDEO_JITSI_SECRET)


def _big_blue_button() -> VideoAdapter | None:
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
