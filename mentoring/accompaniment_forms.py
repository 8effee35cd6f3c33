"""Forms of notes, check-ins, opinions and thanks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from mentoring.enums import CheckInAnswer
from mentoring.models import Feedback
from mentoring.services.notes import LONGEST

PRIVATE, SHARED = "private", "shared"


class NoteForm(forms.Form):
    """What one wants to remember."""

    body = forms.CharField(
        label=_lazy("Votre note"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _lazy("Cette note est vide.")},
    )
    readers = forms.ChoiceField(
        label=_lazy("Qui la lit ?"),
        choices=[(PRIVATE, _lazy("Moi seulement")), (SHARED, _lazy("Les personnes de ce mentorat"))],
        initial=PRIVATE,
        widget=forms.RadioSelect,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def is_shared(self) -> bool:
        return bool(self.cleaned_data["readers"] == SHARED)


class CheckInForm(forms.Form):
    """How it goes."""

    answer = forms.ChoiceField(
        label=_lazy("Comment cela se passe-t-il pour vous ?"),
        choices=CheckInAnswer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Dites comment cela se passe.")},
    )
    comment = forms.CharField(
        label=_lazy("Pour vous en souvenir"),
        help_text=_lazy("Vous seul·e le relirez."),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )


class ThanksForm(forms.Form):
    """A word for one person."""

    body = forms.CharField(
        label=_lazy("Votre mot"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _lazy("Écrivez un mot.")},
    )
    may_be_public = forms.BooleanField(
        label=_lazy("Cette personne peut le montrer au réseau, avec mon nom"),
        help_text=_lazy("Il n’apparaît sur sa fiche que si elle le souhaite aussi ; vous pourrez le reprendre."),
        required=False,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)


class FeedbackForm(forms.Form):
    """What one thinks of it, for nobody to read."""

    usefulness = forms.TypedChoiceField(
        label=_lazy("Cela vous a-t-il été utile ?"),
        choices=[
            (5, _lazy("Oui, beaucoup")),
            (4, _lazy("Oui")),
            (3, _lazy("Plutôt")),
            (2, _lazy("Peu")),
            (1, _lazy("Non")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Dites si cela vous a été utile.")},
    )
    would_again = forms.BooleanField(
        label=_lazy("Je recommencerais avec cette personne"),
        help_text=_lazy("Sinon, elle ne vous sera plus proposée ; elle ne le saura pas."),
        required=False,
    )
    comment = forms.CharField(
        label=_lazy("Pour vous en souvenir"),
        help_text=_lazy("Vous seul·e le relirez."),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )

    @staticmethod
    def initial_of(said: Feedback | None) -> dict[str, Any]:
        if said is None:
            return {"would_again": True}
        return {"usefulness": said.usefulness, "would_again": said.would_again, "comment": said.comment}
