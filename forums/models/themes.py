"""Themes of a network, and the tags that cross them."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from forums.enums import ForumKind, TopicPolicy
from peerhub.people.models import Circle, Network, User, circle_q


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
    animators: models.ManyToManyField[User, "ForumAnimator"] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="ForumAnimator", related_name="animated_forums"
    )
    topic_count = models.PositiveIntegerField(default=0, editable=False, help_text="topics open or archived")
    is_archived = models.BooleanField(default=False, help_text="read as before; no topic is opened in it any more")
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


class ForumAnimator(models.Model):
    """Who looks after a theme beside the network's animators. It opens no circle: who leaves it looks after nothing."""

    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="animator_rows", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forum", "user"], name="forum_animator_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} animates forum {self.forum_id}"


class Tag(models.Model):
    """A word of a network's curated list, put on topics of any theme."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="tags", db_index=False)
    slug = models.SlugField(max_length=60, db_index=False)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["network", "slug"], name="tag_slug_unique")]

    def __str__(self) -> str:
        return f"tag {self.pk}"


class TagSynonym(models.Model):
    """Another word for a tag, folded (no accents, lower case). A tag that was merged lives on as one."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="synonyms")
    slug = models.SlugField(max_length=60, db_index=False)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "slug"], name="tag_synonym_unique")]

    def __str__(self) -> str:
        return f"synonym {self.pk}"
