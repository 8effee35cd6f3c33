"""Discussions that go elsewhere: to another theme, in two, into one (docs/adr/0018).

Locks are taken in one order everywhere: themes by key, then topics by key.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from forums.audience import readers_sentence
from forums.enums import ForumKind, RemovalKind, TopicKind, TopicState
from forums.events import TextsMoved
from forums.models import Forum, HeldText, Post, Topic, TopicRead
from forums.naming import readers_among
from forums.policies import can_create_topic
from forums.queries.levels import FROM_LEAST
from forums.queries.standing import looks_after
from forums.services.answers import let_go_of_answer
from forums.services.changes import note_many_changes
from forums.services.counters import recount_topic
from forums.services.curating import lock_topics, note
from forums.services.files import move_files_of
from forums.services.following import follow
from forums.services.opening import move_cases_of, open_to
from forums.services.telling import tell_head
from forums.services.topics import topic_slug
from forums.services.writing import clean_reason
from peerhub.live.publish import publish_on_commit, recheck_group_on_commit
from peerhub.notifications.models import Notification
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Circle, User
from peerhub.people.queries import membership_for
from peerhub.people.services.choosing import is_within
from peerhub.text.markdown import RENDER_VERSION, one_line


class OtherReaders(DomainError):
    """The texts would be read by other people than those they were written for: the actor has to agree, by giving the
    circle's key as `agreed_circle_id`."""

    def __init__(self, circle: Circle) -> None:
        super().__init__(
            _("Ce qui est déjà écrit changera de lecteurs. %(readers)s.") % {"readers": readers_sentence(circle)}
        )
        self.circle = circle


@transaction.atomic
def move_topic(
    *, actor: User, topic: Topic, forum: Forum, reason: str = "", agreed_circle_id: int | None = None
) -> Topic:
    """Put a discussion into another theme of its network; its readers become those of that theme. Who opened it is told
    with the reason, if still a reader.

    Raises `OtherReaders` until the actor agrees to another circle, and `DomainError` where no agreement helps: what was
    said in confidence goes to fewer people or stays. Twice is once.
    """
    _lock_forums(topic, [forum.pk])
    (locked,), _membership = lock_topics(actor, [topic.pk])
    place = _place(actor, locked, forum)
    if place.pk == locked.forum_id:
        return locked
    _require_readers(locked.circle, place.circle, agreed_circle_id)
    slug = topic_slug(locked.title, place.circle)
    Topic.objects.filter(pk=locked.pk).update(forum=place, circle=place.circle, slug=slug)
    _count_topics({locked.forum_id: -1, place.pk: 1})
    HeldText.objects.filter(topic=locked).update(forum=place, circle=place.circle)
    open_to([locked.pk], place.circle)
    locked.circle, locked.slug = place.circle, slug
    whose = _Whose(locked, locked, [locked.author_id])
    _note(whose, actor, "forums.topic_moved", reason, was_in=locked.forum_id, is_in=place.pk)
    tell_head(locked.pk)
    recheck_group_on_commit(f"topic.{locked.pk}")
    return Topic.objects.select_related("forum", "circle").get(pk=locked.pk)


@transaction.atomic
def split_topic(
    *,
    actor: User,
    topic: Topic,
    post_ids: Collection[int],
    title: str,
    token: UUID,
    forum: Forum | None = None,
    kind: str = TopicKind.DISCUSSION,
    reason: str = "",
    agreed_circle_id: int | None = None,
) -> Topic:
    """Make a discussion of its own out of these posts. They keep their keys, hence their addresses; each leaves a stub
    in its place. Their authors are told with the reason, if they read there. The same token again returns the same
    topic.

    Raises as `move_topic`, and `DomainError` when one of the posts is not there (any more) or opens the topic.
    """
    _lock_forums(topic, [forum.pk] if forum else [])
    (locked,), _membership = lock_topics(actor, [topic.pk])
    if made := Topic.objects.filter(token=token).first():
        return made
    place = _place(actor, locked, forum) if forum and forum.pk != locked.forum_id else locked.forum
    circle = locked.circle if place.pk == locked.forum_id else place.circle
    if place.kind != ForumKind.THEMED:
        raise DomainError(_("Choisissez un thème : la discussion d’une séance n’en contient pas d’autre."))
    _require_readers(locked.circle, circle, agreed_circle_id)
    posts = _chosen_posts(locked, post_ids)
    title = one_line(title)
    if len(title) < 5:
        raise DomainError(_("Donnez un titre à la nouvelle discussion."))
    made = _begin(posts[0], place, circle, title, token, TopicKind(kind))
    read = _read_prefixes(locked.pk, [post.number for post in posts])
    stubs = _carry(posts, made)
    let_go_of_answer(locked.pk, [post.pk for post in posts])
    recount_topic(locked.pk)
    recount_topic(made.pk)
    TopicRead.objects.bulk_create(
        [TopicRead(user_id=user, topic=made, last_number=number) for user, number in read.items()]
    )
    for author in {post.author_id for post in posts}:
        follow(user_id=author, topic_id=made.pk)
    _lead_notifications(locked.pk, made.pk, [post.pk for post in posts])
    move_files_of([post.pk for post in posts], circle)
    move_cases_of([post.pk for post in posts], circle)
    _count_topics({place.pk: 1})
    whose = _Whose(locked, made, [post.author_id for post in posts])
    _note(whose, actor, "forums.topic_split", reason, into=made.pk, posts=len(posts))
    publish_on_commit(f"topic.{locked.pk}", "topic.changed", data=note_many_changes(locked.pk, stubs))
    made.refresh_from_db(fields=["post_count", "last_number", "last_post_at", "last_author", "answered_categories"])
    return made


