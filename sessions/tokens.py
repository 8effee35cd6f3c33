"""The secret of a calendar address: derived from a nonce and the server's key, known to the database by its hash."""

import base64
import hashlib
import uuid

from django.utils.crypto import salted_hmac

SALT = "sessions.calendar_feed"


def derive(nonce: uuid.UUID, key: str) -> str:
    """43 characters that nobody can guess without the key."""
    digest = salted_hmac(SALT, nonce.hex, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
