"""What each person has read, follows, keeps, and thinks of a post."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from forums.enums import ReactionKind, SubscriptionLevel
from forums.models.posts import Post
from forums.models.themes import Forum, Tag
from forums.models.topics import Topic
from peerhub.people.models import Affiliation, Territory


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


class ForumSubscription(models.Model):
    """What a person wants to be told of a whole theme; the level of one topic comes before it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="forum_subscriptions")
    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    level = models.CharField(max_length=10, choices=SubscriptionLevel.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forum", "user"], name="forum_subscription_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} follows forum {self.forum_id}: {self.level}"


class TagSubscription(models.Model):
    """What a person wants to be told of the topics with a tag. The level of one topic comes before it, and it before
    that of a theme; of several tags the one that tells most counts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tag_subscriptions")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    level = models.CharField(max_length=10, choices=SubscriptionLevel.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "user"], name="tag_subscription_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} follows tag {self.tag_id}: {self.level}"


class Reaction(models.Model):
    """What a person tells of a post by one press. "I tried it" may say where, and what came of it: that moderation hid
    stands aside, in `hidden_note`, so that nothing shows it by mistake."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    affiliation = models.ForeignKey(Affiliation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=ReactionKind.choices)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    note = models.CharField(max_length=300, blank=True)
    hidden_note = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "user", "kind"], name="reaction_unique"),
            models.CheckConstraint(
                condition=Q(kind="tried") | Q(note="", territory__isnull=True), name="reaction_only_trials_tell"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on post {self.post_id}"


class Bookmark(models.Model):
    """A post that a person keeps, with a note of one's own, and the day to be reminded of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bookmarks")
    note = models.CharField(max_length=300, blank=True)
    remind_on = models.DateField(null=True, blank=True, help_text="in the person's own zone")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="when the reminder of that day is due; null once told"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "post"], name="bookmark_unique"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(remind_on__isnull=False), name="bookmark_due_on_a_day"
            ),
        ]
        indexes = [models.Index("due_at", name="bookmark_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"bookmark {self.pk}"
