"""Reads of files."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from peerhub.files.enums import FileState
from peerhub.files.models import StoredFile, file_url, thumbnail_url
from peerhub.files.names import discreet_name
from peerhub.people.models import Circle, User
from peerhub.text.files import ShownFile


def file_for(user: User | AnonymousUser, pk: int) -> StoredFile:
    """A file that this person may open now; raises `StoredFile.DoesNotExist` for any other."""
    return StoredFile.objects.visible_to(user).get(pk=pk)


def files_to_write(ids: Collection[int], *, owner: User, circle: Circle) -> dict[int, ShownFile]:
    """Of these files, those that a text of `owner`, open to `circle`, may show: the owner's pending ones, those that
    the owner had withdrawn from this circle, and what is attached to this circle already. No query without ids.

    The addresses of a confidential circle hold no name.
    """
    if not ids:
        return {}
    mine = Q(owner=owner) & (Q(state=FileState.PENDING) | Q(state=FileState.WITHDRAWN, circle=circle))
    usable = StoredFile.objects.filter(Q(state=FileState.ATTACHED, circle=circle) | mine, pk__in=ids)
    return {one.pk: _shown(one, discreet_name(one.name) if circle.is_confidential else one.name) for one in usable}


def _shown(one: StoredFile, address_name: str) -> ShownFile:
    if not one.is_image:
        return ShownFile(one.name, file_url(one.pk, address_name), one.size_bytes)
    return ShownFile(
        name=one.name,
        url=file_url(one.pk, address_name),
        size_bytes=one.size_bytes,
        thumbnail_url=thumbnail_url(one.pk, address_name),
        width=one.thumbnail_width or 0,
        height=one.thumbnail_height or 0,
    )
