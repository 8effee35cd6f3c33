"""Storing files, and saying whose they are."""

import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.files.enums import FileKind, FileState
from peerhub.files.errors import BadFile, FileTooBig, NoRoom
from peerhub.files.formats import DOCUMENTS, IMAGE_EXTENSIONS, limits_sentence, max_bytes
from peerhub.files.models import ALT_MAX_LENGTH, StoredFile
from peerhub.files.names import clean_name, extension_of
from peerhub.files.services.documents import inspect_document
from peerhub.files.services.images import looks_like_image, redraw
from peerhub.files.services.scanning import scan
from peerhub.people.models import Circle, Network, User

logger = logging.getLogger("peerhub.files")
_CHUNK = 256 * 1024
PENDING_DAYS, WITHDRAWN_DAYS = 30, 30


def file_storage() -> Storage:
    """Where the bytes are: a folder, or a bucket (FILES_URL)."""
    return storages["files"]


@dataclass(frozen=True)
class _Kept:
    """What will be stored of one upload."""

    name: str
    content: "File[bytes]"
    thumbnail: bytes
    fields: dict[str, Any]


def store_file(*, owner: User, network: Network, name: str, content: IO[bytes], alt: str = "") -> StoredFile:
    """Check a file by its content and keep it, PENDING: its owner's alone until it is attached.

    `content` is binary, from its beginning to its end, seekable. An image is written again without its metadata. Raises
    `BadFile` (or one of its kinds) with a sentence for the person; nothing is then kept.
    """
    size = _size_of(content)
    content.seek(0)
    is_image = looks_like_image(content.read(16))
    _require_size(size, "jpg" if is_image else extension_of(name))
    _require_room(owner, network, size)
    kept = _redrawn(name, content) if is_image else _inspected(name, content)
    scan(content)
    blob, thumbnail = _new_blob_name(), _new_blob_name() if kept.thumbnail else ""
    storage = file_storage()
    try:
        storage.save(blob, kept.content)
        if thumbnail:
            storage.save(thumbnail, ContentFile(kept.thumbnail))
        return StoredFile.objects.create(
            owner=owner,
            network=network,
            name=kept.name,
            alt=" ".join(alt.split())[:ALT_MAX_LENGTH],
            blob=blob,
            thumbnail=thumbnail,
            **kept.fields,
        )
    except Exception:
        _delete_blobs(blob, thumbnail)
        raise


def attach_files(*, ids: Collection[int], owner: User, circle: Circle) -> set[int]:
    """Open the owner's pending files to a circle, with what shows them; the ids that are now attached to it.

    Those withdrawn from this circle by an edit come back. One that is attached already stays where it is: a second
    attempt, or a file of somebody else, changes nothing. In the caller's transaction.
    """
    if not ids:
        return set()
    mine = StoredFile.objects.filter(pk__in=ids, owner=owner)
    movable = mine.filter(Q(state=FileState.PENDING) | Q(state=FileState.WITHDRAWN, circle=circle))
    movable.update(state=FileState.ATTACHED, circle=circle, withdrawn_at=None)
    attached = StoredFile.objects.filter(pk__in=ids, state=FileState.ATTACHED, circle=circle)
    return set(attached.values_list("pk", flat=True))


def move_files(*, ids: Collection[int], circle: Circle) -> int:
    """What shows these files is now open to another circle: so are they. How many moved."""
    if not ids:
        return 0
    movable = StoredFile.objects.filter(pk__in=ids).exclude(state=FileState.PENDING)
    return movable.update(circle=circle)


def withdraw_files(*, ids: Collection[int]) -> int:
    """What showed these files was removed: nobody gets them any more. Purged after 30 days. How many."""
    if not ids:
        return 0
    attached = StoredFile.objects.filter(pk__in=ids, state=FileState.ATTACHED)
    return attached.update(state=FileState.WITHDRAWN, withdrawn_at=timezone.now())


