"""Posts that people keep for themselves, and the day when they want to be reminded of one."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import Bookmark, Post
from peerhub.notifications.services import notify
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import User
from peerhub.text.markdown import one_line

REMIND_TIME = time(8)  # in the person's own zone
BATCH = 200


def due_at(day: date, zone: str) -> datetime:
    """When the reminder of that day is due: a wall-clock hour, so that a change of hour before it does not move it."""
    return datetime.combine(day, REMIND_TIME, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@transaction.atomic
def keep_post(*, user: User, post: Post, note: str = "", remind_on: date | None = None) -> Bookmark:
    """Keep a post, or change the note and the day of one that is kept.

    Raises `Refused` when the post is not open to the person, `DomainError` for a day that is not to come. A day that
    was kept already is left as it is: what was told is not told again.
    """
    if not Post.objects.visible_to(user).filter(pk=post.pk).exists():
        raise Refused(_("Ce message ne vous est plus ouvert."))
    # Two submits of one form: the second waits for the row of the first.
    bookmark, _is_new = Bookmark.objects.select_for_update(no_key=True).get_or_create(user=user, post=post)
    bookmark.note = one_line(note)[:300]
    if remind_on != bookmark.remind_on:
        if remind_on and remind_on <= timezone.localdate(timezone=ZoneInfo(user.time_zone)):
            raise DomainError(_("Choisissez un jour à venir."))
        bookmark.remind_on = remind_on
        bookmark.due_at = due_at(remind_on, user.time_zone) if remind_on else None
    bookmark.save(update_fields=["note", "remind_on", "due_at"])
    return bookmark


def let_go(*, user: User, pk: int) -> None:
    """Keep this bookmark (key) of the person no more. Twice is once."""
    Bookmark.objects.filter(user=user, pk=pk).delete()


def tell_due() -> int:
    """Remind of the bookmarks whose hour has come, once; how many. Two sweeps at one time share them."""
    told = 0
    while batch := _tell_batch():
        told += batch
    return told


@transaction.atomic
def _tell_batch() -> int:
    """What is told and the mark that it was are one transaction: a crash leaves both undone."""
    due = Bookmark.objects.select_for_update(skip_locked=True, of=("self",)).filter(due_at__lte=timezone.now())
    bookmarks = list(due.order_by("due_at").select_related("post__topic").defer("post__body_vector")[:BATCH])
    for bookmark in bookmarks:
        notify(
            kind="forums.bookmark",
            recipients=[bookmark.user_id],
            target_id=bookmark.pk,
            dedupe_key=f"forums.bookmark.{bookmark.pk}.{bookmark.remind_on}",
            network_id=bookmark.post.topic.network_id,
        )
    Bookmark.objects.filter(pk__in=[bookmark.pk for bookmark in bookmarks]).update(due_at=None)
    return len(bookmarks)
