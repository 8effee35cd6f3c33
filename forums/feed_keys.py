"""The secret of a person's feeds: derived from who and when."""

from datetime import datetime

from peerhub.people.secret_addresses import new_secret, secret_again, short_digest

hash_of = short_digest
_SALT = "forums.feed_token"


def derive(user_id: int, created_at: datetime) -> str:
    """The secret of a key given at that instant."""
    return new_secret(_SALT, _seed(user_id, created_at))


def secret_of(user_id: int, created_at: datetime, kept: str) -> str | None:
    """The secret again; None when it cannot be shown any more."""
    return secret_again(_SALT, _seed(user_id, created_at), kept=kept, digest=hash_of)


def _seed(user_id: int, created_at: datetime) -> str:
    return f"{user_id}.{created_at.timestamp():.6f}"
