"""Fields of forms of every product."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from peerhub.people.models import Territory
from peerhub.people.queries import AmbiguousTerritory, UnknownTerritory, named_territory

LONGEST_NAME = 180
SUGGESTED = 6


class TerritoryField(forms.CharField):
    """A territory by its name, its code or a postcode, with suggestions while one types; cleans to `Territory | None`.

    The page holds `<datalist id="territoires">`; after words that may mean several, it may list `candidates` there.
    """

    def __init__(self, **kwargs: Any) -> None:
        suggesting = {
            "list": "territoires",
            "autocomplete": "off",
            "hx-get": reverse_lazy("people:territory-options"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#territoires",
            "hx-swap": "innerHTML",
        }
        self.candidates: list[Territory] = []
        super().__init__(**{"max_length": LONGEST_NAME, "widget": forms.TextInput(suggesting), **kwargs})

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        if not words:
            return None
        try:
            return named_territory(words)
        except UnknownTerritory:
            raise ValidationError(
                _("Nous ne trouvons pas « %(words)s » : écrivez le début du nom, le code officiel ou le code postal.")
                % {"words": words}
            ) from None
        except AmbiguousTerritory as ambiguous:
            self.candidates = ambiguous.candidates
            named = ", ".join(one.suggestion for one in ambiguous.candidates[:SUGGESTED])
            raise ValidationError(
                _("Plusieurs territoires répondent à ce nom. Recopiez le vôtre avec son code : %(named)s.")
                % {"named": named}
            ) from None
