"""A person's own drafts. Nobody else's are ever read."""

from collections.abc import Sequence

from forums.models import Draft
from peerhub.people.models import User


def draft_for(user: User, key: str) -> Draft:
    """`Draft.DoesNotExist` when the person has none of that key."""
    return Draft.objects.get(user=user, key=key)


def drafts_of(user: User) -> Sequence[Draft]:
    """The last written first: one query."""
    return list(Draft.objects.filter(user=user).order_by("-updated_at", "-pk"))
