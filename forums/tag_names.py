"""The words of a network's list, for choices and completion: kept until one is changed."""

from django.core.cache import cache

from forums.models import Tag

SECONDS = 300


def tag_names(network_id: int) -> list[tuple[str, str]]:
    """(slug, name) of a network's tags, by name."""
    names: list[tuple[str, str]] | None = cache.get(_key(network_id))
    if names is None:
        rows = Tag.objects.filter(network=network_id).order_by("name", "pk")
        names = list(rows.values_list("slug", "name"))
        cache.set(_key(network_id), names, SECONDS)
    return names


def forget_tag_names(network_id: int) -> None:
    """A tag was made, changed or deleted: to be called once that is committed."""
    cache.delete(_key(network_id))


def _key(network_id: int) -> str:
    return f"forums:tags:{network_id}"
