"""Forms of what surrounds a session."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.text.writing import with_how
from sessions.models import AgendaStep
from sessions.services.agenda_steps import MOST
from sessions.step_templates import Step, in_own_language


class StepForm(forms.Form):
    """One step; a row without a title is no step."""

    title = forms.CharField(label=gettext_lazy("Étape"), max_length=160, required=False)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=600, required=False)
    note = forms.CharField(label=gettext_lazy("Consigne"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("title") and "minutes" in data and data["minutes"] is None:
            self.add_error("minutes", _("Combien de temps dure cette étape ?"))
        return data


StepFormSet = forms.formset_factory(StepForm, extra=2, max_num=MOST, validate_max=True, can_delete=True)


def steps_of(formset: "forms.BaseFormSet[StepForm]") -> list[Step]:
    """The rows that were filled in and not struck out, in their order."""
    rows = [
        form.cleaned_data
        for form in formset.forms
        if form.cleaned_data.get("title") and not form.cleaned_data.get("DELETE")
    ]
    return [Step(title=row["title"], minutes=row["minutes"], note=row["note"]) for row in rows]


def initial_steps(steps: list[AgendaStep]) -> list[dict[str, object]]:
    return [
        {"title": in_own_language(step.title), "minutes": step.minutes, "note": in_own_language(step.note)}
        for step in steps
    ]


class CharterForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("La charte"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 12}),
        help_text=with_how(gettext_lazy("Ce à quoi chacun·e s’engage avant une séance confidentielle.")),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code donné dans la salle"),
        max_length=12,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
