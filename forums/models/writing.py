"""Texts on their way: drafts, and what waits for an animator's approval."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from forums.enums import HeldState
from forums.models.themes import Forum
from forums.models.topics import Topic
from peerhub.people.models import Affiliation, Circle, Network, User


class Draft(models.Model):
    """What a person was writing in one place (`key`, such as "topic-12"), kept for all of that person's devices.

    `fields` maps the names of the form to what was typed. `version` counts the writes: a device that knows an older
    one is told of the conflict instead of overwriting it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=160, blank=True, help_text="of the page that it was written on")
    address = models.CharField(max_length=200, help_text="path of the page that it was written on")
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_unique")]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def excerpt(self) -> str:
        """The beginning of what was typed: of a report, which has no body, its longest part."""
        parts = [str(value) for name, value in self.fields.items() if name != "title"]
        return str(self.fields.get("body") or max(parts, key=len, default=""))[:300]


class HeldText(models.Model):
    """A topic or a reply that waits for approval: it is no topic and no post yet, has no number, and nobody is told.

    Seen by its author, and by who may approve it in its circle. `fields` are the arguments of the service that will
    publish it, with the same token.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="held_texts")
    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="held_texts")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.CASCADE, related_name="held_texts")
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="held_texts")
    affiliation = models.ForeignKey(Affiliation, null=True, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField(unique=True, editable=False)
    body = models.TextField()
    fields = models.JSONField(default=dict, help_text="of a new topic: kind, title, tags, territory, report")
    reasons = models.JSONField(default=list, help_text="why it is held: the codes of the screening")
    state = models.CharField(max_length=10, choices=HeldState.choices, default=HeldState.WAITING)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="held_text_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return f"held text {self.pk}"
