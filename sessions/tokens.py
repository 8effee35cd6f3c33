"""The secret of a calendar address."""

import uuid

from peerhub.people.secret_addresses import hex_digest, new_secret, secret_again

hash_of = hex_digest
_SALT = "sessions.calendar_feed"


def derive(nonce: uuid.UUID) -> str:
    """The secret of a new nonce."""
    return new_secret(_SALT, nonce.hex)


def secret_of(nonce: uuid.UUID, kept: str) -> str | None:
    """The secret again; None when it cannot be shown any more."""
    return secret_again(_SALT, nonce.hex, kept=kept, digest=hash_of)
