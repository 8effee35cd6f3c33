"""How a file is written into a text."""

import re

from peerhub.files.models import StoredFile

_MARKS = re.compile(r"([\\\[\]`*_<>~|!])")


def markdown_of(file: StoredFile, alt: str = "") -> str:
    """`![alt](…)` for an image, `[name](…)` for a document."""
    if file.is_image:
        return f"![{_plain(alt or file.alt)}]({file.get_absolute_url()})"
    return f"[{_plain(file.name)}]({file.get_absolute_url()})"


def _plain(words: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(words.split()))
