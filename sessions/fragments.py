"""The HTML of what changes under the eyes of those who look: the same for the page and for the live frames."""

from django.utils import translation
from django.utils.safestring import SafeString

from peerhub.live.frames import languages
from peerhub.ui.components.shapes import seats


def seats_in_each_language(taken: int, capacity: int | None, category: str) -> dict[str, SafeString]:
    """The seats, by language; nothing in them is about one viewer."""
    fragments = {}
    for language in languages():
        with translation.override(language):
            fragments[language] = seats(taken=taken, capacity=capacity, category=category)
    return fragments
