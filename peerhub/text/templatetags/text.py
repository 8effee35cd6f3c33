"""`{% load text %}`: `{{ post.body_html|rendered }}`."""

from django import template
from django.utils.safestring import SafeString

from peerhub.text import safe

register = template.Library()


@register.filter
def rendered(html: str) -> SafeString:
    """What `render` made and the database kept, as HTML."""
    return safe.as_safe(html)
