"""Forms of the tree of competences: what members miss in it, and what those who keep it write."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.directory import called, matching_competences
from mentoring.fields import CompetenceField, FamilyField, offer
from mentoring.models import Competence, CompetenceProposal
from mentoring.services.proposals import words_in

MOST_ALIKE = 3


class ChoosesCompetence(forms.Form):
    """Of the tree that is given."""

    def __init__(self, *args: Any, tree: Iterable[Competence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, tree)


class ProposalForm(ChoosesCompetence):
    """What somebody misses in the tree."""

    name = forms.CharField(
        label=_lazy("Quelle compétence manque ?"),
        help_text=_lazy("Comme une chose que l’on sait faire : « animer une fresque », « monter une foncière »."),
        max_length=120,
        min_length=3,
    )
    synonyms = forms.CharField(
        label=_lazy("Comment le dit-on aussi ?"),
        help_text=_lazy("Des mots séparés par des virgules."),
        max_length=300,
        required=False,
    )
    parent = FamilyField(label=_lazy("Dans quelle famille ?"), required=False)
    why = forms.CharField(
        label=_lazy("À qui cela servirait-il ?"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        required=False,
    )
    anyway = forms.BooleanField(label=_lazy("C’est autre chose : proposer quand même"), required=False)

    def __init__(self, *args: Any, tree: Iterable[Competence], **kwargs: Any) -> None:
        self.known = list(tree)
        super().__init__(*args, tree=self.known, **kwargs)
        self.same: Competence | None = None
        self.alike: list[Competence] = []

    def clean(self) -> dict[str, Any]:
        """What is like it is shown once, before it is proposed all the same; what is the same is refused by the
        service, with its name."""
        cleaned: dict[str, Any] = super().clean() or {}
        name, anyway = cleaned.get("name", ""), cleaned.pop("anyway", False)
        self.same = called(name, self.known)
        self.alike = [self.same] if self.same else matching_competences(name, self.known)[:MOST_ALIKE]
        if self.alike and not self.same and not anyway:
            self.add_error("name", _("Quelque chose de proche existe déjà : regardez si c’est cela."))
        return cleaned


class NamesForm(forms.Form):
    """Names in both languages; synonyms between commas, or one a line."""

    name_fr = forms.CharField(label=_lazy("Nom en français"), max_length=120, min_length=3)
    name_en = forms.CharField(label=_lazy("Nom en anglais"), max_length=120, min_length=3)
    synonyms_fr = forms.CharField(
        label=_lazy("Synonymes en français"),
        help_text=_lazy("Séparés par des virgules : l’annuaire trouve par eux aussi."),
        widget=forms.Textarea({"rows": 3}),
        max_length=1600,
        required=False,
    )
    synonyms_en = forms.CharField(
        label=_lazy("Synonymes en anglais"), widget=forms.Textarea({"rows": 3}), max_length=1600, required=False
    )

    def clean_synonyms_fr(self) -> list[str]:
        return list(words_in(self.cleaned_data["synonyms_fr"]))

    def clean_synonyms_en(self) -> list[str]:
        return list(words_in(self.cleaned_data["synonyms_en"]))


class AddingForm(ChoosesCompetence, NamesForm):
    field_order: tuple[str, ...] = ("parent", "name_fr", "name_en", "synonyms_fr", "synonyms_en")

    parent = FamilyField(
        label=_lazy("Dans quelle famille ?"), help_text=_lazy("Sans choix : une nouvelle famille."), required=False
    )


class MovingForm(ChoosesCompetence):
    parent = FamilyField(label=_lazy("Vers quelle famille ?"))


class MergingForm(ChoosesCompetence):
    into = CompetenceField(label=_lazy("Avec quelle compétence ?"))


class BridgeForm(ChoosesCompetence):
    offered = CompetenceField(label=_lazy("Qui offre aussi"))
    weight = forms.IntegerField(
        label=_lazy("Aide à (%)"),
        help_text=_lazy("100 : autant que la compétence elle-même."),
        min_value=1,
        max_value=100,
        initial=50,
    )


class AddedForm(AddingForm):
    """A proposal that is kept, with the names that it gets."""

    field_order = ("parent", "name_fr", "name_en", "synonyms_fr", "synonyms_en", "answer")

    answer = forms.CharField(label=_lazy("Un mot à la personne"), max_length=500, required=False)

    @classmethod
    def of(cls, proposal: CompetenceProposal, tree: Iterable[Competence]) -> "AddedForm":
        initial = {
            "parent": proposal.parent.slug if proposal.parent else "",
            "name_fr": proposal.name,
            "synonyms_fr": proposal.synonyms,
        }
        return cls(initial=initial, tree=tree)


class KnownForm(ChoosesCompetence):
    known = CompetenceField(label=_lazy("Sous quel nom ?"))
    answer = forms.CharField(label=_lazy("Un mot à la personne"), max_length=500, required=False)


class RefusalForm(forms.Form):
    answer = forms.CharField(label=_lazy("Pourquoi, en une phrase"), max_length=500, widget=forms.Textarea({"rows": 2}))
