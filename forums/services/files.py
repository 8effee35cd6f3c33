"""The files of posts: joined when a text is published, gone when it goes; never ahead of its transaction."""

from collections.abc import Collection, Iterable
from typing import IO

from forums.models import Post, PostFile
from forums.services.writing import Written
from peerhub.files.markdown import markdown_of
from peerhub.files.services.storing import attach_files, move_files, restore_files, store_file, withdraw_files
from peerhub.people.models import Circle, Network, User


def with_file(body: str, *, owner: User, network: Network, name: str, content: IO[bytes], alt: str) -> str:
    """The text with a file at its end, for a form that was sent without our script. Raises `BadFile`."""
    stored = store_file(owner=owner, network=network, name=name, content=content, alt=alt)
    return f"{body.rstrip()}\n\n{markdown_of(stored)}\n"


def join_files(*, post: Post, written: Written, owner: User, circle: Circle) -> None:
    """Open to the circle what the text of the post shows; in the transaction that writes it. No query without files."""
    if written.files:
        attached = attach_files(ids=written.files, owner=owner, circle=circle)
        rows = [PostFile(post=post, file_id=pk) for pk in sorted(attached)]
        PostFile.objects.bulk_create(rows, ignore_conflicts=True)


def rejoin_files(*, post: Post, written: Written, owner: User, circle: Circle) -> None:
    """The post was edited, by `owner`: join what its text shows now, withdraw what it shows no more."""
    before = set(PostFile.objects.filter(post=post).values_list("file_id", flat=True))
    gone = before - set(written.files)
    if gone:
        PostFile.objects.filter(post=post, file_id__in=gone).delete()
        withdraw_files(ids=gone - _shown_by_others(gone, [post.pk]))
    join_files(post=post, written=written, owner=owner, circle=circle)


def withdraw_files_of(post_ids: Collection[int]) -> None:
    """These posts were removed: nobody gets their files any more, but those that another post shows."""
    ids = _files_of(post_ids)
    withdraw_files(ids=ids - _shown_by_others(ids, post_ids))


def restore_files_of(post_ids: Collection[int]) -> None:
    """These posts are back, and so are their files (kept for 30 days)."""
    restore_files(ids=_files_of(post_ids))


def move_files_of(post_ids: Collection[int], circle: Circle) -> None:
    """These posts are open to another circle now, and so are their files. What a post elsewhere shows as well stays
    where it is: moving the one must not open the other."""
    ids = _files_of(post_ids)
    move_files(ids=ids - _shown_by_others(ids, post_ids), circle=circle)


def _files_of(post_ids: Collection[int]) -> set[int]:
    if not post_ids:
        return set()
    return set(PostFile.objects.filter(post_id__in=post_ids).values_list("file_id", flat=True))


def _shown_by_others(ids: Iterable[int], post_ids: Collection[int]) -> set[int]:
    wanted = list(ids)
    if not wanted:
        return set()
    others = PostFile.objects.filter(file_id__in=wanted, post__is_removed=False).exclude(post_id__in=post_ids)
    return set(others.values_list("file_id", flat=True))
