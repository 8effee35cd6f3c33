"""Forms of « Ma disponibilité »."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.days import YEAR, Days
from mentoring.fields import DayField
from mentoring.models import MentoringProfile
from peerhub.people.enums import Language

# Longer than that is no absence: one lowers one's places, or is not suggested.
LONGEST = timedelta(days=YEAR)
AHEAD = Days(0, 2 * YEAR)


class AvailabilityForm(forms.Form):
    """What one can give."""

    people_at_a_time = forms.IntegerField(
        label=_lazy("Personnes à la fois"),
        help_text=_lazy("Un groupe compte pour une personne."),
        min_value=0,
        max_value=20,
    )
    hours_a_month = forms.IntegerField(
        label=_lazy("Heures par mois"),
        help_text=_lazy("Vos rendez-vous, et leur préparation."),
        min_value=0,
        max_value=80,
    )
    languages = forms.MultipleChoiceField(
        label=_lazy("Langues dans lesquelles vous échangez"),
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _lazy("Choisissez au moins une langue.")},
    )
    not_now_until = DayField(
        days=AHEAD,
        label=_lazy("Pas maintenant : jusqu’au"),
        help_text=_lazy("Jusqu’à ce jour inclus, personne ne peut vous solliciter. Vos accompagnements continuent."),
        required=False,
    )
    is_suggested = forms.BooleanField(
        label=_lazy("Me proposer aux personnes qui cherchent de l’aide"),
        help_text=_lazy("Sans cela, on vous trouve encore dans l’annuaire, mais personne ne vous est adressé."),
        required=False,
    )

    @classmethod
    def of(cls, profile: MentoringProfile) -> "AvailabilityForm":
        """As it stands; a « not now » that is over is said no more."""
        initial: dict[str, Any] = {name: getattr(profile, name) for name in cls.base_fields}
        if not profile.is_not_now(timezone.localdate()):
            initial["not_now_until"] = None
        return cls(initial=initial)


class AbsenceForm(forms.Form):
    """Days away."""

    starts_on = DayField(days=Days(-YEAR, AHEAD.latest), label=_lazy("Du"))
    ends_on = DayField(
        days=AHEAD, label=_lazy("Au (inclus)"), help_text=_lazy("Dans deux ans au plus, pour un an au plus.")
    )

    def clean_ends_on(self) -> date:
        ends_on: date = self.cleaned_data["ends_on"]
        starts_on = self.cleaned_data.get("starts_on")
        if starts_on and not timedelta() <= ends_on - starts_on <= LONGEST:
            raise ValidationError(_("Une absence finit après avoir commencé, et dure un an au plus."))
        return ends_on


class PersonForm(forms.Form):
    """Whom one means, by name."""

    words = forms.CharField(
        label=_lazy("Nom de la personne"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _lazy("Écrivez le début de son nom.")},
    )
