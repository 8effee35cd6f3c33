"""The rooms where sessions meet by video, made late."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions.enums import VideoProvider
from sessions.models.peer_sessions import PeerSession


class VideoRoom(models.Model):
    """The room of one session at its provider: made shortly before it begins, never shown before."""

    session = models.OneToOneField(PeerSession, on_delete=models.CASCADE, related_name="room")
    provider = models.CharField(max_length=16, choices=VideoProvider.choices)
    name = models.CharField(max_length=64, unique=True, help_text="cannot be guessed; the provider's meeting id")
    made_at = models.DateTimeField(null=True, blank=True, help_text="when its provider last said that it stands")
    failed_at = models.DateTimeField(null=True, blank=True, help_text="the provider was down: the fallback serves")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(provider=VideoProvider.LINK), name="room_of_a_provider"),
        ]

    def __str__(self) -> str:
        # Logs and the admin print this: a name opens the door.
        return f"room {self.pk}"
