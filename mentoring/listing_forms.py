"""The form of what one lets the directory show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mentoring.models import DirectoryChoices


class ListingForm(forms.ModelForm[DirectoryChoices]):
    class Meta:
        model = DirectoryChoices
        fields = (
            "is_listed",
            "shows_organisation",
            "shows_territory",
            "shows_competences",
            "shows_availability",
        )
        help_texts = {
            "is_listed": _("Sinon personne ne vous y trouve, et nous ne vous proposons à personne."),
            "shows_organisation": _("Sinon on ne vous trouve ni par l’une ni par l’autre."),
            "shows_territory": _("Le nom de votre organisation peut le dire aussi."),
            "shows_competences": _("Avec ce que la plateforme vous a vu faire."),
            "shows_availability": _("Vos absences ne disent jamais pourquoi."),
        }
