"""What those who look after a discussion need to move it, and what was taken away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from forums.enums import ForumKind, HeldState, TopicState
from forums.models import Forum, ForumAnimator, HeldText, Post, Topic
from forums.models.topics import READABLE
from forums.policies import can_curate
from forums.queries.pages import TopicHead
from forums.queries.standing import HAT, looks_after, membership_of, with_membership
from peerhub.moderation.models import TrailEntry
from peerhub.people.enums import Role
from peerhub.people.models import Membership, User, circle_q

CHOICES = 12
MERGES_FOLLOWED = 20
SPLIT_REACH = 100


@dataclass(frozen=True)
class Removed:
    """A discussion that was taken away, with its first text, and why."""

    topic: Topic
    opening: Post | None
    membership: Membership | None
    reason: str
    may_restore: bool


def merged_into(user: User | AnonymousUser, pk: int) -> Topic:
    """The discussion that the address of a merged one leads to. `Topic.DoesNotExist` when it is not merged, or leads
    where the person may not read: a circle closed on either end opens nothing."""
    rows = Topic.objects.filter(circle_q(user)).defer("title_vector")
    topic = rows.get(pk=pk, state=TopicState.MERGED)
    for _step in range(MERGES_FOLLOWED):
        if topic.state != TopicState.MERGED:
            break
        topic = rows.get(pk=topic.merged_into_id or 0)
    if topic.state not in READABLE:
        raise Topic.DoesNotExist
    return topic


def places_for(user: User, topic: Topic) -> list[Forum]:
    """The themes that a discussion may go to: those of its network that the person sees, archived ones aside."""
    themes = Forum.objects.themed().visible_to(user).filter(network=topic.network_id, is_archived=False)
    return list(
        themes.exclude(pk=topic.forum_id)
        .select_related("circle__category", "circle__delegation")
        .order_by("position", "title", "pk")
    )


def merge_choices(user: User, topic: Topic, words: str = "") -> list[Topic]:
    """Discussions to merge with: by number or address, by words of the title, else the latest of the theme."""
    topics = Topic.objects.visible_to(user).filter(network=topic.network_id, forum__kind=ForumKind.THEMED)
    topics = topics.exclude(pk=topic.pk).select_related("circle__category", "circle__delegation", "forum")
    topics = topics.defer("title_vector").order_by("-last_post_at", "-pk")
    words = words.strip()
    if number := _number_in(words):
        return list(topics.filter(pk=number))
    if words:
        return list(topics.filter(title__icontains=words)[:CHOICES])
    return list(topics.filter(forum=topic.forum_id)[:CHOICES])


def removed_topic_for(user: User, pk: int) -> Removed:
    """For its author, and for who looks after it; `Topic.DoesNotExist` for anybody else."""
    rows = Topic.objects.filter(circle_q(user), state=TopicState.REMOVED, pk=pk).defer("title_vector")
    topic: Topic = with_membership(rows, user, "forum", "network", "author", "circle", HAT[0]).get()
    membership = membership_of(topic)
    is_curator = bool(can_curate(membership, looks_after=looks_after(user, topic.forum_id)))
    if not (is_curator or topic.author_id == user.pk):
        raise Topic.DoesNotExist
    opening = Post.objects.filter(topic=topic, number=1).defer("body_vector").first()
    act = removals_of([pk]).get(pk)
    is_own_judged = topic.author_id == user.pk and act is not None and act.actor_id != user.pk
    reason = act.reason if act else ""
    return Removed(topic, opening, membership, reason, may_restore=is_curator and not is_own_judged)


def removals_of(topic_ids: Collection[int]) -> dict[int, TrailEntry]:
    """How each of these discussions was last taken away (by whom, why), as the trail has it: one query."""
    acts = TrailEntry.objects.filter(verb="forums.topic_removed", target_key="forums.topic", target_id__in=topic_ids)
    return {act.target_id: act for act in acts.order_by("pk") if act.target_id is not None}


def was_removed_by_another(user: User, topic_id: int) -> bool:
    act = removals_of([topic_id]).get(topic_id)
    return act is not None and act.actor_id != user.pk


def removed_topics(user: User, membership: Membership) -> list[Topic]:
    """What was taken away in the circles of an animator, the latest first."""
    rows = Topic.objects.filter(circle_q(user), network=membership.network_id, state=TopicState.REMOVED)
    return list(rows.select_related("author", "forum").defer("title_vector").order_by("-last_post_at", "-pk")[:100])


def held_in_topic(user: User | AnonymousUser, head: TopicHead) -> Sequence[HeldText]:
    """The texts of the person that wait in this discussion, the oldest first; no query for who has none."""
    if not head.has_held:
        return ()
    rows = HeldText.objects.filter(topic=head.topic, author=user.pk, state=HeldState.WAITING)
    return list(rows.order_by("created_at", "pk"))


def held_to_judge(user: User) -> QuerySet[HeldText]:
    """What waits in the discussions and themes that the person looks after, in circles open to the person, the oldest
    first; never one's own: the set form of `can_curate`."""
    active = Membership.objects.active().filter(user=user.pk)
    active = active.filter(Q(silenced_until=None) | Q(silenced_until__lte=Now()))
    animated = Q(network__in=active.filter(role=Role.ANIMATOR).values("network"))
    themes = ForumAnimator.objects.filter(user=user.pk).values("forum")
    looked_after = animated | Q(forum__in=themes, network__in=active.values("network"))
    rows = HeldText.objects.filter(circle_q(user), looked_after, state=HeldState.WAITING).exclude(author=user.pk)
    related = ("author", "network", "forum", "topic", "circle__category", "circle__delegation")
    return rows.select_related(*related).defer("topic__title_vector").order_by("created_at", "pk")


def is_held_to_judge(user: User, pk: int) -> bool:
    """Whether this text is among them."""
    return held_to_judge(user).filter(pk=pk).exists()


def own_held(user: User, pk: int) -> HeldText:
    """A text of one's own that waits, or was refused. Of a discussion that closed, the title is not told."""
    rows = HeldText.objects.filter(author=user).exclude(state=HeldState.PUBLISHED)
    held = rows.select_related("network", "forum", "topic", "circle__category", "circle__delegation").get(pk=pk)
    if held.topic and not Topic.objects.visible_to(user).filter(pk=held.topic.pk).exists():
        held.topic.title = ""
    return held


def _number_in(words: str) -> int:
    """« 12 », « https://…/sujets/12/titre/ » -> 12; 0 for anything else."""
    part = words.partition("/sujets/")[2].partition("/")[0] if "/sujets/" in words else words.removeprefix("n°").strip()
    return int(part) if part.isascii() and part.isdigit() and len(part) < 10 else 0


def posts_onwards(topic: Topic, pk: int) -> list[int]:
    """The keys of a post and of all that follow it in the topic, by their numbers: keys follow no order once a
    discussion was merged. What is gone is left out."""
    first = Post.objects.filter(topic=topic, pk=pk).values("number")
    posts = Post.objects.filter(topic=topic, number__gte=first, is_removed=False)
    return list(posts.order_by("number").values_list("pk", flat=True))


def posts_to_split(topic: Topic, around: int) -> list[Post]:
    """The posts that may make a discussion of their own, those around one; never the first, nor what is gone."""
    first = max(2, around - SPLIT_REACH)
    posts = Post.objects.filter(topic=topic, number__gte=first, number__lte=around + SPLIT_REACH, is_removed=False)
    return list(posts.select_related("author").defer("body", "body_html", "body_vector").order_by("number"))
