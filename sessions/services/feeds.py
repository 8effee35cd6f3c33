"""A person's calendar address: given, renewed, revoked."""

import uuid

from django.db import transaction

from peerhub.people.models import User
from sessions.models import CalendarFeed
from sessions.tokens import derive, hash_of, secret_of


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
    token = derive(nonce)
    CalendarFeed.objects.update_or_create(user=user, defaults={"nonce": nonce, "token_hash": hash_of(token)})
    return token


def revoke_feed(*, user: User) -> bool:
    """No address any more; False when there was none."""
    deleted, _rows = CalendarFeed.objects.filter(user=user).delete()
    return bool(deleted)


def token_of(feed: CalendarFeed) -> str | None:
    """The secret again; None when it cannot be shown any more: the address still answers."""
    return secret_of(feed.nonce, feed.token_hash)
