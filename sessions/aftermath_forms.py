"""Forms of what a session leaves: decisions, and opinions. They parse and clean; services decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from peerhub.people.models import User
from peerhub.ui.forms import DayInput
from sessions.forms import check_year
from sessions.models import Decision
from sessions.queries.evaluations import SCALES
from sessions.services.decisions import Wish, stamp_of


class DecisionForm(forms.Form):
    """`owners`: who may be given it; with `decision` for one that exists, whose owner stays a choice."""

    text = forms.CharField(
        label=gettext_lazy("Ce qui est décidé"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    owner = forms.TypedChoiceField(
        label=gettext_lazy("Qui s’en charge"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("La personne est prévenue."),
    )
    due_on = forms.DateField(
        label=gettext_lazy("Pour quand"),
        required=False,
        help_text=gettext_lazy("Un rappel part la veille."),
        validators=[check_year],
        widget=DayInput(),
    )
    stamp = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: Iterable[User], decision: Decision | None = None, **kwargs: Any) -> None:
        if decision is not None:
            kwargs["initial"] = {
                "text": decision.text,
                "owner": decision.owner_id,
                "due_on": decision.due_on,
                "stamp": stamp_of(decision),
            }
        super().__init__(*args, **kwargs)
        people = {one.pk: one.full_name for one in owners}
        if decision is not None and decision.owner is not None:
            people.setdefault(decision.owner.pk, decision.owner.full_name)
        choices = [("", gettext_lazy("Le groupe, sans désigner personne")), *people.items()]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(text=data["text"], owner_id=data["owner"], due_on=data["due_on"])


class EvaluationForm(forms.Form):
    """The three scales, from 1 to 5, each step in words; and a comment."""

    comment = forms.CharField(
        label=gettext_lazy("Un mot, si vous voulez"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Il est montré tel quel : n’y écrivez rien qui vous fasse reconnaître."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, words in SCALES:
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=list(enumerate(words, start=1)), coerce=int, widget=forms.RadioSelect
            )
        self.order_fields([*(name for name, _label, _words in SCALES), "comment"])
