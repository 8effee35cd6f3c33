"""The stylesheet of the categories: their colours are data, so they cannot stand in a static file."""

import re

from django.core.cache import cache

from peerhub.people.queries import category_colours

KEY = "people.colours"
SECONDS = 600
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}", re.IGNORECASE | re.ASCII)
HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE | re.ASCII)


def stylesheet() -> str:
    """`.c-<slug> { --c: … }` for each category; from the cache when it is there.

    The database refuses other values already; what is not a slug and two colours is left out here too, because
    whatever reached this text would be a style of every page.
    """
    css: str | None = cache.get(KEY)
    if css is None:
        css = "".join(
            f".c-{slug}{{--c:light-dark({light},{dark})}}\n"
            for slug, light, dark in category_colours()
            if SLUG.fullmatch(slug) and HEX.fullmatch(light) and HEX.fullmatch(dark)
        )
        cache.set(KEY, css, SECONDS)
    return css


def forget_stylesheet() -> None:
    """A category was edited."""
    cache.delete(KEY)
