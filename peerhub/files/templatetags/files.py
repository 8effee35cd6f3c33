"""`{% load files %}`: joining files in a form."""

from django import template
from django.utils.safestring import SafeString

from peerhub.files import drop

register = template.Library()


@register.simple_tag
def file_drop(network_slug: str) -> SafeString:
    """Where files are joined, in a multipart form of this network, within a composer."""
    return drop.file_drop(network_slug)
