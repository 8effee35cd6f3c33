"""What is kept of a file beside its bytes."""

from typing import Self
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerhub.files.enums import FileKind, FileState
from peerhub.people.models import Circle, Network, User, circle_q

NAME_MAX_LENGTH = 120
ALT_MAX_LENGTH = 500
# The box in which a thumbnail fits.
THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT = 640, 640


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What is attached is open to its circle; what is pending, to who sent it; what is withdrawn, to nobody."""
        attached = Q(state=FileState.ATTACHED) & circle_q(user)
        if not user.is_authenticated or not user.is_active:
            return self.filter(attached)
        return self.filter(attached | Q(state=FileState.PENDING, owner_id=user.pk))


class StoredFile(models.Model):
    """One file that was checked and stored. Its bytes are `blob` (and `thumbnail`, for an image) of the storage."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="files")
    network = models.ForeignKey(
        Network, on_delete=models.PROTECT, related_name="files", help_text="whose room it takes"
    )
    circle = models.ForeignKey(Circle, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    state = models.CharField(max_length=9, choices=FileState.choices, default=FileState.PENDING)
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    alt = models.CharField(max_length=ALT_MAX_LENGTH, blank=True)
    blob = models.CharField(max_length=64, unique=True)
    thumbnail = models.CharField(max_length=64, blank=True)
    thumbnail_width = models.PositiveIntegerField(null=True, blank=True)
    thumbnail_height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=FileState.ATTACHED) | Q(circle__isnull=False), name="file_attached_has_circle"
            ),
            models.CheckConstraint(
                condition=Q(state=FileState.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=FileState.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="file_withdrawn_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(kind=FileKind.IMAGE)
                | Q(
                    width__isnull=False,
                    height__isnull=False,
                    thumbnail_width__isnull=False,
                    thumbnail_height__isnull=False,
                )
                & ~Q(thumbnail=""),
                name="file_image_has_size_and_thumbnail",
            ),
        ]
        indexes = [
            # For the purge and for the quotas; downloads go by the primary key.
            models.Index(fields=["created_at"], condition=Q(state="pending"), name="file_pending_since"),
            models.Index(fields=["withdrawn_at"], condition=Q(state="withdrawn"), name="file_withdrawn_since"),
            models.Index(fields=["owner", "created_at"], name="file_of_owner"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"

    def get_absolute_url(self) -> str:
        return file_url(self.pk, self.name)

    @property
    def is_image(self) -> bool:
        return self.kind == FileKind.IMAGE


def file_url(pk: int, name: str) -> str:
    """The name is for the reader of the address: the number alone says which file. tests/files holds urls.py to it."""
    return f"/fichiers/{pk}/{quote(name, safe='')}"


def thumbnail_url(pk: int, name: str) -> str:
    return f"/fichiers/{pk}/vignette/{quote(name, safe='')}"
