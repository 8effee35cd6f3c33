"""Forms of needs."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from mentoring.days import YEAR, Days
from mentoring.enums import NeedAudience, NeedClosing, NeedKind
from mentoring.fields import CompetenceField, DayField, offer
from mentoring.models import Need
from mentoring.queries.competences import tree
from peerhub.people.fields import TerritoryField

LONGEST_DETAILS = 4000
SAVED = ("kind", "title", "details", "competence", "territory", "wanted_by", "audience", "goes_on")


class NeedForm(forms.Form):
    """What somebody looks for, in two minutes: one sentence is enough."""

    # A draft is saved with whatever it has.
    use_required_attribute = False

    token = forms.UUIDField(widget=forms.HiddenInput)
    # Whom the person meant to ask from the beginning (a key), beside whoever is suggested.
    pair = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    title = forms.CharField(
        label=_lazy("Que cherchez-vous, en une phrase ?"),
        help_text=_lazy("Par exemple : « ouvrir un tiers-lieu dans une ancienne gare, sans y passer mes nuits »."),
        max_length=160,
        required=False,
    )
    kind = forms.ChoiceField(
        label=_lazy("De quelle nature ?"),
        choices=NeedKind.choices,
        initial=NeedKind.ADVICE,
        widget=forms.RadioSelect({"class": "choices--cards"}),
    )
    competence = CompetenceField(
        blank=_lazy("D’après ma phrase"),
        label=_lazy("Sur quel sujet ?"),
        help_text=_lazy("Sans choix, nous cherchons d’après votre phrase."),
        required=False,
    )
    territory = TerritoryField(
        label=_lazy("Pour quel territoire ?"),
        help_text=_lazy("Nous cherchons d’abord des pairs de territoires qui lui ressemblent."),
        required=False,
    )
    wanted_by = DayField(
        days=Days(0, 2 * YEAR),
        label=_lazy("Pour quand ?"),
        help_text=_lazy("Si une date presse."),
        required=False,
    )
    details = forms.CharField(
        label=_lazy("Ce qu’il faut savoir pour vous aider"),
        max_length=LONGEST_DETAILS,
        widget=forms.Textarea({"rows": 4}),
        required=False,
    )
    audience = forms.ChoiceField(
        label=_lazy("Qui voit ce besoin ?"),
        choices=NeedAudience.choices,
        initial=NeedAudience.ASKED,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, need: Need | None = None, token: UUID | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": token} | (_initial(need) if need else {}) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        # Said to be asked for, and not refused: a draft may wait for its sentence; `open_need` asks for it.
        self.fields["title"].required = not self.is_bound
        offer(self, tree())

    def full_clean(self) -> None:
        super().full_clean()
        self.fields["title"].required = True

    def saved(self) -> dict[str, Any]:
        """What a service takes: what is valid of it, so that a draft is kept while something is half typed."""
        data = {name: self.cleaned_data[name] for name in SAVED if name in self.cleaned_data}
        return data | ({"wanted_peer": self.cleaned_data["pair"]} if "pair" in self.cleaned_data else {})

    @property
    def token_typed(self) -> UUID | None:
        """The token, when it is one; a form without it was not made here."""
        token = self.cleaned_data.get("token")
        return token if isinstance(token, UUID) else None


def _initial(need: Need) -> dict[str, Any]:
    return {
        "token": need.token,
        "pair": need.wanted_peer_id,
        "title": need.title,
        "kind": need.kind,
        "competence": need.competence.slug if need.competence else "",
        "territory": need.territory.suggestion if need.territory else "",
        "wanted_by": need.wanted_by,
        "details": need.details,
        "audience": need.audience,
    }


class ClosingForm(forms.Form):
    """How a search ended."""

    closing = forms.ChoiceField(
        label=_lazy("Comment cela s’est-il terminé ?"),
        choices=NeedClosing.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Dites comment cela s’est terminé.")},
    )


class SubjectForm(forms.Form):
    """What an open need is about, when its sentence named nothing that is known."""

    competence = CompetenceField(
        blank=_lazy("Choisissez un sujet"),
        label=_lazy("Sur quel sujet ?"),
        error_messages={"required": _lazy("Choisissez un sujet.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, tree())