@transaction.atomic
def merge_topic(
    *, actor: User, topic: Topic, into: Topic, reason: str = "", agreed_circle_id: int | None = None
) -> Topic:
    """Append the posts of a discussion to another one, whose address it then leads to. Raises as `move_topic`. Their
    authors are told with the reason, if they read there.

    A reply that arrives meanwhile waits for the lock, then learns that its discussion is gone, and keeps its text.
    """
    if topic.pk == into.pk:
        raise DomainError(_("Choisissez une autre discussion : on ne fusionne pas une discussion avec elle-même."))
    _lock_forums(topic, [into.forum_id])
    (gone, kept), _membership = lock_topics(actor, [topic.pk, into.pk])
    for one in (gone, kept):
        if one.forum.kind != ForumKind.THEMED:
            raise DomainError(_("La discussion d’une séance ne se fusionne pas."))
    _require_readers(gone.circle, kept.circle, agreed_circle_id)
    offset = kept.last_number
    moved = list(Post.objects.filter(topic=gone).values_list("pk", flat=True))
    authors = Post.objects.filter(topic=gone, is_removed=False).values_list("author", flat=True)
    whose = _Whose(gone, kept, list(authors))
    _merge_reads(gone.pk, kept.pk, offset)
    _merge_subscriptions(gone.pk, kept.pk)
    let_go_of_answer(gone.pk, moved)
    open_to([gone.pk], kept.circle)
    Post.objects.filter(topic=gone).update(topic=kept, number=F("number") + offset)
    HeldText.objects.filter(topic=gone).update(topic=kept, forum=kept.forum, circle=kept.circle)
    Topic.objects.filter(merged_into=gone).update(merged_into=kept)
    Topic.objects.filter(pk=gone.pk).update(state=TopicState.MERGED, merged_into=kept, is_pinned=False)
    _count_topics({gone.forum_id: -1})
    recount_topic(gone.pk)
    recount_topic(kept.pk)
    _lead_notifications(gone.pk, kept.pk, moved)
    _note(whose, actor, "forums.topic_merged", reason, into=kept.pk)
    publish_on_commit(f"topic.{gone.pk}", "topic.changed", data=note_many_changes(gone.pk))
    recheck_group_on_commit(f"topic.{gone.pk}")
    tell_head(kept.pk)
    publish_on_commit(f"topic.{kept.pk}", "topic.changed", data=note_many_changes(kept.pk))
    kept.refresh_from_db(fields=["post_count", "last_number", "last_post_at", "last_author", "answered_categories"])
    return kept


# --- Who is told --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Whose:
    """The discussion of an act, the one that the texts are in since (the same, or another), and who wrote them."""

    topic: Topic
    target: Topic
    authors: Collection[int]


def _note(whose: _Whose, actor: User, verb: str, reason: str, **facts: Any) -> None:
    """In the trail, and told to the authors who read there: nothing of a place to who cannot see it."""
    authors = readers_among(set(whose.authors), whose.target)
    entry = note(
        whose.topic,
        actor,
        verb,
        clean_reason(reason),
        is_told=bool(readers_among({whose.topic.author_id}, whose.target)),
        authors=sorted(authors),
        **facts,
    )
    emit(TextsMoved(entry_id=entry.pk))


# --- Who may read -------------------------------------------------------------------------------------------------


def _require_readers(was: Circle, becomes: Circle, agreed_circle_id: int | None) -> None:
    if was.pk == becomes.pk:
        return
    if was.is_confidential and not is_within(becomes, was):
        raise DomainError(
            _(
                "Cette discussion est confidentielle : elle ne peut pas aller là où d’autres la liraient. Baisser la "
                "confidentialité demande l’accord de celles et ceux qui ont écrit."
            )
        )
    if agreed_circle_id != becomes.pk:
        raise OtherReaders(becomes)


def _lock_forums(topic: Topic, others: Sequence[int]) -> None:
    """The themes on both ends: as when a theme changes its circle, they come before their topics."""
    rows = Forum.objects.select_for_update(of=("self",), no_key=True).filter(pk__in={topic.forum_id, *others})
    list(rows.order_by("pk").values_list("pk"))


