"""Addresses whose secret is the key to what one person may read: calendars, feeds.

The secret is derived from a seed of the row and the server's key, and the database keeps its digest alone: so its owner
can read it again, and a stolen database opens nothing.
"""

import base64
import hashlib
from collections.abc import Callable

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def new_secret(salt: str, seed: str) -> str:
    """43 characters that nobody can guess without the server's key; `salt` says which kind of address it is."""
    return _derived(salt, seed, settings.SECRET_KEY)


def secret_again(salt: str, seed: str, *, kept: str, digest: Callable[[str], str]) -> str | None:
    """The secret whose digest was kept, computed again; None when the server's key that made it is gone: the address
    still answers, but cannot be shown."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = _derived(salt, seed, key)
        if constant_time_compare(digest(secret), kept):
            return secret
    return None


def hex_digest(secret: str) -> str:
    """What a row may keep of a secret, in 64 characters."""
    return hashlib.sha256(secret.encode()).hexdigest()


def short_digest(secret: str) -> str:
    """The same in 43 characters."""
    return _text(hashlib.sha256(secret.encode()).digest())


def _derived(salt: str, seed: str, key: str) -> str:
    return _text(salted_hmac(salt, seed, secret=key, algorithm="sha256").digest())


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
