"""The searches that a person keeps."""

from urllib.parse import parse_qsl

from forums.models import SavedSearch
from forums.queries.search import Asked, asked_from
from peerhub.people.models import User


def saved_searches_of(user: User) -> list[SavedSearch]:
    """By name; one query."""
    return list(SavedSearch.objects.filter(user=user).select_related("network").order_by("name", "pk"))


def saved_search_for(user: User, pk: int) -> SavedSearch:
    """One of the person's own; `SavedSearch.DoesNotExist` for any other."""
    return SavedSearch.objects.select_related("network").get(user=user, pk=pk)


def asked_by(saved: SavedSearch) -> Asked:
    return asked_from(dict(parse_qsl(saved.query)))
