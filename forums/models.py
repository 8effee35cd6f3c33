"""Forums, topics, posts, and what each person has read and follows."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forums.enums import ForumKind, SubscriptionLevel, TopicKind, TopicPolicy
from peerhub.people.folding import Fold
from peerhub.people.models import Affiliation, Circle, Network, User, circle_q

POSTS_PER_PAGE = 20
TITLE_MAX_LENGTH = 160
BODY_MAX_LENGTH = 40_000


def vector(field: str, weight: str) -> Any:
    """The search vector of a text: French stems, without accents. Its queries must be folded likewise."""
    return models.GeneratedField(
        expression=SearchVector(Fold(field), config="french", weight=weight),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )


class ForumQuerySet(models.QuerySet["Forum"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))

    def themed(self) -> Self:
        return self.filter(kind=ForumKind.THEMED)


class Forum(models.Model):
    """A theme of a network, open to one circle."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="forums")
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="forums")
    kind = models.CharField(max_length=10, choices=ForumKind.choices, default=ForumKind.THEMED)
    slug = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=100)
    introduction = models.TextField(blank=True, help_text="plain text")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveSmallIntegerField(default=0)
    topic_policy = models.CharField(max_length=10, choices=TopicPolicy.choices, default=TopicPolicy.MEMBERS)
    topic_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ForumQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "slug"], name="forum_slug_unique"),
            models.UniqueConstraint(
                fields=["network"], condition=Q(kind="sessions"), name="forum_one_of_sessions_per_network"
            ),
        ]

    def __str__(self) -> str:
        return f"forum {self.pk}"


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))


class Topic(models.Model):
    """A discussion. `circle` says who sees it: its forum's, or for a session's thread the session's.

    Counters: `last_number` numbers the posts without gaps and never goes back; `post_count` leaves out what was
    removed; `answered_categories` (ids) are the hats of those who replied, the author of the topic aside.
    """

    # Foreign keys without an index of their own: another one begins with them, or nothing looks from there. Each
    # reply updates its topic's row, and with it every index of the table.
    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="topics", db_index=False)
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="topics", db_index=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="topics")
    kind = models.CharField(_("nature"), max_length=12, choices=TopicKind.choices, default=TopicKind.DISCUSSION)
    title = models.CharField(_("titre"), max_length=TITLE_MAX_LENGTH)
    slug = models.SlugField(max_length=80, db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="topics")
    author_affiliation = models.ForeignKey(
        Affiliation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    accepted_post = models.ForeignKey(
        "Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    is_pinned = models.BooleanField(default=False)
    is_locked = models.BooleanField(default=False)
    post_count = models.PositiveIntegerField(default=0, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    last_post_at = models.DateTimeField(default=timezone.now, editable=False)
    last_author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    answered_categories = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    token = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    title_vector = vector("title", "A")

    objects = TopicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(post_count__lte=models.F("last_number")), name="topic_counters_agree"),
            models.CheckConstraint(
                condition=Q(accepted_post__isnull=True) | Q(kind="question"), name="topic_answer_to_question"
            ),
        ]
        indexes = [
            models.Index("forum", "is_pinned", "last_post_at", "id", name="topic_list"),
            models.Index("network", "last_post_at", "id", name="topic_latest"),
            models.Index(
                "network",
                "post_count",
                "created_at",
                "id",
                name="topic_open_question",
                condition=Q(kind="question", accepted_post__isnull=True, is_locked=False),
            ),
            GinIndex(fields=["title_vector"], name="topic_title_search"),
        ]

    def __str__(self) -> str:
        return f"topic {self.pk}"

    def get_absolute_url(self) -> str:
        return topic_url(self.pk, self.slug)

    @property
    def page_count(self) -> int:
        return page_of_number(max(1, self.last_number))


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What may be read: posts of visible topics that were not removed."""
        return self.filter(circle_q(user, "topic__circle"), is_removed=False)


class Post(models.Model):
    """What one person wrote, under the hat worn then. Number 1 opens the topic.

    `body` is Markdown and the source; `body_html` and `body_text` were rendered from it by `render_version`.
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="posts", db_index=False)
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    affiliation = models.ForeignKey(Affiliation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.TextField()
    body_html = models.TextField(editable=False)
    body_text = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(editable=False)
    token = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    is_removed = models.BooleanField(default=False)
    body_vector = vector("body_text", "B")

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="post_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="post_number_from_1"),
        ]
        indexes = [GinIndex(fields=["body_vector"], name="post_body_search")]

    def __str__(self) -> str:
        return f"post {self.pk}"


class TopicRead(models.Model):
    """How far a person has read a topic; without a row, nothing was read."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="topic_reads", db_index=False
    )
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="reads")
    last_number = models.PositiveIntegerField()
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="topic_read_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} in topic {self.topic_id}: {self.last_number}"


class TopicSubscription(models.Model):
    """Who is told of the replies to a topic."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="topic_subscriptions")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    level = models.CharField(max_length=10, choices=SubscriptionLevel.choices, default=SubscriptionLevel.ALL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "user"], name="topic_subscription_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} follows topic {self.topic_id}: {self.level}"


def page_of_number(number: int) -> int:
    """The page (from 1) that holds a post: pages are ranges of numbers, so a permalink never moves."""
    return (number - 1) // POSTS_PER_PAGE + 1


def topic_url(pk: int, slug: str) -> str:
    """The address of a topic without the cost of `reverse()` (lists write many); a test holds it to the URL table."""
    return f"/sujets/{pk}/{slug}/"


def post_url(topic_pk: int, slug: str, number: int) -> str:
    """Where a post stands: its page and its anchor."""
    page = page_of_number(number)
    query = f"?page={page}" if page > 1 else ""
    return f"{topic_url(topic_pk, slug)}{query}#message-{number}"
