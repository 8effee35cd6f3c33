"""Forms of solicitations: they parse and clean; services decide."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.accompaniment_forms import ThanksForm
from mentoring.enums import DeclineReason
from mentoring.fields import DayField, instant
from mentoring.mentorship_forms import MEETINGS, MeetingForm
from mentoring.models import DirectoryEntry, Need
from mentoring.services.solicitations import LONGEST_NOTE, LONGEST_QUESTION
from peerhub.people.folding import fold_name
from peerhub.ui.forms import HourInput
from sessions.poll_spans import Span

OTHER_MOMENTS = (1, 2)


def question_for(need: Need) -> str:
    """What a question begins with: the context that the need has. The question itself is missing. No name is in it: the
    same words go on to the next person, who is not told who was asked before."""
    facts = [need.title]
    if need.territory:
        facts.append(_("Territoire : %(name)s.") % {"name": need.territory.suggestion})
    if need.wanted_by:
        facts.append(_("Pour le %(day)s.") % {"day": date_format(need.wanted_by, "j F Y")})
    hello = _("Bonjour,")
    context = "\n".join(facts)
    question = _("Ma question :")
    return f"{hello}\n\n{context}\n\n{question} "


class AskForm(forms.Form):
    """One question to one peer, and who comes next."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    question = forms.CharField(
        label=_lazy("Votre question"),
        help_text=_lazy(
            "Une seule : on y répond plus volontiers. La personne lira aussi votre besoin. N’y mettez pas son nom : "
            "la question peut passer à quelqu’un d’autre."
        ),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea({"rows": 9}),
        error_messages={"required": _lazy("Posez votre question.")},
    )
    wants_call = forms.BooleanField(label=_lazy("Proposer un appel de 30 minutes"), required=False)
    others = forms.TypedMultipleChoiceField(
        label=_lazy("Si cette personne ne peut pas, solliciter ensuite, dans cet ordre"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    goes_on = forms.BooleanField(
        label=_lazy("Puis passer aux personnes suivantes, sans que j’aie à revenir"),
        help_text=_lazy("Après un refus ou sept jours sans réponse : celles que l’on propose, ou que l’on recommande."),
        required=False,
    )

    def __init__(self, *args: Any, need: Need, others: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        self._template = question_for(need)
        kwargs["initial"] = {
            "token": uuid4(),
            "question": self._template,
            "wants_call": True,
            "goes_on": need.goes_on,
        }
        super().__init__(*args, **kwargs)
        choices = self.fields["others"]
        if isinstance(choices, forms.TypedMultipleChoiceField):
            choices.choices = list(others)
        if not others:
            del self.fields["others"]

    def clean_question(self) -> str:
        question: str = self.cleaned_data["question"]
        if " ".join(question.split()) == " ".join(self._template.split()):
            raise ValidationError(_("Il ne manque que votre question."))
        return question

    def asked(self, first: int) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "peers": [first, *data.get("others", [])],
            "question": data["question"],
            "wants_call": data["wants_call"],
            "goes_on": data["goes_on"],
            "token": data["token"],
        }


class DeclineForm(forms.Form):
    """No, why in a word, and maybe who would answer better: their name, then which of those who bear it."""

    reason = forms.ChoiceField(
        label=_lazy("Pourquoi ?"),
        choices=DeclineReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Dites pourquoi, en un clic.")},
    )
    note = forms.CharField(
        label=_lazy("Un mot pour la personne"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    name = forms.CharField(
        label=_lazy("Qui répondrait mieux ?"),
        help_text=_lazy("Le nom d’une personne de l’annuaire : la question lui sera transmise."),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    pass_on_to = forms.TypedChoiceField(
        label=_lazy("Laquelle de ces personnes ?"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    @classmethod
    def refused(cls, data: Any, said: str) -> "DeclineForm":
        """As it was typed, with why it is not read now."""
        form = cls(data)
        form.errors.clear()
        form.add_error(None, said)
        return form

    def choose_among(self, found: Sequence[DirectoryEntry]) -> None:
        """Those whom the name may mean: one is meant when the whole name is hers."""
        words = fold_name(self.data.get("name", ""))
        named = [one for one in found if fold_name(one.user.full_name) == words]
        self._meant = named[0].user_id if len(named) == 1 else None
        choices = self.fields["pass_on_to"]
        if isinstance(choices, forms.TypedChoiceField):
            choices.choices = [(one.user_id, _called(one)) for one in found]
        self.is_to_choose = bool(found) and self._meant is None

    is_to_choose = False
    _meant: int | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name"):
            data["pass_on_to"] = None
        elif data.get("pass_on_to") is None and "pass_on_to" not in self.errors:
            data["pass_on_to"] = self._meant
            if self._meant is None:
                where = "pass_on_to" if self.is_to_choose else "name"
                said = _("Choisissez la personne.") if self.is_to_choose else _("Personne ne porte ce nom ici.")
                self.add_error(where, said)
        return data

    def declined(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in ("reason", "note", "pass_on_to")}


class ClosingExchangeForm(ThanksForm):
    """The end of an exchange, with a word of thanks or without."""

    body = forms.CharField(
        label=_lazy("Un mot pour remercier"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )

    def closed(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {"words": data["body"], "may_be_public": data["may_be_public"], "token": data["token"]}


class MomentForm(MeetingForm):
    """One moment, put in both agendas; or up to three, among which the other chooses."""

    other_on_1 = DayField(days=MEETINGS, label=_lazy("Autre jour"), required=False)
    other_time_1 = forms.TimeField(label=_lazy("Heure"), widget=HourInput(), required=False)
    other_on_2 = DayField(days=MEETINGS, label=_lazy("Autre jour encore"), required=False)
    other_time_2 = forms.TimeField(label=_lazy("Heure"), widget=HourInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].initial = 30

    @property
    def others(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"other_on_{number}"], self[f"other_time_{number}"]) for number in OTHER_MOMENTS]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["others"] = [at for number in OTHER_MOMENTS if (at := self._other(number, data))]
        return data

    def options(self) -> list[Span]:
        """Each moment that is proposed, the first included."""
        length = timedelta(minutes=self.cleaned_data["minutes"])
        return [(at, at + length) for at in (self.cleaned_data["starts_at"], *self.cleaned_data["others"])]

    def _other(self, number: int, data: dict[str, Any]) -> datetime | None:
        day, hour = data.get(f"other_on_{number}"), data.get(f"other_time_{number}")
        if day is None and hour is None:
            return None
        if day is None or hour is None:
            self.add_error(f"other_time_{number}" if day else f"other_on_{number}", _("Donnez le jour et l’heure."))
            return None
        at = instant(self, f"other_on_{number}", f"other_time_{number}", self._zone)
        if at and at <= timezone.now():
            self.add_error(f"other_on_{number}", _("Ce moment est passé."))
        return at


def _called(entry: DirectoryEntry) -> str:
    """A name, and where they are, for those who share one."""
    where = entry.organisation.name if entry.organisation else entry.territory.name if entry.territory else ""
    return f"{entry.user.full_name} · {where}" if where else entry.user.full_name
