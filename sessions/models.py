"""Sessions, the seats taken in them, the reminders that are due, and personal calendar feeds."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.folding import Fold
from peerhub.people.models import Affiliation, Circle, Network, User, circle_q
from sessions.enums import Format, RegistrationState, SessionState, SkippedReason

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# The video link shows from so long before the beginning, to those registered.
LINK_OPENS_BEFORE = timedelta(minutes=30)


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
    video_url = models.URLField(_("lien vidéo"), max_length=500, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text="null: unlimited")
    topic = models.ForeignKey(
        "forums.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="preparation"
    )
    registered_count = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.SCHEDULED)
    cancelled_reason = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
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
                condition=Q(capacity__isnull=True) | Q(registered_count__lte=F("capacity")),
                name="session_never_over_full",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.SCHEDULED, cancelled_at__isnull=True)
                | Q(state=SessionState.CANCELLED, cancelled_at__isnull=False),
                name="session_cancelled_has_date",
            ),
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
    def is_full(self) -> bool:
        return self.capacity is not None and self.registered_count >= self.capacity

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
        if self.is_confidential:
            return _("Séance confidentielle · %(network)s") % {"network": self.network.name}
        return self.title


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def registered(self) -> Self:
        return self.filter(state=RegistrationState.REGISTERED)

    def with_hat(self) -> Self:
        return self.select_related(
            "user", "affiliation__category", "affiliation__territory", "affiliation__organisation"
        )


class Registration(models.Model):
    """One person's seat in one session; the row stays when the person withdraws. Written by
    `services.registration` alone."""

    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="registrations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registrations")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.RESTRICT, related_name="registrations")
    state = models.CharField(max_length=10, choices=RegistrationState.choices, default=RegistrationState.REGISTERED)
    registered_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="+ 1 each time that the person changes their mind")

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="registration_unique"),
            models.CheckConstraint(
                condition=Q(state=RegistrationState.REGISTERED, withdrawn_at__isnull=True)
                | Q(state=RegistrationState.WITHDRAWN, withdrawn_at__isnull=False),
                name="registration_withdrawn_has_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "session"],
                name="registration_of_user",
                condition=Q(state=RegistrationState.REGISTERED),
            ),
        ]

    def __str__(self) -> str:
        return f"registration {self.pk}"

    @property
    def is_registered(self) -> bool:
        return self.state == RegistrationState.REGISTERED


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def pending(self) -> Self:
        """Neither sent nor set aside."""
        return self.filter(sent_at__isnull=True, skipped_reason="")

    def due(self, now: datetime) -> Self:
        """Pending, at or past its hour, and under nobody's lease."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.pending().filter(free, due_at__lte=now)


class Reminder(models.Model):
    """One mail that is due at its hour. One row for a session, a person and an offset, whatever moves: it is armed
    again when its hour comes to lie ahead."""

    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    offset_minutes = models.PositiveIntegerField(help_text="1440: the day before at the same local hour; else minutes")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    skipped_reason = models.CharField(max_length=12, blank=True, choices=SkippedReason.choices)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user", "offset_minutes"], name="reminder_unique"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(skipped_reason=""), name="reminder_sent_or_skipped"
            ),
            models.CheckConstraint(
                condition=Q(lease_until__isnull=True, lease_token__isnull=True)
                | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="reminder_lease_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="reminder_pending",
                condition=Q(sent_at__isnull=True, skipped_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"


class CalendarFeed(models.Model):
    """A person's secret address for calendar programs.

    The address is derived from `nonce` and the server's secret key, so that its owner can read it again and a stolen
    database cannot; `token_hash` (SHA-256) is what a request is found by. A new nonce is a new address.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    nonce = models.UUIDField(default=uuid.uuid4)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"feed {self.pk}"
