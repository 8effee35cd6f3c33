"""Topics: discussions, questions, experience reports, announcements."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forums.enums import TopicKind, TopicState
from forums.models.addresses import page_of_number, topic_url
from forums.models.themes import Forum, Tag
from forums.models.vectors import vector
from peerhub.people.models import Affiliation, Circle, Network, Territory, User, circle_q

TITLE_MAX_LENGTH = 160
READABLE = (TopicState.OPEN, TopicState.ARCHIVED)


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What may be read: topics of the person's circles, neither removed nor merged into another one."""
        return self.filter(circle_q(user), state__in=READABLE)

    def listed(self) -> Self:
        """Those of lists and counts: what was archived is found by a search or a link."""
        return self.filter(state=TopicState.OPEN)


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
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    accepted_reason = models.CharField(max_length=300, blank=True)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    tags = models.ManyToManyField(Tag, related_name="topics", blank=True)
    state = models.CharField(max_length=10, choices=TopicState.choices, default=TopicState.OPEN)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    is_pinned = models.BooleanField(default=False)
    pinned_until = models.DateField(null=True, blank=True, help_text="unpinned after this day; null: until told")
    is_locked = models.BooleanField(default=False)
    lock_reason = models.CharField(max_length=300, blank=True)
    slow_seconds = models.PositiveIntegerField(default=0, help_text="between two posts of one person; 0: no wait")
    is_held = models.BooleanField(default=False, help_text="replies wait for an animator's approval")
    post_count = models.PositiveIntegerField(default=0, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    last_post_at = models.DateTimeField(default=timezone.now, editable=False)
    last_author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    answered_categories = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    token = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="when what is shown of it, or of one of its posts, last changed"
    )
    title_vector = vector("title", "A")

    objects = TopicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(post_count__lte=models.F("last_number")), name="topic_counters_agree"),
            models.CheckConstraint(
                condition=Q(accepted_post__isnull=True) | Q(kind="question"), name="topic_answer_to_question"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | ~Q(state="merged") & Q(merged_into__isnull=True),
                name="topic_merged_somewhere",
            ),
        ]
        indexes = [
            models.Index("forum", "is_pinned", "last_post_at", "id", name="topic_list", condition=Q(state="open")),
            models.Index(
                "network", "last_post_at", "id", name="topic_latest", condition=Q(state="open", last_number__gt=0)
            ),
            models.Index("territory", "last_post_at", name="topic_of_territory", condition=Q(territory__isnull=False)),
            models.Index(
                "network",
                "post_count",
                "created_at",
                "id",
                name="topic_open_question",
                condition=Q(state="open", kind="question", accepted_post__isnull=True, is_locked=False),
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


class ExperienceReport(models.Model):
    """The fields of an experience report (Markdown). The opening post holds them as one text, written from these."""

    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, primary_key=True, related_name="report")
    context = models.TextField(_("le contexte"))
    actions = models.TextField(_("ce qui a été fait"))
    results = models.TextField(_("ce que cela a donné"))
    lessons = models.TextField(_("ce que nous ferions autrement"), blank=True)
    cost = models.CharField(_("le coût"), max_length=200, blank=True)
    contact = models.CharField(_("à qui s’adresser"), max_length=200, blank=True)

    def __str__(self) -> str:
        return f"report {self.topic_id}"
