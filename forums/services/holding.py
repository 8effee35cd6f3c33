"""What stands between writing and publishing: the rules of the network, the pace and the approval of one discussion."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.enums import HeldState
from forums.models import HeldText, Post, Topic
from forums.policies import can_curate
from forums.queries.standing import looks_after
from forums.services.writing import BadText, UsedToken, Written
from peerhub.moderation.enums import CaseKind, HeldReason
from peerhub.moderation.services.cases import open_case
from peerhub.moderation.services.screening import Screening, screen
from peerhub.people.errors import DomainError
from peerhub.people.models import Membership, User
from peerhub.text.markdown import render

HELD_KEY = "forums.held"


class Held(DomainError):
    """The text was taken, and waits for the animators: nothing is published yet. It is kept: this is no failure."""

    def __init__(self, held: HeldText) -> None:
        super().__init__(_("Votre message attend l’accord de l’animation. Vous serez prévenu·e."))
        self.held = held


class TooSoon(DomainError):
    """Another message of the person stands in a discussion that goes slowly; the text is kept."""


def reasons_to_hold(
    *, author: User, membership: Membership | None, network_id: int, written: Written, title: str = ""
) -> tuple[HeldReason, ...]:
    """Why this text waits; nothing: it passes. Raises `BadText` for what the network refuses."""
    found = screen(
        author=author,
        membership=membership,
        network_id=network_id,
        text=f"{title} {written.plain}",
        links=written.links,
        is_topic=bool(title),
        written_count=lambda: _written_count(author, network_id),
    )
    if found.refusal:
        raise BadText(found.refusal)
    return found.reasons


def require_unheld(
    *, author: User, topic: Topic, membership: Membership | None, text: str, links: Sequence[str] = (), before: str = ""
) -> None:
    """For what cannot wait, as an edit: what the network refuses, or would read first, does not come in that way.
    `before` is what stood there, which may stay. Who looks after the topic is exempt. Raises `BadText`."""
    if can_curate(membership, looks_after=looks_after(author, topic.forum_id)):
        return

    def judged(words: str, addresses: Sequence[str]) -> Screening:
        return screen(
            author=author,
            membership=membership,
            network_id=topic.network_id,
            text=words,
            links=addresses,
            is_topic=False,
            written_count=lambda: _written_count(author, topic.network_id),
            is_new_text=False,
        )

    found = judged(text, links)
    if not (found.refusal or found.is_held or topic.is_held):
        return
    old = render(before, names={}, groups={}, files={})
    stood = judged(old.plain, old.links)
    if found.refusal and found.refusal != stood.refusal:
        raise BadText(found.refusal)
    waits = set(found.reasons) - (set(stood.reasons) - {HeldReason.NEWCOMER})
    if waits or topic.is_held:
        raise BadText(_("L’animation relit ce qui s’écrit ici avant publication : dites cela dans un nouveau message."))


def reasons_in_topic(topic: Topic, author: User, membership: Membership | None) -> tuple[HeldReason, ...]:
    """What this discussion asks of a reply beyond its network. Who looks after it is exempt. Raises `TooSoon`.

    No query where the discussion asks nothing."""
    if not (topic.slow_seconds or topic.is_held):
        return ()
    if can_curate(membership, looks_after=looks_after(author, topic.forum_id)):
        return ()
    if topic.slow_seconds:
        _require_pace(topic, author)
    return (HeldReason.APPROVAL,) if topic.is_held else ()


def hold(
    *,
    author: User,
    membership: Membership | None,
    forum_id: int,
    network_id: int,
    circle_id: int,
    token: UUID,
    body: str,
    reasons: Sequence[HeldReason],
    topic: Topic | None = None,
    fields: dict[str, Any] | None = None,
) -> HeldText:
    """Keep a text until an animator decides, and open its case; in the caller's transaction, under the lock of its
    topic or theme. The same token again is the same text."""
    if known := HeldText.objects.filter(token=token).first():
        if known.author_id != author.pk:
            raise UsedToken
        return known
    held = HeldText.objects.create(
        network_id=network_id,
        forum_id=forum_id,
        topic=topic,
        circle_id=circle_id,
        author=author,
        affiliation=membership.affiliation if membership else None,
        token=token,
        body=body,
        fields=fields or {},
        reasons=[reason.value for reason in reasons],
    )
    open_case(
        kind=CaseKind.HELD,
        target_key=HELD_KEY,
        target_id=held.pk,
        network_id=network_id,
        circle_id=circle_id,
        author_id=author.pk,
        written_at=held.created_at,
        reasons=reasons,
    )
    return held


def _written_count(author: User, network_id: int) -> int:
    return Post.objects.filter(author=author, topic__network=network_id, is_removed=False).count()


def _require_pace(topic: Topic, author: User) -> None:
    posts = Post.objects.filter(topic=topic, author=author, entered_by__isnull=True).order_by("-number")
    waiting = HeldText.objects.filter(topic=topic, author=author, state=HeldState.WAITING).order_by("-created_at")
    times = [rows.values_list("created_at", flat=True).first() for rows in (posts, waiting)]
    last = max((moment for moment in times if moment), default=None)
    if last is None:
        return
    left = topic.slow_seconds - (timezone.now() - last).total_seconds()
    if left > 0:
        minutes = int(left // 60) + 1
        sentence = ngettext(
            "Discussion au ralenti : vous pourrez y écrire dans %(minutes)s minute. Votre texte est gardé ici.",
            "Discussion au ralenti : vous pourrez y écrire dans %(minutes)s minutes. Votre texte est gardé ici.",
            minutes,
        )
        raise TooSoon(sentence % {"minutes": minutes})