def _place(actor: User, topic: Topic, forum: Forum) -> Forum:
    """The theme that a topic goes to, which the actor sees as well."""
    if topic.forum.kind != ForumKind.THEMED:
        raise DomainError(_("La discussion d’une séance reste avec sa séance."))
    rows = Forum.objects.themed().visible_to(actor).filter(pk=forum.pk, network=topic.network_id, is_archived=False)
    place = rows.select_related("network", "circle__category", "circle__delegation").first()
    if place is None:
        raise Refused(_("Ce thème ne vous est plus ouvert."))
    # Who is named for one theme is a member like others in the next one.
    membership = membership_for(actor, place.network)
    require(can_create_topic(actor, place, membership, looks_after=looks_after(actor, place.pk)))
    return place


def _count_topics(changes: dict[int, int]) -> None:
    for pk in sorted(changes):
        Forum.objects.filter(pk=pk).update(topic_count=F("topic_count") + changes[pk])


# --- Posts ----------------------------------------------------------------------------------------------------------


def _chosen_posts(topic: Topic, post_ids: Collection[int]) -> list[Post]:
    rows = Post.objects.select_for_update(no_key=True).defer("body_vector").filter(topic=topic, pk__in=post_ids)
    posts = [post for post in rows.order_by("number") if not post.is_removed]
    if not posts:
        raise DomainError(_("Choisissez au moins un message."))
    if len(posts) != len(set(post_ids)):
        raise DomainError(_("Un des messages choisis a été retiré ou déplacé entre-temps : choisissez de nouveau."))
    if posts[0].number == 1:
        raise DomainError(_("Le premier message reste : pour l’emmener, déplacez toute la discussion."))
    return posts


def _begin(first: Post, forum: Forum, circle: Circle, title: str, token: UUID, kind: TopicKind) -> Topic:
    return Topic.objects.create(
        forum=forum,
        network_id=forum.network_id,
        circle=circle,
        kind=kind,
        title=title,
        slug=topic_slug(title, circle),
        author_id=first.author_id,
        author_affiliation_id=first.affiliation_id,
        last_author_id=first.author_id,
        last_post_at=first.created_at,
        created_at=first.created_at,
        token=token,
    )


def _carry(posts: Sequence[Post], made: Topic) -> list[int]:
    """Number the posts anew in the topic that they make, and leave a stub where each stood; the keys of the stubs."""
    places = [(post.topic_id, post.number) for post in posts]
    for number, post in enumerate(posts, start=1):
        Post.objects.filter(pk=post.pk).update(topic=made, number=number)
    stubs = [_stub(post, topic_id, number) for post, (topic_id, number) in zip(posts, places, strict=True)]
    return [stub.pk for stub in Post.objects.bulk_create(stubs)]


def _stub(post: Post, topic_id: int, number: int) -> Post:
    """What stays of a post that went elsewhere: its number, whose it was, and where it is now."""
    return Post(
        topic_id=topic_id,
        number=number,
        author_id=post.author_id,
        affiliation_id=post.affiliation_id,
        body="",
        body_html="",
        body_text="",
        render_version=RENDER_VERSION,
        token=uuid4(),
        created_at=post.created_at,
        is_removed=True,
        removal_kind=RemovalKind.MOVED,
        moved_to=post,
    )


# --- What each person has read and follows ----------------------------------------------------------------------------


def _read_prefixes(topic_id: int, numbers: Sequence[int]) -> dict[int, int]:
    """person -> how many of these posts, from the first on, the person has read."""
    reads = TopicRead.objects.filter(topic=topic_id, last_number__gte=numbers[0]).values_list("user", "last_number")
    return {user: sum(number <= last for number in numbers) for user, last in reads}


# The longest beginning of the longer topic that was read: who had read all of the one goes on in what was appended.
_READS = """
UPDATE forums_topicread kept SET last_number = %(offset)s + gone.last_number
FROM forums_topicread gone
WHERE gone.topic_id = %(gone)s AND kept.topic_id = %(kept)s AND kept.user_id = gone.user_id
  AND kept.last_number >= %(offset)s
"""
# Of two levels, the one that tells more.
_LEVELS = """
INSERT INTO forums_topicsubscription (user_id, topic_id, level)
SELECT user_id, %(kept)s, level FROM forums_topicsubscription WHERE topic_id = %(gone)s
ON CONFLICT (topic_id, user_id) DO UPDATE SET level = EXCLUDED.level
WHERE array_position(%(order)s::varchar[], EXCLUDED.level)
    < array_position(%(order)s::varchar[], forums_topicsubscription.level)
"""


def _merge_reads(gone: int, kept: int, offset: int) -> None:
    _run(_READS, gone=gone, kept=kept, offset=offset)
    TopicRead.objects.filter(topic=gone).delete()


def _merge_subscriptions(gone: int, kept: int) -> None:
    _run(_LEVELS, gone=gone, kept=kept, order=[level.value for level in reversed(FROM_LEAST)])


def _run(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _lead_notifications(was: int, becomes: int, post_ids: Sequence[int]) -> None:
    """What was told of these posts is read where they are now."""
    told = Notification.objects.filter(streak=f"topic.{was}", kind__startswith="forums.", target_id__in=post_ids)
    told.update(streak=f"topic.{becomes}")
