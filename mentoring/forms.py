"""Forms of mentoring."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.directory import Search
from mentoring.enums import Level, SupportKind
from mentoring.models import Competence
from peerhub.people.enums import Language, OrganisationKind, Stratum
from peerhub.people.models import ActorCategory, Territory
from peerhub.people.queries import AmbiguousTerritory, UnknownTerritory, named_territory, territory_of_address


class DeclarationForm(forms.Form):
    """How one knows a competence, and whether one helps with it."""

    level = forms.ChoiceField(
        label=_lazy("Où en êtes-vous ?"),
        choices=Level.choices,
        initial=Level.PRACTISED,
        widget=forms.RadioSelect({"class": "choices--cards"}),
        error_messages={"required": _lazy("Dites où vous en êtes.")},
    )
    can_help = forms.BooleanField(
        label=_lazy("Je peux aider quelqu’un là-dessus"),
        required=False,
        help_text=_lazy("Vous apparaîtrez dans l’annuaire de vos réseaux quand on y cherche de l’aide."),
    )
    evidence = forms.CharField(
        label=_lazy("En une ligne"),
        help_text=_lazy("Ce que vous avez fait, où et quand : « trois marchés de plein vent, Val d’Orsenne, 2023 »."),
        max_length=200,
        required=False,
    )


# The word of the address that asks for the order of names.
BY_NAME = "nom"


class DirectoryForm(forms.Form):
    """What is asked of the directory, as it stands in the address; a value that means nothing is a sentence."""

    q = forms.CharField(required=False, max_length=100)
    competence = forms.ModelChoiceField(
        Competence.objects.filter(Q(is_retired=False) | Q(merged_into__isnull=False)).select_related("merged_into"),
        to_field_name="slug",
        required=False,
    )
    categorie = forms.ModelChoiceField(ActorCategory.objects.all(), to_field_name="slug", required=False)
    territoire = forms.CharField(
        label=_lazy("Un autre territoire"),
        required=False,
        max_length=180,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": _lazy("Nom, code ou code postal")}),
    )
    strate = forms.ChoiceField(choices=[("", ""), *Stratum.choices], required=False)
    organisation = forms.ChoiceField(choices=[("", ""), *OrganisationKind.choices], required=False)
    appui = forms.ChoiceField(choices=[("", ""), *SupportKind.choices], required=False)
    langue = forms.ChoiceField(choices=[("", ""), *Language.choices], required=False)
    aide = forms.BooleanField(required=False)
    dispo = forms.BooleanField(required=False)
    tri = forms.ChoiceField(choices=[("", ""), (BY_NAME, BY_NAME)], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates: list[Territory] = []

    def clean_competence(self) -> Competence | None:
        """One that was merged is what it became: addresses that people kept still lead there."""
        chosen: Competence | None = self.cleaned_data["competence"]
        return chosen.merged_into or chosen if chosen else None

    def clean_territoire(self) -> Territory | None:
        """An address as the facets write it (`region-84`), or words as a person types them."""
        words = self.cleaned_data["territoire"].strip()
        if not words:
            return None
        known = territory_of_address(words)
        if known:
            return known
        try:
            return named_territory(words)
        except UnknownTerritory:
            raise ValidationError(_("Nous ne trouvons pas le territoire « %(words)s ».") % {"words": words}) from None
        except AmbiguousTerritory as ambiguous:
            self.candidates = ambiguous.candidates
            raise ValidationError(_("Plusieurs territoires répondent à ce nom : lequel ?")) from None

    def search(self) -> Search:
        """The question, whatever part of it is valid."""
        cleaned = self.cleaned_data
        return Search(
            words=" ".join(cleaned.get("q", "").split()),
            competence=cleaned.get("competence"),
            category=cleaned.get("categorie"),
            territory=cleaned.get("territoire"),
            stratum=cleaned.get("strate", ""),
            organisation_kind=cleaned.get("organisation", ""),
            support=cleaned.get("appui", ""),
            language=cleaned.get("langue", ""),
            can_help=cleaned.get("aide", False),
            available=cleaned.get("dispo", False),
        )

    @property
    def is_by_name(self) -> bool:
        return bool(self.cleaned_data.get("tri"))
