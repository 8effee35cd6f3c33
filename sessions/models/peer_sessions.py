"""Sessions: scheduled moments between peers."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import CircleKind
from peerhub.people.folding import Fold
from peerhub.people.models import Circle, Network, Territory, User, circle_q
from sessions.enums import Format, SessionState, VideoProvider
from sessions.models.registrations import Registration

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# The video link shows from so long before the beginning, to those registered.
LINK_OPENS_BEFORE = timedelta(minutes=30)


def default_reminders() -> list[int]:
    """Seven days, one day and one hour before."""
    return [10080, 1440, 60]


# The long columns, which lists, locks and mails leave where they are.
TEXTS = ("description", "description_html", "description_text", "search")


class PeerSessionQuerySet(models.QuerySet["PeerSession"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))

    def scheduled(self) -> Self:
        return self.filter(state=SessionState.SCHEDULED)

    def upcoming(self, now: datetime | None = None) -> Self:
        """Not over yet; the next one first."""
        return self.filter(ends_at__gt=now or timezone.now()).order_by("starts_at", "pk")

    def past(self, now: datetime | None = None) -> Self:
        """Over; the latest one first."""
        return self.filter(ends_at__lte=now or timezone.now()).order_by("-starts_at", "-pk")

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Sharing at least an instant with the half-open span."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def joined_by(self, user: User | AnonymousUser) -> Self:
        """Where the person holds a seat."""
        return self.filter(pk__in=Registration.objects.registered().filter(user_id=user.pk or 0).values("session_id"))

    def with_mine(self, user: User | AnonymousUser) -> Self:
        """Annotates `is_mine`: whether the person holds a seat."""
        own = Registration.objects.registered().filter(session=OuterRef("pk"), user_id=user.pk or 0)
        return self.annotate(is_mine=Exists(own))

    def for_cards(self) -> Self:
        """With what a card shows."""
        return self.select_related("network", "circle__category", "circle__delegation")


class PeerSession(models.Model):
    """A scheduled moment between peers. Instants are UTC; `time_zone` is where it was planned."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="peer_sessions")
    circle = models.ForeignKey(Circle, on_delete=models.RESTRICT, related_name="peer_sessions")
    title = models.CharField(_("titre"), max_length=160)
    description = models.TextField(_("présentation"), blank=True, max_length=20_000, help_text="Markdown")
    description_html = models.TextField(blank=True, editable=False)
    description_text = models.TextField(blank=True, editable=False)
    render_version = models.PositiveSmallIntegerField(default=0, editable=False)
    format = models.CharField(_("format"), max_length=16, choices=Format.choices, default=Format.PEER_GROUP)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, default="Europe/Paris", help_text="IANA name")
    place = models.CharField(_("lieu"), max_length=300, blank=True)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="where on site it is"
    )
    video_provider = models.CharField(
        _("visioconférence"), max_length=16, choices=VideoProvider.choices, default=VideoProvider.LINK
    )
    video_url = models.URLField(
        _("lien vidéo"), max_length=500, blank=True, help_text="the room, or what serves when its provider is down"
    )
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text="null: unlimited")
    topic = models.ForeignKey(
        "forums.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="preparation"
    )
    programme = models.ForeignKey(
        "Programme", null=True, blank=True, on_delete=models.SET_NULL, related_name="peer_sessions"
    )
    peer_day = models.ForeignKey("PeerDay", null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions")
    series = models.ForeignKey(
        "SessionSeries", null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    occurs_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="RECURRENCE-ID: when the rule of its series puts it"
    )
    opens_to = models.ForeignKey(
        Circle,
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        related_name="+",
        help_text="whom it opens to when its invitations leave; until then its circle is that of the animators",
    )
    is_invited_only = models.BooleanField(default=False, help_text="only those invited may claim a seat")
    offer_minutes = models.PositiveIntegerField(default=1440, help_text="how long a freed seat is held for whom waits")
    floors_until = models.DateTimeField(null=True, blank=True, help_text="unused floors are released then")
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(),
        default=default_reminders,
        help_text="before it begins; 1440: same local hour",
    )
    reminder_note = models.CharField(_("à préparer"), max_length=500, blank=True)
    facilitators: models.ManyToManyField[User, models.Model] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="facilitated_sessions"
    )
    registered_count = models.PositiveIntegerField(default=0, editable=False, help_text="members and guests")
    held_count = models.PositiveIntegerField(default=0, editable=False, help_text="offered, and not answered yet")
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.SCHEDULED)
    cancelled_reason = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    evaluation_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    report_chases = models.PositiveSmallIntegerField(default=0, editable=False, help_text="told at 3 days: 1; at 7: 2")
    report_waived_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="no minutes will be made")
    sequence = models.PositiveIntegerField(default=0, editable=False, help_text="RFC 5545: + 1 at a move or cancel")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    search = models.GeneratedField(
        expression=SearchVector(Fold("title"), weight="A", config="french")
        + SearchVector(Fold("description_text"), weight="B", config="french"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    # Annotated by `with_mine`.
    is_mine: bool

    objects = PeerSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(condition=Q(capacity__isnull=True) | Q(capacity__gt=0), name="session_has_seats"),
            # The last line of defence of « a full session is full ».
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(registered_count__lte=F("capacity") - F("held_count")),
                name="session_never_over_full",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.SCHEDULED, cancelled_at__isnull=True)
                | Q(state=SessionState.CANCELLED, cancelled_at__isnull=False),
                name="session_cancelled_has_date",
            ),
            models.UniqueConstraint(fields=["series", "occurs_at"], name="session_once_in_series"),
        ]
        indexes = [
            models.Index(fields=["network", "starts_at"], name="session_network_start"),
            models.Index(fields=["ends_at"], name="session_end"),
            GinIndex(fields=["search"], name="session_search"),
        ]

    def __str__(self) -> str:
        # Logs and the admin print this: nothing of what a confidential session says.
        return f"session {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sessions:session", args=[self.pk])

    @property
    def is_scheduled(self) -> bool:
        return self.state == SessionState.SCHEDULED

    @property
    def is_cancelled(self) -> bool:
        return self.state == SessionState.CANCELLED

    @property
    def is_confidential(self) -> bool:
        return self.circle.is_confidential

    @property
    def is_between(self) -> bool:
        """Planned by two or three people in their conversation: nobody counts seats there; needs `circle`."""
        return self.circle.kind == CircleKind.CONVERSATION

    @property
    def is_draft(self) -> bool:
        """Planned, and not open yet to those it is for: the animators alone see it."""
        return self.opens_to_id is not None

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.registered_count + self.held_count >= self.capacity

    @property
    def meets_by_video(self) -> bool:
        """Whether there is, or will be, a room or a link to join."""
        return bool(self.video_url) or self.video_provider != VideoProvider.LINK

    @property
    def link_opens_at(self) -> datetime:
        return self.starts_at - LINK_OPENS_BEFORE

    @property
    def category_slug(self) -> str:
        """The category whose colour the session wears, or none."""
        return self.circle.category.slug if self.circle.category else ""

    def has_begun(self, now: datetime | None = None) -> bool:
        return self.starts_at <= (now or timezone.now())

    def is_over(self, now: datetime | None = None) -> bool:
        return self.ends_at <= (now or timezone.now())

    @property
    def public_title(self) -> _StrOrPromise:
        """What may be written outside of its circle's pages (mails, calendars); needs `network` and `circle`."""
        return self.neutral_title if self.is_confidential else self.title

    @property
    def neutral_title(self) -> _StrOrPromise:
        """What somebody outside of its circle may read: a delegate, the lead of a delegation."""
        if self.is_confidential:
            return _("Séance confidentielle · %(network)s") % {"network": self.network.name}
        return _("Séance · %(network)s") % {"network": self.network.name}
