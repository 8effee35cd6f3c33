"""The HTML of what changes under the eyes of those who look, the same for the page and for the live frames; and of
the sessions in lists, which each process keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from peerhub.live.frames import languages
from peerhub.text.markdown import render
from peerhub.ui.components.shapes import seats
from sessions.models import PeerSession
from sessions.queries.conclusions import Envelope
from sessions.services.sealing import flaws_of_content, link_of, stamp_of

_MAX_KEPT = 4000
_kept: dict[tuple[Any, ...], SafeString] = {}


def seats_in_each_language(taken: int, capacity: int | None, category: str) -> dict[str, SafeString]:
    """The seats, by language; nothing in them is about one viewer."""
    fragments = {}
    for language in languages():
        with translation.override(language):
            fragments[language] = seats(taken=taken, capacity=capacity, category=category)
    return fragments


def poll_counts_in_each_language(address: str, silent: int, asked: int) -> dict[str, SafeString]:
    """How many have still to answer a poll, for those who run it; nothing in it is about one viewer."""
    fragments = {}
    facts = {"address": address, "silent_count": silent, "asked_count": asked}
    for language in languages():
        with translation.override(language):
            fragments[language] = render_to_string("sessions/_poll_counts.html", facts)
    return fragments


def line_html(session: PeerSession, network_name: str = "") -> SafeString:
    """A session of a list: read with its circle and `is_mine`; its network is named where several meet."""
    return _once("sessions/_session_line.html", session, network_name)


def _once(template: str, session: PeerSession, network_name: str) -> SafeString:
    """Written from these facts alone (and the language, the zone and the year that are the reader's): what was
    rendered once for them is kept, and no staleness is possible."""
    circle = session.circle
    facts = (
        *(template, translation.get_language(), timezone.get_current_timezone_name(), timezone.localdate().year),
        *(session.pk, session.title, session.format, session.place, session.meets_by_video, session.state),
        *(session.starts_at, session.ends_at, session.registered_count, session.held_count, session.capacity),
        *(getattr(session, "is_mine", False), circle.kind, str(circle.label), circle.is_confidential),
        *(session.category_slug, network_name),
    )
    html = _kept.get(facts)
    if html is None:
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        html = _kept[facts] = render_to_string(template, {"session": session, "network_name": network_name})
    return html


@dataclass(frozen=True)
class OpenedEnvelope:
    """An envelope as it is read: written out from the very text that was sealed, which is verified here and now."""

    envelope: Envelope
    html: str
    is_intact: bool

    @property
    def stamp(self) -> str:
        """The instant of the seal, as it stands in the chain."""
        return stamp_of(self.envelope.conclusion.seal.sealed_at)


def opened_envelopes(envelopes: Iterable[Envelope]) -> list[OpenedEnvelope]:
    return [
        OpenedEnvelope(one, _written_out(one.conclusion.body), not list(flaws_of_content(link_of(one.conclusion.seal))))
        for one in envelopes
    ]


@lru_cache(maxsize=64)
def _written_out(body: str) -> str:
    return render(body, names={}, groups={}).html


def envelopes_in_each_language(agora: PeerSession, envelopes: Iterable[Envelope]) -> dict[str, SafeString]:
    """The opened envelopes of an agora, by language; nothing in them is about one viewer."""
    opened = opened_envelopes(envelopes)
    fragments = {}
    for language in languages():
        with translation.override(language):
            fragments[language] = envelopes_html(agora, opened)
    return fragments


def envelopes_html(agora: PeerSession, opened: list[OpenedEnvelope]) -> SafeString:
    return render_to_string("sessions/_reveal_envelopes.html", {"agora": agora, "opened": opened})
