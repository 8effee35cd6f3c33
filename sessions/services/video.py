"""The way into a session by video: a link given beforehand, or a room that its provider makes when people come."""

import logging
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from peerhub.people.errors import Refused, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.people.verdicts import Denied
from sessions.enums import VideoProvider
from sessions.models import PeerSession, VideoRoom
from sessions.policies.around import can_facilitate
from sessions.policies.sessions import TOO_EARLY, can_join_video
from sessions.queries.around import charter_to_accept
from sessions.queries.sessions import registration_of
from sessions.video.adapters import adapter_for
from sessions.video.provider import Meeting, ProviderDown, VideoAdapter, Visitor

logger = logging.getLogger(__name__)

# What a provider said is believed so long: all who come in one minute cost it one question.
STANDS_FOR = timedelta(minutes=1)
# And a provider that is down is left in peace so long: each question holds up whoever waits.
RESTS_FOR = timedelta(seconds=20)
NAME_LENGTH = 32


class TooEarly(Refused):
    """The room will be open to this person, and is not yet."""


@dataclass(frozen=True)
class WayIn:
    """Where a person goes. Of a room that does not answer, `url` is the fallback that the session has, or empty."""

    url: str
    is_room_down: bool = False


def way_in(*, user: User, session: PeerSession) -> WayIn:
    """Let somebody into a session that the person sees; makes its room when there is none yet.

    Raises `TooEarly`, or `Refused` with another sentence: not registered, too late, charter to accept. Not to be called
    in a transaction: it asks a server, for five seconds at most.
    """
    membership, registration = membership_for(user, session.network), registration_of(user, session)
    is_facilitator = bool(can_facilitate(user, membership, session))
    must_promise = charter_to_accept(user, session, registration) is not None
    verdict = can_join_video(
        session, registration, membership, is_facilitator=is_facilitator, must_promise=must_promise
    )
    if isinstance(verdict, Denied) and verdict.reason is TOO_EARLY:
        raise TooEarly(TOO_EARLY)
    require(verdict)
    if session.video_provider == VideoProvider.LINK:
        return WayIn(session.video_url)
    adapter = adapter_for(session.video_provider)
    name = _standing_room(session, adapter) if adapter else None
    if adapter is None or name is None:
        return WayIn(session.video_url, is_room_down=True)
    visitor = Visitor(name=user.full_name or _("Participant·e"), is_moderator=is_facilitator)
    return WayIn(adapter.join_url(_meeting(session, name), visitor))


def new_room_name() -> str:
    """150 bits of chance, in letters alone: nothing of the session is in it, and every provider takes it."""
    return "".join(secrets.choice(string.ascii_lowercase) for _number in range(NAME_LENGTH))


def change_room(session: PeerSession) -> None:
    """From now on, a room of another name: whoever kept the address of the one before finds nobody there."""
    VideoRoom.objects.filter(session=session).update(name=new_room_name(), made_at=None, failed_at=None)


def _standing_room(session: PeerSession, adapter: VideoAdapter) -> str | None:
    """The name of the session's one room, which its provider makes when it must; None when it does not answer.

    The room's row is held while the provider is asked: who comes meanwhile waits for that answer, and asks nothing.
    """
    known = VideoRoom.objects.filter(session=session, provider=session.video_provider).first()
    if known is not None and _stands(known, timezone.now()):
        return known.name
    with transaction.atomic():
        room, now = _held_room(session), timezone.now()
        if _stands(room, now):
            return room.name
        if room.failed_at is not None and now - room.failed_at < RESTS_FOR:
            return None
        try:
            adapter.make_room(_meeting(session, room.name))
        except ProviderDown as down:
            logger.warning("video.provider_down", extra={"provider": room.provider, "reason": str(down)})
            VideoRoom.objects.filter(pk=room.pk).update(failed_at=timezone.now())
            return None
        VideoRoom.objects.filter(pk=room.pk).update(made_at=timezone.now(), failed_at=None)
        return room.name


def _held_room(session: PeerSession) -> VideoRoom:
    """The row, held; of another provider than the session now has, it begins anew."""
    fresh = {"provider": session.video_provider, "name": new_room_name()}
    VideoRoom.objects.get_or_create(session=session, defaults=fresh)
    room = VideoRoom.objects.select_for_update(no_key=True).get(session=session)
    if room.provider != session.video_provider:
        for field, value in {**fresh, "made_at": None, "failed_at": None}.items():
            setattr(room, field, value)
        room.save()
    return room


def _stands(room: VideoRoom, now: datetime) -> bool:
    return room.made_at is not None and now - room.made_at < STANDS_FOR


def _meeting(session: PeerSession, name: str) -> Meeting:
    """In one language, whoever comes first: for its provider, another title would be another meeting."""
    with translation.override(settings.LANGUAGE_CODE):
        title = str(session.public_title)
    return Meeting(name, title, session.ends_at, f"{settings.PUBLIC_URL}{session.get_absolute_url()}")
