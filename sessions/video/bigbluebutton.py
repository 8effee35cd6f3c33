"""Rooms of a BigBlueButton server, by its signed API (https://docs.bigbluebutton.org/development/api)."""

import hashlib
from datetime import timedelta
from math import ceil
from urllib.parse import urlencode
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from django.utils import timezone

from sessions.video.fetching import fetch
from sessions.video.provider import MARGIN, Meeting, ProviderDown, Visitor

# « A meeting with that key exists »: what servers before 2.7 say of a second `create`. The key is ours: it stands.
STANDS_ALREADY = "idNotUnique"
LONGEST_NAME = 64


class BigBlueButton:
    def __init__(self, url: str, *, secret: str) -> None:
        """`url` and `secret` as `bbb-conf --secret` prints them."""
        self._api, self._secret = f"{url.rstrip('/').removesuffix('/api')}/api", secret

    def make_room(self, meeting: Meeting) -> None:
        """Nothing is recorded; the room stands while it is empty, until its duration is over."""
        minutes = (meeting.ends_at + MARGIN - timezone.now()) / timedelta(minutes=1)
        facts: dict[str, str | int] = {
            "meetingID": meeting.room,
            "name": meeting.title[:LONGEST_NAME],
            "duration": max(1, ceil(minutes)),
            "meetingExpireWhenLastUserLeftInMinutes": 0,
            "record": "false",
            "allowStartStopRecording": "false",
            "logoutURL": meeting.back_url,
        }
        answer = fetch(self._address("create", facts))
        if answer.status != 200:
            raise ProviderDown(f"status {answer.status}")
        said = facts_of(answer.body)
        if said.get("returncode") != "SUCCESS" and said.get("messageKey") != STANDS_ALREADY:
            raise ProviderDown(_key(said.get("messageKey", "")) or "refused")

    def join_url(self, meeting: Meeting, visitor: Visitor) -> str:
        role = "MODERATOR" if visitor.is_moderator else "VIEWER"
        return self._address("join", {"meetingID": meeting.room, "fullName": visitor.name, "role": role})

    def _address(self, call: str, facts: dict[str, str | int]) -> str:
        query = urlencode(facts)
        checksum = hashlib.sha256(f"{call}{query}{self._secret}".encode()).hexdigest()
        return f"{self._api}/{call}?{query}&checksum={checksum}"


def facts_of(body: bytes) -> dict[str, str]:
    """The texts right under `<response>`, by name. Raises `ProviderDown` for what is not that, and for any document
    type: without one there are no entities, which is all that XML can harm with."""
    facts: dict[str, str] = {}
    path: list[str] = []

    def opens(name: str, _attributes: dict[str, str]) -> None:
        path.append(name)
        if path[0] != "response":
            raise ProviderDown("not its answer")

    def says(words: str) -> None:
        if len(path) == 2:
            facts[path[1]] = facts.get(path[1], "") + words

    def refuse(*_declared: object) -> None:
        raise ProviderDown("not its answer")

    parser: XMLParserType = ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = opens, says
    parser.EndElementHandler = lambda _name: path.pop()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except ExpatError:
        raise ProviderDown("not its answer") from None
    return {name: words.strip() for name, words in facts.items()}


def _key(words: str) -> str:
    """What a log may hold of an answer: a short word."""
    return words if words.isascii() and words.isalnum() and len(words) <= 40 else ""
