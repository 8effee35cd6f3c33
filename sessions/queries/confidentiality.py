"""Reads for the page of a session's confidentiality: who reads, whom it may open or close to, what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from forums.enums import HeldState
from forums.models import HeldText, Post
from peerhub.moderation.models import TrailEntry
from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, User
from sessions.enums import OpeningTarget
from sessions.models import (
    Conclusion,
    ConclusionVoice,
    Decision,
    Evaluation,
    LoweringRequest,
    LoweringVoice,
    MinutesUpdate,
    PeerSession,
)
from sessions.queries.conclusions import insiders, voters_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

RAISED = "sessions.confidentiality_raised"
LOWERED = "sessions.confidentiality_lowered"
# What a session may be closed to: its own circle, in confidence; those registered.
TWIN, REGISTERED = "twin", "registered"


@dataclass(frozen=True)
class Target:
    """One circle that may be chosen; it may not exist yet."""

    key: str
    label: "_StrOrPromise"


def closing_targets(session: PeerSession) -> list[Target]:
    registered = Target(REGISTERED, _("Les personnes inscrites et celles qui facilitent, elles seules"))
    if session.circle.kind in {
        CircleKind.CATEGORY,
        CircleKind.CATEGORIES,
        CircleKind.DELEGATION,
        CircleKind.COHORT,
        CircleKind.CUSTOM,
    }:
        return [Target(TWIN, _("Les mêmes personnes, en confidence")), registered]
    return [registered]


def opening_targets(session: PeerSession) -> list[Target]:
    found = []
    if session.circle.kind in {CircleKind.CATEGORY, CircleKind.CATEGORIES, CircleKind.DELEGATION, CircleKind.COHORT}:
        found.append(OpeningTarget.TWIN)
    if session.programme is not None and session.programme.circle_id != session.circle_id:
        found.append(OpeningTarget.PROGRAMME)
    return [Target(one.value, one.label) for one in (*found, OpeningTarget.NETWORK)]


def authors_of(session: PeerSession) -> set[int]:
    """Who wrote in confidence, or trusted in it, and is asked before it is opened: in the discussion (what waits for
    approval as well), of minutes, of decisions (and who was given one), of conclusions (proposing, speaking of them,
    and, since it is not kept who held the pen, all who could; so too of minutes that nobody signs any more, and of
    opinions, which nobody does); those who facilitate; before the end, those registered."""
    found: set[int | None] = set()
    if session.topic_id is not None:
        found |= set(Post.objects.filter(topic=session.topic_id, is_removed=False).values_list("author", flat=True))
        waiting = HeldText.objects.filter(topic=session.topic_id, state=HeldState.WAITING)
        found |= set(waiting.values_list("author", flat=True))
    written = Conclusion.objects.filter(session=session).exclude(body="")
    found |= set(written.values_list("proposed_by", flat=True))
    found |= set(ConclusionVoice.objects.filter(conclusion__in=written).values_list("user", flat=True))
    decided = Decision.objects.filter(session=session)
    found |= set(decided.values_list("created_by", flat=True)) | set(decided.values_list("owner", flat=True))
    typed = MinutesUpdate.objects.filter(minutes__session=session).exclude(update=b"").order_by()
    found |= set(typed.values_list("author", flat=True).distinct())
    found |= insiders(session, set(session.facilitators.values_list("pk", flat=True)))
    unsigned = typed.filter(author=None).exists() or Evaluation.objects.filter(session=session).exists()
    if not session.is_over() or written or unsigned:
        found |= voters_of(session)
    return {pk for pk in found if pk is not None}


def unreachable(session: PeerSession, authors: set[int]) -> int:
    """How many of these can no longer be asked: they left the circle, or their account is closed."""
    inside = CircleMember.objects.filter(circle=session.circle_id, user__in=authors, user__is_active=True)
    return len(authors) - inside.count()


def pending_request(session: PeerSession) -> LoweringRequest | None:
    return LoweringRequest.objects.filter(session=session, closed_at__isnull=True).first()


def requests_of(user: User, session: PeerSession) -> list[LoweringRequest]:
    """Those that the person may read, newest first, with what each author said: for who asked, those who were asked,
    and the circle in which it was asked; never for those to whom the session was opened later."""
    voices = LoweringVoice.objects.select_related("user").order_by("user__family_name", "pk")
    circles = CircleMember.objects.filter(user=user).values("circle_id")
    asked = LoweringVoice.objects.filter(user=user).values("request_id")
    requests = LoweringRequest.objects.filter(
        Q(asked_by=user) | Q(pk__in=asked) | Q(asked_in__in=circles), session=session
    ).select_related("circle__category", "circle__delegation", "asked_by")
    return list(requests.prefetch_related(Prefetch("voices", queryset=voices)).order_by("-asked_at", "-pk"))


def changes_of(session: PeerSession) -> list[TrailEntry]:
    """When the session was closed or opened, and by whom; newest first."""
    entries = TrailEntry.objects.filter(network=session.network_id, verb__in=[RAISED, LOWERED])
    return list(entries.filter(facts__session=session.pk).select_related("actor").order_by("-pk"))


def closed_by(session: PeerSession) -> int | None:
    """Who closed the session to the circle that it has."""
    entries = TrailEntry.objects.filter(network=session.network_id, verb=RAISED, circle=session.circle_id)
    last = entries.filter(facts__session=session.pk).order_by("-pk")
    return last.values_list("actor_id", flat=True).first()


@dataclass(frozen=True)
class Change:
    """`actor` is None for who may read that it happened, not whose act it was."""

    at: datetime
    is_raised: bool
    actor: User | None


def journal_of(user: User, session: PeerSession) -> list[Change]:
    """The changes, newest first; named to those of the circle in confidence that each is about."""
    changes = changes_of(session)
    within = {one.pk: one.circle_id if one.verb == RAISED else one.facts["was"] for one in changes}
    mine = CircleMember.objects.filter(user=user, circle__in=set(within.values()))
    known = set(mine.values_list("circle_id", flat=True)) if within else set()
    return [
        Change(
            one.created_at,
            one.verb == RAISED,
            cast("User | None", one.actor) if within[one.pk] in known or one.actor == user else None,
        )
        for one in changes
    ]


def request_for(session: PeerSession, pk: int) -> LoweringRequest:
    """A request about a session that the person sees; raises `LoweringRequest.DoesNotExist`."""
    return LoweringRequest.objects.select_related("session").get(pk=pk, session=session)
