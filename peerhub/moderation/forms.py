"""Forms of moderation: they parse and clean; services decide."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.moderation import targets
from peerhub.moderation.enums import (
    AppealOutcome,
    Decision,
    HeldReason,
    NewcomerPolicy,
    Reason,
    Sanction,
)
from peerhub.moderation.models import CannedAnswer, NetworkRules
from peerhub.moderation.models.cases import WORDS_MAX_LENGTH
from peerhub.moderation.models.rules import TERM_MAX_LENGTH
from peerhub.moderation.queries.queue import AGES, QueueFilters
from peerhub.moderation.services.screening import folded_domain, folded_words
from peerhub.people.models import User
from peerhub.ui.forms import DayInput

if TYPE_CHECKING:
    UserChoiceField = forms.ModelChoiceField[User]
    RulesModelForm = forms.ModelForm[NetworkRules]
else:
    UserChoiceField = forms.ModelChoiceField
    RulesModelForm = forms.ModelForm

LONGEST_SANCTION_DAYS = 366
TERMS_MAX_COUNT = 500


def _area(rows: int = 4, **attributes: str) -> forms.Textarea:
    return forms.Textarea({"rows": rows, **attributes})


def _cards() -> forms.RadioSelect:
    return forms.RadioSelect({"class": "choices--cards"})


def choices_of(values: Sequence[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Labels with a capital."""
    return [(value, capfirst(str(label))) for value, label in values]


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Ce qui ne va pas"),
        choices=lambda: choices_of(Reason.choices),
        widget=forms.RadioSelect({"class": "choices--lines"}),
    )
    words = forms.CharField(
        label=gettext_lazy("En quelques mots"),
        required=False,
        max_length=WORDS_MAX_LENGTH,
        widget=_area(),
        help_text=gettext_lazy("Lus par l’animation seulement, jamais par l’auteur·rice."),
    )


class WordsForm(forms.Form):
    """A message, or the words of an appeal."""

    body = forms.CharField(label=gettext_lazy("Votre message"), max_length=WORDS_MAX_LENGTH, widget=_area())


