"""Replying."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.enums import SubscriptionLevel
from forums.events import PostCreated, PostEntered
from forums.fragments import PostRow, post_html
from forums.models import Post, Topic
from forums.policies import can_curate, can_reply
from forums.queries.standing import looks_after, membership_of, with_membership
from forums.services.drafts import forget_draft
from forums.services.files import join_files
from forums.services.following import FOLLOW
from forums.services.holding import Held, hold, reasons_in_topic, reasons_to_hold
from forums.services.reading import ADVANCE
from forums.services.telling import in_each_language, tell_head
from forums.services.writing import UsedToken, Written, require_naming, require_same, write_out
from peerhub.live.publish import publish_on_commit
from peerhub.moderation.services.trail import record
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Circle,
    Membership,
    Organisation,
    Territory,
    User,
)
from peerhub.people.prepared import ForPerson, Marks, Prepared, Shape, rows_planned_once


def create_post(*, author: User, topic: Topic, body: str, token: UUID) -> Post:
    """Reply to a topic. The same token again returns the same post: a double click or a retry is one post.

    Raises `Refused` when the author may not (any more), `BadText` for a text that cannot be published, `TooSoon` in a
    discussion that goes slowly; and `Held`, with the text kept, when it waits for the animators.
    """
    written = write_out(body, circle=topic.circle, author=author)
    with transaction.atomic():
        locked, membership = lock_for_reply(topic.pk, author)
        if known := _known(author, locked, token):
            require_same(known, written)
            return known
        require(can_reply(author, locked, membership))
        require_naming(written, membership)
        reasons = reasons_in_topic(locked, author, membership) + reasons_to_hold(
            author=author, membership=membership, network_id=locked.network_id, written=written
        )
        if not reasons:
            hat = membership.affiliation if membership else None
            return write_reply(locked, author=author, hat=hat, written=written, circle=topic.circle, token=token)
        held = hold(
            author=author,
            membership=membership,
            forum_id=locked.forum_id,
            network_id=locked.network_id,
            circle_id=locked.circle_id,
            topic=locked,
            token=token,
            body=written.body,
            reasons=reasons,
        )
        forget_draft(user_id=author.pk, key=f"topic-{locked.pk}")
    raise Held(held)


def enter_post(*, animator: User, author: User, topic: Topic, body: str, token: UUID) -> Post:
    """Write down, for a member of the topic's circle, what this person said on the phone. It is the person's own post,
    under the person's hat, shown as written by the animation; the person is told, and may take it away.

    Raises `Refused` when the one may not, `DomainError` when the other does not read this discussion.
    """
    written = write_out(body, circle=topic.circle, author=animator)
    with transaction.atomic():
        locked, own = lock_for_reply(topic.pk, animator)
        if known := _known(author, locked, token):
            require_same(known, written)
            return known
        require(can_reply(animator, locked, own))
        require(can_curate(own, looks_after=looks_after(animator, locked.forum_id)))
        membership = Membership.objects.active().with_hat().filter(user=author, network=locked.network_id).first()
        if membership is None or not Topic.objects.visible_to(author).filter(pk=locked.pk).exists():
            raise DomainError(_("Cette personne ne lit pas cette discussion : on ne peut pas y écrire pour elle."))
        require_naming(written, own)
        post = write_reply(
            locked,
            author=author,
            hat=membership.affiliation,
            written=written,
            circle=topic.circle,
            token=token,
            entered_by=animator,
        )
        record(
            network_id=locked.network_id,
            actor=animator,
            verb="forums.post_entered",
            target_key="forums.post",
            target_id=post.pk,
            circle_id=locked.circle_id,
            about_id=author.pk,
        )
        emit(PostEntered(post_id=post.pk))
    return post


def write_reply(
    topic: Topic,
    *,
    author: User,
    hat: Affiliation | None,
    written: Written,
    circle: Circle,
    token: UUID,
    entered_by: User | None = None,
) -> Post:
    """The post, numbered, counted and told, in the transaction that locked `topic`; whoever calls has judged."""
    typist = entered_by or author
    post = Post(
        topic=topic,
        number=topic.last_number + 1,
        author=author,
        affiliation=hat,
        token=token,
        entered_by=entered_by,
        created_at=timezone.now(),
        **written.fields,
    )
    is_lens_moved = _count(topic, post, hat)
    _write(post, topic, typist_id=typist.pk)
    if written.files:
        join_files(post=post, written=written, owner=typist, circle=circle)
    row = PostRow.of(post)
    html = in_each_language(lambda: post_html(row))
    # In this order: on commit the frame leaves before the kick, which wakes a worker that wants the same processor.
    publish_on_commit(f"topic.{topic.pk}", "post.created", seq=post.number, html=html)
    if is_lens_moved:
        tell_head(topic.pk)
    emit(PostCreated(post_id=post.pk, topic_id=topic.pk))
    return post


_CATEGORY = ("id", "slug", "label_fr", "label_en")
_LOCKED = Shape(
    [
        (
            "",
            Topic,
            (
                *("id", "network", "forum", "circle", "author", "state", "is_locked", "slow_seconds", "is_held"),
                *("post_count", "last_number", "last_post_at"),
                *("last_author", "answered_categories"),
            ),
        ),
        ("mine", Membership, ("id", "network", "user", "affiliation", "role", "status", "silenced_until")),
        ("mine__affiliation", Affiliation, ("id", "user", "category", "organisation", "territory", "title")),
        ("mine__affiliation__category", ActorCategory, _CATEGORY),
        ("mine__affiliation__organisation", Organisation, ("id", "name")),
        ("mine__affiliation__territory", Territory, ("id", "name", "population")),
    ]
)


def _locking(marks: Marks, author: User | AnonymousUser) -> QuerySet[Any, Any]:
    topics = with_membership(Topic.objects.visible_to(author).filter(pk=marks.integer("topic")), author)
    return topics.select_for_update(of=("self",), no_key=True).values_list(*_LOCKED.columns)


_lock_topic = ForPerson(_locking)
_known_post = Prepared(
    lambda marks: Post.objects.filter(token=marks.token("token")).values_list("pk", "author_id", "topic_id")
)


def lock_for_reply(topic_id: int, author: User) -> tuple[Topic, Membership | None]:
    """The topic's row, locked, if its circle is still open to the author, with the membership and hat of the author.

    The lock is what numbers the posts of a topic without gaps; topics don't wait for each other.
    """
    rows = _lock_topic.rows(author, topic=topic_id)
    if not rows:
        raise Refused(_("Cette discussion ne vous est plus ouverte."))
    topic: Topic = _LOCKED.build(rows[0])
    return topic, membership_of(topic)


def _known(author: User, topic: Topic, token: UUID) -> Post | None:
    rows = _known_post.rows(token=token)
    if not rows:
        return None
    pk, author_id, topic_id = rows[0]
    if (author_id, topic_id) != (author.pk, topic.pk):
        raise UsedToken
    return Post.objects.defer("body_vector").get(pk=pk)


_POST_FIELDS = [field for field in Post._meta.local_concrete_fields if not (field.primary_key or field.generated)]
# One statement instead of six (the post, the counters, `mark_read`, `follow`, `forget_draft`): the topic is locked
# meanwhile, and each round trip was a tenth of what a reply costs.
_WRITE = f"""
WITH written AS (
  INSERT INTO forums_post ({", ".join(str(field.column) for field in _POST_FIELDS)})
  VALUES ({", ".join(["%s"] * len(_POST_FIELDS))}) RETURNING id),
