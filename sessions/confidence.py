"""What one person is shown of the envelopes of an agora, and of the conclusions of a session, on the session's page."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Verdict
from sessions.enums import Format
from sessions.fragments import envelopes_html, opened_envelopes
from sessions.models import Conclusion, PeerSession
from sessions.policies.around import can_facilitate
from sessions.policies.conclusions import can_ask_to_open, can_open_envelopes, has_conclusions
from sessions.queries.conclusions import (
    Person,
    Sealed,
    conclusion_of,
    opened_at,
    sealed_at,
)
from sessions.queries.session_pages import Viewer


@dataclass(frozen=True)
class AgoraPanel:
    """`sealed` is None for who neither runs nor attends the agora: nothing is counted before their eyes."""

    html: SafeString | None
    sealed: Sealed | None
    open_now: Verdict | None
    ask: Verdict | None
    has_asked: bool

    @property
    def is_open(self) -> bool:
        return self.html is not None


def agora_panel(
    user: Person,
    agora: PeerSession,
    membership: Membership | None,
    category: int | None,
    *,
    is_named: bool | None = None,
) -> AgoraPanel:
    """Of an agora that the person sees; `category` is that of the hat under which the person is registered there."""
    if not isinstance(user, User):
        return AgoraPanel(None, None, None, None, has_asked=False)
    if category is None and not can_facilitate(user, membership, agora, is_named=is_named):
        return AgoraPanel(_opened_html(agora), None, None, None, has_asked=False)
    sealed = sealed_at(agora)
    html = _opened_html(agora) if sealed.revealed_count else None
    ask = can_ask_to_open(category, sealed.wanted, agora) if category is not None else None
    has_asked = any(one.has_asked for one in sealed.voices if one.category.pk == category)
    return AgoraPanel(html, sealed, can_open_envelopes(membership, agora), ask, has_asked)


def _opened_html(agora: PeerSession) -> SafeString | None:
    opened = opened_at(agora)
    return envelopes_html(agora, opened_envelopes(opened)) if opened else None


@dataclass(frozen=True)
class Confidence:
    """The block of the session's page: a group's conclusions, or an agora's envelopes; nothing for other sessions."""

    has_conclusions: bool = False
    conclusion: Conclusion | None = None
    reveal: AgoraPanel | None = None


def confidence_of(user: Person, session: PeerSession, viewer: Viewer) -> Confidence:
    if not user.is_authenticated:
        return Confidence()
    if session.format == Format.AGORA:
        panel = agora_panel(user, session, viewer.membership, viewer.category_id, is_named=viewer.is_named_facilitator)
        return Confidence(reveal=panel)
    if has_conclusions(session):
        return Confidence(has_conclusions=True, conclusion=conclusion_of(session))
    return Confidence()
