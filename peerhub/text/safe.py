"""Blessing HTML: with `ui`, the only place that may."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe  # noqa: TID251

# Characters for private use, which no stored text contains: `render` takes them out of the source.
HIGHLIGHT_START = "\ue000"
HIGHLIGHT_STOP = "\ue001"


def as_safe(html: str) -> SafeString:
    """Stored `Rendered.html`, to be shown as it is. Never anything else: it is not cleaned again."""
    return mark_safe(html)  # noqa: S308


def highlighted(text: str) -> SafeString:
    """Plain text whose HIGHLIGHT_START..STOP spans (ts_headline's StartSel and StopSel) become `<mark>`.

    Marks that do not pair are dropped.
    """
    first, *rest = text.split(HIGHLIGHT_START)
    pieces: list[str] = [escape(first.replace(HIGHLIGHT_STOP, ""))]
    for part in rest:
        marked, stop, after = part.partition(HIGHLIGHT_STOP)
        pieces.append(f"<mark>{escape(marked)}</mark>" if stop else escape(marked))
        pieces.append(escape(after.replace(HIGHLIGHT_STOP, "")))
    return mark_safe("".join(pieces))  # noqa: S308
