"""What one may do in a text that is written without tools, in plain words, for all forms."""

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

HOW = gettext_lazy(
    "Une ligne vide sépare les paragraphes, un tiret en début de ligne fait une liste, **deux étoiles** le gras."
)


def with_how(about: "_StrOrPromise") -> "_StrOrPromise":
    """The hint of a field: what it is about, then what one may do there."""
    return format_lazy("{} {}", about, HOW)