class DecisionForm(forms.Form):
    """What becomes of the content and what it means for the person. `cleaned_data` feeds `services.cases.decide`."""

    decision = forms.ChoiceField(label=gettext_lazy("Le contenu"), widget=_cards())
    sanction = forms.ChoiceField(
        label=gettext_lazy("La personne"),
        widget=_cards(),
        choices=lambda: choices_of(Sanction.choices),
        initial=Sanction.NONE,
    )
    until = forms.DateField(
        label=gettext_lazy("Jusqu’au"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("Pour une suspension seulement ; ce jour est compris."),
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Réponse prête"),
        required=False,
        help_text=gettext_lazy("Elle précède vos mots, dans la langue de la personne."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Le motif"),
        required=False,
        max_length=WORDS_MAX_LENGTH,
        widget=_area(),
        help_text=gettext_lazy(
            "La personne concernée le lira. Une réponse prête peut suffire. Il reste dans le journal."
        ),
    )

    def __init__(
        self,
        *args: Any,
        decisions: Sequence[Decision],
        answers: Sequence[CannedAnswer],
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answers, self.language = {str(number): one for number, one in enumerate(answers, 1)}, language
        own: Any = self.fields["decision"]
        own.choices = [(one.value, capfirst(str(one.label))) for one in decisions]
        prepared: Any = self.fields["answer"]
        prepared.choices = [("", _("Aucune : je l’écris"))] + [(key, one.title) for key, one in self.answers.items()]

    def clean_until(self) -> datetime | None:
        """The last minute of that day, in the zone of who decides."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=LONGEST_SANCTION_DAYS):
            raise ValidationError(_("Choisissez un jour à venir, dans moins d’un an."))
        return datetime.combine(day, time(23, 59), tzinfo=timezone.get_current_timezone())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = self.answers.get(cleaned.get("answer", ""))
        parts = [chosen.text_in(self.language) if chosen else "", cleaned.get("reason", "").strip()]
        cleaned["reason"] = "\n\n".join(part for part in parts if part)
        if not cleaned["reason"]:
            self.add_error("reason", _("Dites pourquoi : la personne concernée lira ce motif."))
        needs_end = cleaned.get("sanction") in {Sanction.SILENCE, Sanction.SUSPEND}
        if needs_end and not cleaned.get("until") and "until" not in self.errors:
            self.add_error("until", _("Dites jusqu’à quand : une sanction a toujours une fin."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """After validation: what `decide` takes; a date without a suspension says nothing."""
        sanction = Sanction(self.cleaned_data["sanction"])
        ends = sanction in {Sanction.SILENCE, Sanction.SUSPEND}
        return {
            "decision": Decision(self.cleaned_data["decision"]),
            "sanction": sanction,
            "until": self.cleaned_data["until"] if ends else None,
            "reason": self.cleaned_data["reason"],
        }


class AppealDecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Après votre relecture"),
        widget=_cards(),
        choices=lambda: choices_of(AppealOutcome.choices),
    )
    reason = forms.CharField(
        label=gettext_lazy("Le motif"),
        max_length=WORDS_MAX_LENGTH,
        widget=_area(),
        help_text=gettext_lazy("La personne concernée le lira."),
    )


class QueueFilterForm(forms.Form):
    """The filters of the queue, from its address; what it does not know is left out."""

    etat = forms.ChoiceField(required=False, choices=[("open", ""), ("mine", ""), ("decided", "")])
    quoi = forms.ChoiceField(label=gettext_lazy("Quoi"), required=False)
    motif = forms.ChoiceField(label=gettext_lazy("Motif"), required=False)
    depuis = forms.ChoiceField(label=gettext_lazy("Ouvert"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("quoi", _("Tout"), [(one.key, one.label) for one in targets.all_targets()])
        self._choose("motif", _("Tous les motifs"), [*Reason.choices, *HeldReason.choices])
        ages = {"1": _("Depuis plus d’un jour"), "7": _("Depuis plus d’une semaine"), "30": _("Depuis plus d’un mois")}
        self._choose("depuis", _("À toute date"), [(key, ages[key]) for key in AGES])

    def _choose(self, name: str, every: str, choices: Sequence[tuple[str, Any]]) -> None:
        own: Any = self.fields[name]
        own.choices = [("", every), *choices_of(choices)]

    def filters(self) -> QueueFilters:
        self.is_valid()
        wishes = self.cleaned_data
        return QueueFilters(
            state=wishes.get("etat") or "open",
            target=wishes.get("quoi", ""),
            reason=wishes.get("motif", ""),
            age=wishes.get("depuis", ""),
        )


class AnswerForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Titre, pour vous y retrouver"), max_length=80)
    text_fr = forms.CharField(
        label=gettext_lazy("En français"), max_length=WORDS_MAX_LENGTH, widget=_area(6, lang="fr")
    )
    text_en = forms.CharField(label=gettext_lazy("En anglais"), max_length=WORDS_MAX_LENGTH, widget=_area(6, lang="en"))


class AnimatorField(UserChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class DutyForm(forms.Form):
    user = AnimatorField(label=gettext_lazy("Qui"), queryset=User.objects.none(), empty_label=None)
    starts_on = forms.DateField(label=gettext_lazy("Du"), widget=DayInput())
    ends_on = forms.DateField(label=gettext_lazy("Au"), widget=DayInput())

    def __init__(self, *args: Any, animators: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["user"]
        own.queryset = User.objects.filter(pk__in=[one.pk for one in animators]).order_by("given_name", "family_name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("Le dernier jour vient après le premier."))
        return cleaned


class TermsField(forms.CharField):
    """One a line, folded; empty lines and doubles are dropped."""

    widget = forms.Textarea({"rows": 3, "spellcheck": "false"})

    def __init__(self, *, fold: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(required=False, max_length=TERMS_MAX_COUNT * TERM_MAX_LENGTH, **kwargs)
        self._fold = fold

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [self._fold(line).strip()[:TERM_MAX_LENGTH] for line in str(value or "").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))[:TERMS_MAX_COUNT]

    def validate(self, value: Any) -> None:
        """A list of lines: nothing more to ask."""

    def run_validators(self, value: Any) -> None:
        """Those of text do not fit a list."""


class RulesForm(RulesModelForm):
    newcomer_policy = forms.ChoiceField(
        label=gettext_lazy("Les premiers messages d’une personne qui vient d’arriver sont"),
        choices=lambda: choices_of(NewcomerPolicy.choices),
        widget=_cards(),
    )
    held_words = TermsField(
        fold=folded_words,
        label=gettext_lazy("Mots qui font relire le message"),
        help_text=gettext_lazy("Un mot ou une expression par ligne, sans souci d’accents ni de majuscules."),
    )
    refused_words = TermsField(fold=folded_words, label=gettext_lazy("Mots refusés"))
    held_domains = TermsField(
        fold=folded_domain,
        label=gettext_lazy("Sites dont les liens font relire le message"),
        help_text=gettext_lazy("Un site par ligne, comme exemple.fr ; ses sous-domaines sont compris."),
    )
    refused_domains = TermsField(fold=folded_domain, label=gettext_lazy("Sites refusés"))

    class Meta:
        model = NetworkRules
        fields = (
            "newcomer_policy",
            "newcomer_posts",
            "newcomer_per_day",
            "per_hour",
            "held_words",
            "refused_words",
            "held_domains",
            "refused_domains",
        )
        labels = {
            "newcomer_posts": gettext_lazy("Combien de premiers messages"),
            "newcomer_per_day": gettext_lazy("Si leur nombre est limité : par jour"),
            "per_hour": gettext_lazy("Messages par heure et par personne"),
        }
        help_texts = {
            "newcomer_posts": "",
            "newcomer_per_day": "",
            "per_hour": gettext_lazy(
                "Vide : aucune autre limite que celle de la plateforme. L’animation n’est pas limitée."
            ),
        }
