"""`{% load text %}`: `{{ post.body_html|rendered }}`, `{{ result.headline|highlighted }}`, `{{ plain|excerpt:20 }}`."""

from django import template
from django.utils.safestring import SafeString

from peerhub.text import plain, safe

register = template.Library()


@register.filter
def rendered(html: str) -> SafeString:
    """What `render` made and the database kept, as HTML."""
    return safe.as_safe(html)


@register.filter
def highlighted(headline: str) -> SafeString:
    """A search result's extract, its matches in `<mark>`."""
    return safe.highlighted(headline)


@register.filter
def excerpt(text: str, words: int = 30) -> str:
    """The first words of a plain text."""
    return plain.excerpt(text, words)
