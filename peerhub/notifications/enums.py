"""Channels, rhythms and states of notifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    IN_APP = "in_app", _("sur PeerHub")
    EMAIL = "email", _("par e-mail")


class Frequency(models.TextChoices):
    NOW = "now", _("tout de suite")
    DAILY = "daily", _("une fois par jour")
    WEEKLY = "weekly", _("une fois par semaine")
    NEVER = "never", _("jamais")


class DeliveryState(models.TextChoices):
    PENDING = "pending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class SkipReason(models.TextChoices):
    GONE = "gone"  # what it was about is gone, moot, or no longer visible to the recipient
    READ = "read"  # the recipient has read it meanwhile
    STREAK = "streak"  # an earlier mail about the same thing is still unread
    INACTIVE = "inactive"  # the account is closed
    NEVER = "never"  # the recipient has switched this kind off meanwhile
