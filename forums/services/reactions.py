"""What readers tell of a post by one press: thank you, useful, I tried it.

The counts of a post change with the rows, in one transaction that holds the post: exact, whoever presses at the same
time. What came of a removed post stays, and is hidden with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from forums.enums import ReactionKind
from forums.events import PostThanked, PostTried
from forums.models import Post, Reaction
from forums.policies import can_react, can_try
from forums.services.holding import require_unheld
from peerhub.live.publish import publish_on_commit
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Territory, User
from peerhub.people.queries import membership_for
from peerhub.text.markdown import one_line

NOTE_MAX_LENGTH = 300
COUNTERS = {
    ReactionKind.THANKS: "thanks_count",
    ReactionKind.USEFUL: "useful_count",
    ReactionKind.TRIED: "tried_count",
}


@transaction.atomic
def react(*, user: User, post: Post, kind: ReactionKind, territory: Territory | None = None, note: str = "") -> None:
    """Thank for a post, call it useful, or say that one tried what it says, where, and what came of it.

    Twice is once; a trial told again replaces what was told. Raises `Refused`, or `DomainError` for a note too
    long, or that the animators would have read first.
    """
    locked = _lock(user, post.pk)
    membership = membership_for(user, locked.topic.network)
    is_trial = kind == ReactionKind.TRIED
    require((can_try if is_trial else can_react)(user, locked, membership))
    note = one_line(note) if is_trial else ""
    if len(note) > NOTE_MAX_LENGTH:
        raise DomainError(_("Ce résultat est trop long : %(limit)s caractères au plus.") % {"limit": NOTE_MAX_LENGTH})
    if note:
        require_unheld(author=user, topic=locked.topic, membership=membership, text=note)
    reaction, is_new = Reaction.objects.get_or_create(
        post=locked,
        user=user,
        kind=kind,
        defaults={
            "affiliation": membership.affiliation if membership else None,
            "territory": territory if is_trial else None,
            "note": note,
        },
    )
    if is_new:
        _count(locked, kind, 1)
        emit(PostTried(reaction_id=reaction.pk) if is_trial else PostThanked(reaction_id=reaction.pk))
    elif is_trial:
        if note and reaction.hidden_note:
            raise DomainError(_("L’animation a masqué ce que vous en disiez : le motif est dans « Mes dossiers »."))
        Reaction.objects.filter(pk=reaction.pk).update(territory=territory, note=note)


@transaction.atomic
def hide_note(*, pk: int) -> None:
    """Show no more what somebody told of a trial; that it was tried stays. Twice is once. Moderation has judged."""
    Reaction.objects.exclude(note="").filter(pk=pk).update(hidden_note=F("note"), note="")


@transaction.atomic
def show_note(*, pk: int) -> None:
    """Show it again."""
    Reaction.objects.exclude(hidden_note="").filter(pk=pk).update(note=F("hidden_note"), hidden_note="")


@transaction.atomic
def take_back(*, user: User, post: Post, kind: ReactionKind) -> None:
    """The person thanks no more, or did not try after all. Twice is once."""
    locked = _lock(user, post.pk)
    deleted, _rows = Reaction.objects.filter(post=locked, user=user, kind=kind).delete()
    if deleted:
        _count(locked, kind, -1)


def _lock(user: User, pk: int) -> Post:
    """The post's row, locked, if the person can (still) read it: its removal waits, or came first."""
    posts = Post.objects.visible_to(user).select_for_update(of=("self",), no_key=True).filter(pk=pk)
    post = posts.select_related("topic__network").defer("body", "body_html", "body_text", "body_vector").first()
    if post is None:
        raise Refused(_("Ce message ne vous est plus ouvert."))
    return post


def _count(post: Post, kind: ReactionKind, step: int) -> None:
    field = COUNTERS[kind]
    setattr(post, field, getattr(post, field) + step)
    Post.objects.filter(pk=post.pk).update(**{field: F(field) + step})
    counts = {kind.value: getattr(post, name) for kind, name in COUNTERS.items()}
    publish_on_commit(f"topic.{post.topic_id}", "post.counts", data={"post": post.pk, **counts})


_TRUTH = """
SELECT post.id, post.thanks_count, post.useful_count, post.tried_count, truth.thanks, truth.useful, truth.tried
FROM forums_post post
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE kind = 'thanks') AS thanks, count(*) FILTER (WHERE kind = 'useful') AS useful,
         count(*) FILTER (WHERE kind = 'tried') AS tried
  FROM forums_reaction WHERE post_id = post.id
) truth
WHERE post.id > %s AND post.id <= %s
  AND (post.thanks_count, post.useful_count, post.tried_count)
   IS DISTINCT FROM (truth.thanks, truth.useful, truth.tried)
ORDER BY post.id
"""


@dataclass(frozen=True)
class ReactionDrift:
    """A post whose counts are wrong: thanks, useful, tried, as they are and as they must be."""

    post_id: int
    was: tuple[int, int, int]
    truth: tuple[int, int, int]


def find_reaction_drifts(batch: int = 20_000) -> Iterator[ReactionDrift]:
    """Every post whose counts disagree with its reactions; nothing is written."""
    last = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for start in range(0, last, batch):
        with connection.cursor() as cursor:
            cursor.execute(_TRUTH, [start, start + batch])
            rows = cursor.fetchall()
        for pk, *numbers in rows:
            was, truth = numbers[:3], numbers[3:]
            yield ReactionDrift(pk, (was[0], was[1], was[2]), (truth[0], truth[1], truth[2]))


def repair_reactions(drift: ReactionDrift) -> bool:
    """Set the counts of one post right, unless they were written meanwhile. Whether they were."""
    fields = tuple(COUNTERS.values())
    was, truth = dict(zip(fields, drift.was, strict=True)), dict(zip(fields, drift.truth, strict=True))
    return bool(Post.objects.filter(pk=drift.post_id, **was).update(**truth))
