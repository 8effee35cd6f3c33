"""What an animator writes to whoever's need waits."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

LONGEST_WORDS = 4000


class WordsForm(forms.Form):
    """The first words; why they are written stands there to begin with."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    body = forms.CharField(
        label=_lazy("Votre message"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea({"rows": 9}),
        error_messages={"required": _lazy("Écrivez votre message.")},
    )

    def __init__(self, data: Any = None, *, name: str, days: int) -> None:
        self._template = _opening_words(name, days)
        super().__init__(data, initial={"token": uuid4(), "body": self._template})

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if " ".join(body.split()) == " ".join(self._template.split()):
            raise ValidationError(_("Il ne manque que vos mots."))
        return body


def _opening_words(name: str, days: int) -> str:
    hello = _("Bonjour %(name)s,") % {"name": name}
    why = ngettext(
        "Votre besoin attend depuis %(number)s jour.", "Votre besoin attend depuis %(number)s jours.", days
    ) % {"number": days}
    return f"{hello}\n\n{why}\n\n"
