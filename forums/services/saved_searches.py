"""Searches that a person keeps, and what they newly find."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import Post, SavedSearch
from forums.queries.saved_searches import asked_by
from forums.queries.search import Asked, newest_post_key, newest_posts
from peerhub.notifications.services import notify
from peerhub.people.errors import DomainError
from peerhub.people.models import Network, User

MOST = 50  # of one person
NAME_MAX_LENGTH = 120
# Of one run; those that were looked at longest ago come first.
PER_RUN = 2000
# Named in one notification: what else was found stands on its page.
TOLD = 5
# Keys are given before they are committed: what is younger may still be joined by a smaller key.
SETTLING = timedelta(minutes=1)
KIND = "forums.saved_search"


@transaction.atomic
def save_search(
    *, user: User, asked: Asked, network: Network | None, name: str = "", is_notifying: bool = True
) -> SavedSearch:
    """Keep a search; the one that is kept already of the same is renamed. It tells of what is written from now on."""
    query = asked.without("sort").query_string()
    if asked.is_empty or len(query) > SavedSearch._meta.get_field("query").max_length:  # type: ignore[operator]
        raise DomainError(_("Cette recherche ne peut pas être gardée : elle est vide ou trop longue."))
    name = _name(name, asked)
    # Two presses at once are one search; the count is of those of the person alone.
    User.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=user.pk)
    known = SavedSearch.objects.filter(user=user, query=query).first()
    if known is not None:
        known.name, known.is_notifying = name, is_notifying
        known.last_post = max(known.last_post, newest_post_key()) if is_notifying else known.last_post
        known.save(update_fields=["name", "is_notifying", "last_post"])
        return known
    if SavedSearch.objects.filter(user=user).count() >= MOST:
        raise DomainError(_("Vous gardez déjà %(number)s recherches : supprimez-en une avant.") % {"number": MOST})
    return SavedSearch.objects.create(
        user=user, network=network, name=name, query=query, is_notifying=is_notifying, last_post=newest_post_key()
    )


@transaction.atomic
def change_search(*, saved: SavedSearch, name: str, is_notifying: bool) -> None:
    """Rename, and tell or stop telling of what it finds: from now on, nothing of what was written meanwhile."""
    fresh = SavedSearch.objects.select_for_update().get(pk=saved.pk)
    if is_notifying and not fresh.is_notifying:
        fresh.last_post = newest_post_key()
    fresh.name, fresh.is_notifying = _name(name, asked_by(fresh)), is_notifying
    fresh.save(update_fields=["name", "is_notifying", "last_post"])


def delete_search(*, saved: SavedSearch) -> None:
    SavedSearch.objects.filter(pk=saved.pk).delete()


def _name(name: str, asked: Asked) -> str:
    return (" ".join(name.split()) or asked.words or ", ".join(asked.filters.values()))[:NAME_MAX_LENGTH]


def tell_new_finds(*, now: datetime | None = None) -> int:
    """Tell the owners of searches of what they newly found; how many were told.

    Each search is a transaction of its own: what was looked at, and the notification of it, stand or fall together, so
    that running again tells nothing twice.
    """
    settled = Post.objects.filter(created_at__lte=(now or timezone.now()) - SETTLING).order_by("-pk")
    until = settled.values_list("pk", flat=True).first() or 0
    waiting = SavedSearch.objects.filter(is_notifying=True, user__is_active=True, last_post__lt=until)
    keys = waiting.order_by("checked_at", "pk").values_list("pk", flat=True)[:PER_RUN]
    return sum(_tell(pk, until, now or timezone.now()) for pk in list(keys))


@transaction.atomic
def _tell(pk: int, until: int, now: datetime) -> int:
    rows = SavedSearch.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user", "network")
    saved = rows.filter(pk=pk, is_notifying=True, last_post__lt=until).first()
    if saved is None:
        return 0
    with timezone.override(saved.user.time_zone):  # the days of its dates
        found = newest_posts(
            saved.user,
            saved.network,
            asked_by(saved),
            after=saved.last_post,
            until=until,
            limit=TOLD,
            is_own_left_out=True,
        )
    saved.last_post, saved.checked_at = until, now
    saved.save(update_fields=["last_post", "checked_at"])
    if not found:
        return 0
    return notify(
        kind=KIND,
        recipients=[saved.user_id],
        target_id=saved.pk,
        dedupe_key=f"{KIND}.{saved.pk}.{'-'.join(map(str, found))}",
        network_id=saved.network_id,
        streak=f"saved_search.{saved.pk}",
    )
