"""The key to a person's Atom feeds: given, renewed, revoked."""

from django.db import transaction
from django.utils import timezone

from forums.feed_keys import derive, hash_of, secret_of
from forums.models import FeedToken
from peerhub.people.models import User


@transaction.atomic
def open_feeds(*, user: User) -> str:
    """The secret of the person's addresses, made on first use."""
    token = FeedToken.objects.filter(user=user).first()
    if token is not None and (secret := secret_of(user.pk, token.created_at, token.token)):
        return secret
    return renew_feeds(user=user)


@transaction.atomic
def renew_feeds(*, user: User) -> str:
    """Another secret; the old addresses stop answering at once."""
    now = timezone.now()
    secret = derive(user.pk, now)
    FeedToken.objects.update_or_create(user=user, defaults={"token": hash_of(secret), "created_at": now})
    return secret


def revoke_feeds(*, user: User) -> bool:
    """No address any more; False when there was none."""
    deleted, _rows = FeedToken.objects.filter(user=user).delete()
    return bool(deleted)
