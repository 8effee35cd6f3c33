"""What those who look after a discussion make of it: closed, put away, on top, slower, read first, filed otherwise,
taken away. Each act is one transaction under the lock of the topic, and stands in the trail."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forums.enums import ForumKind, TopicKind, TopicState
from forums.events import TopicRemoved
from forums.models import ExperienceReport, Forum, Post, Topic
from forums.models.topics import READABLE
from forums.policies import can_announce, can_curate
from forums.queries.curating import was_removed_by_another
from forums.queries.standing import looks_after
from forums.services.answers import let_go_of_answer
from forums.services.files import restore_files_of, withdraw_files_of
from forums.services.tags import set_tags
from forums.services.telling import tell_head
from forums.services.writing import clean_reason
from peerhub.live.publish import recheck_group_on_commit
from peerhub.moderation.models import TrailEntry
from peerhub.moderation.services.trail import record
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Membership, Territory, User, circle_q
from peerhub.people.queries import membership_for

_WHY = gettext_lazy("Dites pourquoi, en une ligne.")


def lock_topics(
    actor: User, pks: Sequence[int], states: Sequence[str] = READABLE
) -> tuple[list[Topic], Membership | None]:
    """These topics of one network, locked in the order of their keys (so that two acts that cross wait instead of
    blocking each other), if the actor sees and looks after each of them. Raises `Refused`."""
    rows = Topic.objects.filter(circle_q(actor), pk__in=pks, state__in=states)
    found = {
        topic.pk: topic
        for topic in rows.select_for_update(of=("self",), no_key=True)
        .select_related("network", "forum", "circle__category", "circle__delegation")
        .defer("title_vector")
        .order_by("pk")
    }
    topics = [found[pk] for pk in pks if pk in found]
    if len(topics) != len(pks) or len({topic.network_id for topic in topics}) != 1:
        raise Refused(_("Cette discussion ne vous est plus ouverte."))
    membership = membership_for(actor, topics[0].network)
    for topic in topics:
        require(can_curate(membership, looks_after=looks_after(actor, topic.forum_id)))
    return topics, membership


@transaction.atomic
def set_lock(*, actor: User, topic: Topic, is_locked: bool, reason: str = "") -> None:
    """Close a discussion, with a reason that everybody reads on it, or open it again."""
    reason = clean_reason(reason, missing=_WHY) if is_locked else ""
    verb = "forums.topic_locked" if is_locked else "forums.topic_unlocked"
    _change(actor, topic, verb, {"is_locked": is_locked, "lock_reason": reason}, reason)


@transaction.atomic
def set_archived(*, actor: User, topic: Topic, is_archived: bool) -> None:
    """Put a discussion away: read as before, written no more, in no list; or bring it back."""
    state = TopicState.ARCHIVED if is_archived else TopicState.OPEN
    _change(actor, topic, "forums.topic_archived" if is_archived else "forums.topic_unarchived", {"state": state})


@transaction.atomic
def set_pin(*, actor: User, topic: Topic, is_pinned: bool, until: date | None = None) -> None:
    """Keep a discussion at the top of its theme, to the end of a day if one is given."""
    fields = {"is_pinned": is_pinned, "pinned_until": until if is_pinned else None}
    facts = {"until": until.isoformat()} if is_pinned and until else {}
    _change(actor, topic, "forums.topic_pinned" if is_pinned else "forums.topic_unpinned", fields, **facts)


@transaction.atomic
def set_pace(*, actor: User, topic: Topic, minutes: int) -> None:
    """How long one person waits between two messages in this discussion; 0: no wait."""
    verb = "forums.topic_slowed" if minutes else "forums.topic_unslowed"
    _change(actor, topic, verb, {"slow_seconds": 60 * minutes}, minutes=minutes)


@transaction.atomic
def set_approval(*, actor: User, topic: Topic, is_held: bool) -> None:
    """Have each reply of this discussion read before it is published, or no more."""
    verb = "forums.topic_held" if is_held else "forums.topic_released"
    _change(actor, topic, verb, {"is_held": is_held})


@transaction.atomic
def reclassify(
    *, actor: User, topic: Topic, kind: str, territory: Territory | None, tags: Sequence[str] | None = None
) -> None:
    """Another kind, place or tags. What the opening post says stays as it is: the fields of a report are its text too.
    An answer is kept by questions alone: it is let go with the kind."""
    (locked,), membership = lock_topics(actor, [topic.pk])
    kind = TopicKind(kind)
    if kind == TopicKind.ANNOUNCEMENT and locked.kind != kind:
        require(can_announce(membership))
    if tags is not None:
        set_tags(topic=locked, names=tags, user=actor)
    if locked.kind == TopicKind.REPORT and kind != locked.kind:
        ExperienceReport.objects.filter(topic=locked).delete()
    if kind != TopicKind.QUESTION and locked.accepted_post_id:
        let_go_of_answer(locked.pk, [locked.accepted_post_id])
    Topic.objects.filter(pk=locked.pk).update(kind=kind, territory=territory)
    note(locked, actor, "forums.topic_reclassified", was=locked.kind, became=kind)
    tell_head(locked.pk)


@transaction.atomic
def remove_topic(*, actor: User, topic: Topic, reason: str) -> None:
    """Take a whole discussion away: nobody reads it any more but its author and who looks after it, with the reason,
    which its author is told. Twice is once."""
    (locked,), _membership = lock_topics(actor, [topic.pk], (*READABLE, TopicState.REMOVED))
    if locked.state == TopicState.REMOVED:
        return
    if locked.forum.kind != ForumKind.THEMED:
        raise DomainError(_("La discussion d’une séance ne se retire pas : retirez plutôt des messages."))
    reason = clean_reason(reason, missing=_WHY)
    Topic.objects.filter(pk=locked.pk).update(state=TopicState.REMOVED)
    Forum.objects.filter(pk=locked.forum_id).update(topic_count=F("topic_count") - 1)
    withdraw_files_of(_present_posts(locked.pk))
    note(locked, actor, "forums.topic_removed", reason)
    recheck_group_on_commit(f"topic.{locked.pk}")
    emit(TopicRemoved(topic_id=locked.pk))


@transaction.atomic
def restore_topic(*, actor: User, topic: Topic, reason: str = "") -> None:
    """Bring a removed discussion back, open, with its files. Twice is once. Raises `Refused` for one's own that another
    person removed."""
    (locked,), _membership = lock_topics(actor, [topic.pk], (*READABLE, TopicState.REMOVED))
    if locked.state != TopicState.REMOVED:
        return
    if locked.author_id == actor.pk and was_removed_by_another(actor, locked.pk):
        raise Refused(_("Quelqu’un d’autre a retiré votre discussion : ce n’est pas à vous de la rétablir."))
    Topic.objects.filter(pk=locked.pk).update(state=TopicState.OPEN)
    Forum.objects.filter(pk=locked.forum_id).update(topic_count=F("topic_count") + 1)
    restore_files_of(_present_posts(locked.pk))
    note(locked, actor, "forums.topic_restored", clean_reason(reason))
    tell_head(locked.pk)


def note(topic: Topic, actor: User, verb: str, reason: str = "", **facts: Any) -> TrailEntry:
    """Write an act on a topic in the trail, for the eyes of its circle and of its author."""
    return record(
        network_id=topic.network_id,
        actor=actor,
        verb=verb,
        target_key="forums.topic",
        target_id=topic.pk,
        circle_id=topic.circle_id,
        about_id=topic.author_id,
        reason=reason,
        **facts,
    )


def _change(actor: User, topic: Topic, verb: str, fields: dict[str, Any], reason: str = "", **facts: Any) -> None:
    """Set facts of a topic; nothing is noted nor told when they are so already."""
    (locked,), _membership = lock_topics(actor, [topic.pk])
    if all(getattr(locked, name) == wanted for name, wanted in fields.items()):
        return
    Topic.objects.filter(pk=locked.pk).update(**fields)
    note(locked, actor, verb, reason, **facts)
    tell_head(locked.pk)


def _present_posts(topic_id: int) -> list[int]:
    return list(Post.objects.filter(topic=topic_id, is_removed=False).values_list("pk", flat=True))
