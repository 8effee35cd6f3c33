"""A file that comes with the text, from a browser without our script."""

from typing import Any

from django.forms import Form

from forums.services.files import with_file
from peerhub.people.models import Network, User


def cleaned_with_file(form: Form, *, owner: User, network: Network) -> dict[str, Any]:
    """What the form says, with its file stored and at the end of the body. Raises `BadFile`."""
    fields = dict(form.cleaned_data)
    sent, alt = fields.pop("file", None), fields.pop("file_alt", "")
    if sent:
        name, content = sent.name, sent.file
        fields["body"] = with_file(fields["body"], owner=owner, network=network, name=name, content=content, alt=alt)
    return fields