read_on AS ({ADVANCE}),
following AS ({FOLLOW}),
undrafted AS (DELETE FROM forums_draft WHERE user_id = %s AND key = %s),
counted AS (
  UPDATE forums_topic
  SET post_count = %s, last_number = %s, last_post_at = %s, last_author_id = %s, answered_categories = %s WHERE id = %s)
SELECT id FROM written
"""  # noqa: S608 - constants of ours


def _write(post: Post, topic: Topic, *, typist_id: int) -> None:
    """The post and its counters. Who typed has read up to there, and needs the draft no more; the author follows,
    unless another level was set."""
    fields = [field.get_db_prep_save(field.pre_save(post, True), connection) for field in _POST_FIELDS]
    read, following = (typist_id, topic.pk, post.number), (post.author_id, topic.pk, SubscriptionLevel.ALL.value)
    counted = (topic.post_count, topic.last_number, topic.last_post_at, topic.last_author_id, topic.answered_categories)
    draft = (typist_id, f"topic-{topic.pk}")
    rows = rows_planned_once(_WRITE, [*fields, *read, *following, *draft, *counted, topic.pk])
    post.pk, post._state.adding, post._state.db = rows[0][0], False, connection.alias


def _count(topic: Topic, post: Post, hat: Affiliation | None) -> bool:
    """Whether the lens moves: the first answer of a category."""
    topic.post_count += 1
    topic.last_number = post.number
    topic.last_post_at = post.created_at
    topic.last_author_id = post.author_id
    if hat and post.author_id != topic.author_id and hat.category_id not in topic.answered_categories:
        topic.answered_categories = sorted([*topic.answered_categories, hat.category_id])
        return True
    return False
