"""How a person wants to be told."""

from typing import Any

from django import forms

from peerhub.notifications.enums import Channel, Frequency
from peerhub.notifications.kinds import Kind


class PreferencesForm(forms.Form):
    """One row for each kind: shown on the platform or not, and the rhythm of e-mails."""

    def __init__(self, *args: Any, preferences: list[tuple[Kind, dict[Channel, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [kind for kind, _wish in preferences]
        for kind, wish in preferences:
            self.fields[f"{kind.key}:{Channel.IN_APP}"] = forms.BooleanField(
                required=False, label=Channel.IN_APP.label, initial=wish[Channel.IN_APP] != Frequency.NEVER
            )
            self.fields[f"{kind.key}:{Channel.EMAIL}"] = forms.ChoiceField(
                choices=Frequency.choices, label=Channel.EMAIL.label, initial=wish[Channel.EMAIL]
            )

    def rows(self) -> list[tuple[Kind, forms.BoundField, forms.BoundField]]:
        return [
            (kind, self[f"{kind.key}:{Channel.IN_APP}"], self[f"{kind.key}:{Channel.EMAIL}"]) for kind in self.kinds
        ]

    def wishes(self) -> dict[tuple[str, Channel], Frequency]:
        """After validation: what `services.set_preferences` takes."""
        wishes: dict[tuple[str, Channel], Frequency] = {}
        for kind in self.kinds:
            shown = self.cleaned_data[f"{kind.key}:{Channel.IN_APP}"]
            wishes[kind.key, Channel.IN_APP] = Frequency.NOW if shown else Frequency.NEVER
            wishes[kind.key, Channel.EMAIL] = Frequency(self.cleaned_data[f"{kind.key}:{Channel.EMAIL}"])
        return wishes
