"""Posts, and what they said before they were changed."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from forums.enums import RemovalKind
from forums.models.topics import READABLE, Topic
from forums.models.vectors import vector
from peerhub.people.models import Affiliation, User, circle_q

BODY_MAX_LENGTH = 40_000


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What may be read: posts of visible topics that were not removed."""
        return self.filter(circle_q(user, "topic__circle"), is_removed=False, topic__state__in=READABLE)


class Post(models.Model):
    """What one person wrote, under the hat worn then. Number 1 opens the topic.

    `body` is Markdown and the source; `body_html` and `body_text` were rendered from it by `render_version`. What was
    removed keeps its row and number; what moved to another topic keeps its key, and leaves a removed row with an empty
    text, its number and `moved_to`. Counters of reactions have their repair (`repair_forums`).
    """

    # Foreign keys without an index: nothing looks from there, and each index is paid for by each reply.
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
    entered_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="the animator who wrote this down for an author who phoned",
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="when what is shown last changed: for pages that missed it"
    )
    is_removed = models.BooleanField(default=False)
    removal_kind = models.CharField(max_length=10, choices=RemovalKind.choices, blank=True, default="")
    removal_reason = models.CharField(max_length=300, blank=True)
    removed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    moved_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    thanks_count = models.PositiveIntegerField(default=0, editable=False)
    useful_count = models.PositiveIntegerField(default=0, editable=False)
    tried_count = models.PositiveIntegerField(default=0, editable=False)
    body_vector = vector("body_text", "B")

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="post_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="post_number_from_1"),
            models.CheckConstraint(
                condition=Q(is_removed=False, removal_kind="") | Q(is_removed=True) & ~Q(removal_kind=""),
                name="post_removed_somehow",
            ),
        ]
        indexes = [GinIndex(fields=["body_vector"], name="post_body_search")]

    def __str__(self) -> str:
        return f"post {self.pk}"


class PostRevision(models.Model):
    """What a post said before an edit. `number` counts the edits of a post, from 1."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160, blank=True, help_text="of the topic, when its opening post was edited")
    body = models.TextField()
    editor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="who then replaced it")
    reason = models.CharField(max_length=300, blank=True, help_text="why it was replaced")
    created_at = models.DateTimeField(default=timezone.now, help_text="when it was replaced")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="post_revision_unique")]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"
