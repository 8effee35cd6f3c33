"""The secret of a person's feeds: derived from who, when and the server's key; the database knows its hash alone.

So its owner can read it again, and a stolen database opens no feed.
"""

import base64
import hashlib
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "forums.feed_token"


def derive(user_id: int, created_at: datetime, key: str) -> str:
    """43 characters that nobody can guess without the key."""
    seed = f"{user_id}.{created_at.timestamp():.6f}"
    return _text(salted_hmac(_SALT, seed, secret=key, algorithm="sha256").digest())


def hash_of(secret: str) -> str:
    """What the database keeps: 43 characters too."""
    return _text(hashlib.sha256(secret.encode()).digest())


def secret_of(user_id: int, created_at: datetime, kept: str) -> str | None:
    """The secret, computed again; None when the server's key that made it is gone: the address still answers, but
    cannot be shown."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = derive(user_id, created_at, key)
        if constant_time_compare(hash_of(secret), kept):
            return secret
    return None


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
