"""A person's calendar address: given, renewed, revoked."""

import uuid

from django.conf import settings
from django.db import transaction

from peerhub.people.models import User
from sessions.models import CalendarFeed
from sessions.tokens import derive, hash_of


@transaction.atomic
def open_feed(*, user: User) -> str:
    """The secret of the person's address, made on first use."""
    feed = CalendarFeed.objects.filter(user=user).first()
    if feed is not None and (token := token_of(feed)):
        return token
    return renew_feed(user=user)


@transaction.atomic
def renew_feed(*, user: User) -> str:
    """A new address; the old one stops answering at once."""
    nonce = uuid.uuid4()
    token = derive(nonce, settings.SECRET_KEY)
    CalendarFeed.objects.update_or_create(user=user, defaults={"nonce": nonce, "token_hash": hash_of(token)})
    return token


def revoke_feed(*, user: User) -> bool:
    """No address any more; False when there was none."""
    deleted, _rows = CalendarFeed.objects.filter(user=user).delete()
    return bool(deleted)


def token_of(feed: CalendarFeed) -> str | None:
    """The secret, computed again; None when the server's key that made it is gone: the address still answers, but
    cannot be shown."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = derive(feed.nonce, key)
        if hash_of(token) == feed.token_hash:
            return token
    return None
