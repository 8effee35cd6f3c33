"""What people type to reply, and why they do what they do."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from forums.models import BODY_MAX_LENGTH
from peerhub.files.models import ALT_MAX_LENGTH


class FileFields(forms.Form):
    """A file that comes with the text: for browsers without our script, which sends files on their own."""

    file = forms.FileField(required=False)
    file_alt = forms.CharField(required=False, max_length=ALT_MAX_LENGTH)


class ReplyForm(FileFields):
    """A reply. `token` makes a double click or a retry one post."""

    body = forms.CharField(
        label=_("Votre réponse"),
        max_length=BODY_MAX_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Écrivez votre message avant de le publier.")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ReasonForm(forms.Form):
    """Why, in a line, for those who wish to say it."""

    reason = forms.CharField(
        label=_("Pourquoi"),
        help_text=_("Une ligne, visible de toutes les personnes qui lisent la discussion."),
        max_length=300,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
