"""A text that waits, as its author sees it at the end of a discussion; nobody else sees anything there."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from forums.models import HeldText
from forums.moderation_targets import held_html


def held_piece(held: HeldText) -> SafeString:
    """What its author sees of it at the end of the discussion, where nobody else sees anything."""
    return render_to_string("forums/_held.html", {"held": held, "html": held_html(held)})
