"""Rooms of a Jitsi Meet server. A room is there as soon as somebody enters it: whoever knows its name does, unless the
server asks for a token of ours (JWT)."""

import json
from urllib.parse import quote, urlencode, urlsplit

from django.utils import timezone

from sessions.video.fetching import fetch
from sessions.video.provider import MARGIN, Meeting, ProviderDown, Visitor
from sessions.video.tokens import signed_token

# Two clocks never quite agree.
SKEW_SECONDS = 60


class Jitsi:
    def __init__(self, url: str, *, app_id: str, secret: str) -> None:
        """With an empty secret, no token: the server lets everyone in who knows the name of a room."""
        self._url, self._app_id, self._secret = url.rstrip("/"), app_id, secret

    def make_room(self, meeting: Meeting) -> None:
        """A server that answers has every room."""
        answer = fetch(f"{self._url}/", method="HEAD")
        if answer.status >= 500:
            raise ProviderDown(f"status {answer.status}")

    def join_url(self, meeting: Meeting, visitor: Visitor) -> str:
        """What follows the # is read by the browser alone: the server sees neither name nor title there."""
        told = {"userInfo.displayName": visitor.name, "config.localSubject": meeting.title}
        fragment = "&".join(
            f"{key}={quote(json.dumps(words, ensure_ascii=False), safe='')}" for key, words in told.items()
        )
        query = f"?{urlencode({'jwt': self._token(meeting, visitor)})}" if self._secret else ""
        return f"{self._url}/{meeting.room}{query}#{fragment}"

    def _token(self, meeting: Meeting, visitor: Visitor) -> str:
        """Facts of a user must be texts: Prosody refuses a token with anything else there."""
        moderates = visitor.is_moderator
        user = {
            "name": visitor.name,
            "moderator": "true" if moderates else "false",
            "affiliation": "owner" if moderates else "member",
        }
        claims = {
            "aud": "jitsi",
            "iss": self._app_id,
            "sub": urlsplit(self._url).hostname,
            "room": meeting.room,
            "nbf": int(timezone.now().timestamp()) - SKEW_SECONDS,
            "exp": int((meeting.ends_at + MARGIN).timestamp()),
            "context": {"user": user},
        }
        return signed_token(claims, self._secret)
