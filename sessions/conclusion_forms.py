"""Forms of conclusions and of confidentiality."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sessions.enums import Voice
from sessions.queries.confidentiality import Target
from sessions.services.conclusions import MAX_LENGTH


class VersionForm(forms.Form):
    """Which version the person has read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ConclusionForm(VersionForm):
    body = forms.CharField(
        label=gettext_lazy("Nos conclusions"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea({"rows": 12}),
        help_text=gettext_lazy("Ce que le groupe accepte de dire à l’agora. Rien d’autre ne sortira d’ici."),
    )


class VoiceForm(VersionForm):
    voice = forms.ChoiceField(choices=Voice.choices)
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi vous vous opposez"),
        help_text=gettext_lazy("Le groupe lira votre nom et votre raison."),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class ClosingForm(forms.Form):
    """Close a session: to whom."""

    target = forms.ChoiceField(label=gettext_lazy("La fermer à"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, targets: Sequence[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [(one.key, one.label) for one in targets]  # type: ignore[attr-defined]
        self.fields["target"].initial = targets[0].key if targets else ""


class OpeningForm(ClosingForm):
    """Ask that a session be opened: to whom, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        help_text=gettext_lazy("Les personnes qui ont écrit ici liront votre nom et votre raison."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, targets: Sequence[Target], **kwargs: Any) -> None:
        super().__init__(*args, targets=targets, **kwargs)
        self.fields["target"].label = gettext_lazy("L’ouvrir à")


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
