"""The place in a composer where files are joined."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from peerhub.files.formats import ACCEPT, accepted_sentence, limits_sentence
from peerhub.files.models import ALT_MAX_LENGTH


def file_drop(network_slug: str) -> SafeString:
    """A `<file-drop>` for a form of this network: of its own with our script, an input of the form without it."""
    limits = (settings.FILE_IMAGE_MEGABYTES, settings.FILE_DOCUMENT_MEGABYTES)
    return _file_drop(network_slug, get_language(), limits)


@lru_cache(maxsize=256)
def _file_drop(network_slug: str, language: str | None, limits: tuple[int, int]) -> SafeString:
    """What is written depends on these alone; a page of posts is no place to render it again and again."""
    context = {
        "network_slug": network_slug,
        "accept": ACCEPT,
        "accepted": accepted_sentence(),
        "limits": limits_sentence(),
        "image_megabytes": str(limits[0]),
        "document_megabytes": str(limits[1]),
        "alt_max_length": str(ALT_MAX_LENGTH),
    }
    return render_to_string("files/_drop.html", context)
