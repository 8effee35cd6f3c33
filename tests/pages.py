"""What a page says, as tests read it."""

import re
from html import unescape
from typing import Any


def html(response: Any) -> str:
    return str(response.content.decode())


def text_of(response: Any) -> str:
    """Its words alone, with ordinary spaces between them."""
    words = unescape(re.sub(r"<[^>]+>", " ", html(response)))
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())