def restore_files(*, ids: Collection[int]) -> int:
    """What showed these files is back: so are they, for the circle they had. How many."""
    if not ids:
        return 0
    withdrawn = StoredFile.objects.filter(pk__in=ids, state=FileState.WITHDRAWN, circle__isnull=False)
    return withdrawn.update(state=FileState.ATTACHED, withdrawn_at=None)


def purge_files(*, limit: int = 500) -> int:
    """Delete what was never attached, or was withdrawn, for 30 days, bytes first. How many files.

    A file that is being attached at this moment is locked, and passed over.
    """
    now = timezone.now()
    due = Q(state=FileState.PENDING, created_at__lt=now - timedelta(days=PENDING_DAYS)) | Q(
        state=FileState.WITHDRAWN, withdrawn_at__lt=now - timedelta(days=WITHDRAWN_DAYS)
    )
    purged = 0
    for pk in list(StoredFile.objects.filter(due).order_by("pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = StoredFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(due, pk=pk).first()
            if row is not None:
                # A crash between the two leaves a row that the next sweep deletes.
                _delete_blobs(row.blob, row.thumbnail)
                row.delete()
                purged += 1
    return purged


def _redrawn(name: str, content: IO[bytes]) -> _Kept:
    content.seek(0)
    picture = redraw(content)
    fields = {
        "kind": FileKind.IMAGE,
        "content_type": picture.content_type,
        "size_bytes": len(picture.content),
        "sha256": hashlib.sha256(picture.content).hexdigest(),
        "width": picture.width,
        "height": picture.height,
        "thumbnail_width": picture.thumbnail_width,
        "thumbnail_height": picture.thumbnail_height,
    }
    return _Kept(clean_name(name, picture.extension), ContentFile(picture.content), picture.thumbnail, fields)


def _inspected(name: str, content: IO[bytes]) -> _Kept:
    extension = extension_of(name)
    if extension in IMAGE_EXTENSIONS:
        raise BadFile(_("Ce fichier n’est pas une image, bien que son nom le dise."))
    content_type = inspect_document(content, extension)
    content.seek(0)
    digest = hashlib.sha256()
    size = 0
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    fields = {
        "kind": FileKind.DOCUMENT,
        "content_type": content_type,
        "size_bytes": size,
        "sha256": digest.hexdigest(),
    }
    return _Kept(clean_name(name, extension), File(content), b"", fields)


def _size_of(content: IO[bytes]) -> int:
    return content.seek(0, 2)


def _require_size(size: int, extension: str) -> None:
    if size == 0:
        raise BadFile(_("Ce fichier est vide."))
    known = extension in IMAGE_EXTENSIONS or extension in DOCUMENTS
    if known and size > max_bytes(extension):
        raise FileTooBig(_("Ce fichier est trop lourd.") + " " + limits_sentence())


def _require_room(owner: User, network: Network, size: int) -> None:
    """Bounds that hold about: two uploads at one time may both be the last one."""
    since = timezone.now() - timedelta(days=1)
    today = StoredFile.objects.filter(owner=owner, created_at__gte=since)
    if _total(today) + size > settings.FILE_DAY_MEGABYTES * 1_000_000:
        raise NoRoom(
            _("Vous avez envoyé %(count)s Mo de fichiers depuis hier : c’est le maximum. Réessayez demain.")
            % {"count": settings.FILE_DAY_MEGABYTES}
        )
    if _total(StoredFile.objects.filter(network=network)) + size > settings.FILE_NETWORK_MEGABYTES * 1_000_000:
        logger.warning("files.network_full", extra={"network": network.pk})
        raise NoRoom(_("L’espace de fichiers de ce réseau est plein : prévenez son animation."))


def _total(files: Any) -> int:
    return files.aggregate(total=Sum("size_bytes"))["total"] or 0


def _new_blob_name() -> str:
    """Unguessable, and saying nothing of what it holds; two letters of folder, so that none grows too large."""
    name = uuid4().hex
    return f"{name[:2]}/{name}"


def _delete_blobs(*names: str) -> None:
    storage = file_storage()
    for name in names:
        if name:
            storage.delete(name)
