"""Forms of trainings."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.days import YEAR, Days
from mentoring.enums import NeedAudience
from mentoring.fields import CompetenceField, DayField, instant, offer
from mentoring.models import Training, TrainingStep
from mentoring.queries.competences import tree
from mentoring.services.trainings import MOST_PLACES, MOST_STEPS, Step
from peerhub.text.writing import with_how
from peerhub.ui.forms import HourInput
from sessions.services.lessons import LONGEST, SHORTEST

# A session or a discussion of the platform, by its address.
OURS = re.compile(r"/(?P<kind>seances|sujets)/(?P<pk>[0-9]{1,9})(?:[/-].*)?$")
NONE = _lazy("Aucun choix")
REQUIRED = ("requires_1", "requires_2")
AUDIENCES = [
    (NeedAudience.NETWORK.value, _lazy("Tout le réseau")),
    (NeedAudience.CATEGORY.value, _lazy("Les personnes de ma catégorie")),
]


class TrainingForm(forms.Form):
    """What a member teaches, to whom, and what it asks for."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_lazy("Que transmettez-vous ?"), max_length=160)
    competence = CompetenceField(blank=NONE, label=_lazy("Sur quel sujet ?"), required=False)
    description = forms.CharField(
        label=_lazy("Ce que l’on saura faire en sortant"),
        help_text=with_how(_lazy("Le déroulé, le rythme, pour qui.")),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )
    requires_1 = CompetenceField(blank=NONE, label=_lazy("Compétence à avoir déclarée"), required=False)
    requires_2 = CompetenceField(blank=NONE, label=_lazy("Une autre"), required=False)
    prerequisites = forms.CharField(
        label=_lazy("Ce qu’il faut avoir ou savoir avant"),
        help_text=_lazy("Par exemple : « avoir un projet en cours ». Chacun·e le confirme en prenant une place."),
        max_length=500,
        required=False,
    )
    capacity = forms.IntegerField(label=_lazy("Places"), min_value=1, max_value=MOST_PLACES, initial=8)
    certified_from = forms.IntegerField(
        label=_lazy("Attestation à partir de"),
        help_text=_lazy("En pour cent : avec 80, il faut suivre huit étapes sur dix."),
        min_value=1,
        max_value=100,
        initial=80,
    )
    audience = forms.ChoiceField(
        label=_lazy("Proposée à"), choices=AUDIENCES, initial=NeedAudience.NETWORK, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, training: Training | None = None, token: UUID | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": token} | (_initial(training) if training else {})
        super().__init__(*args, **kwargs)
        offer(self, tree())
        if training is not None and training.opened_at is not None:
            del self.fields["audience"]

    def written(self) -> dict[str, Any]:
        """What a service takes."""
        data = self.cleaned_data
        kept = ("title", "description", "prerequisites", "capacity", "certified_from", "competence")
        required = {data[name] for name in REQUIRED if data[name]}
        return {name: data[name] for name in kept} | {"requires": list(required)}


def _initial(training: Training) -> dict[str, Any]:
    required = [one.slug for one in training.requires.order_by("name_fr")[: len(REQUIRED)]]
    return {
        "token": training.token,
        "title": training.title,
        "competence": training.competence.slug if training.competence else "",
        "description": training.description,
        **dict(zip(REQUIRED, required, strict=False)),
        "prerequisites": training.prerequisites,
        "capacity": training.capacity,
        "certified_from": training.certified_from,
        "audience": NeedAudience.CATEGORY if training.circle.kind == "category" else NeedAudience.NETWORK,
    }


class StepForm(forms.Form):
    """One step; a row without an address and a title is none."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_lazy("Titre de l’étape"), max_length=160, required=False)
    address = forms.CharField(
        label=_lazy("Adresse"),
        help_text=_lazy("D’une séance ou d’une discussion d’ici, ou d’une page d’ailleurs."),
        max_length=500,
        required=False,
        widget=forms.TextInput({"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )
    minutes = forms.IntegerField(label=_lazy("Minutes"), min_value=0, max_value=6000, required=False)

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        if address and not _is_ours(address):
            URLValidator(schemes=["http", "https"], message=_("Cette adresse n’est pas celle d’une page."))(address)
        return address

    def step(self) -> Step:
        data = self.cleaned_data
        found = _is_ours(data["address"])
        kind, number = (found["kind"], int(found["pk"])) if found else ("", 0)
        return Step(
            title=data["title"],
            minutes=data.get("minutes") or 0,
            pk=data.get("pk"),
            session_id=number if kind == "seances" else 0,
            topic_id=number if kind == "sujets" else 0,
            url="" if found else data["address"],
        )

    @property
    def is_filled(self) -> bool:
        data = self.cleaned_data
        return bool(data.get("title") or data.get("address")) and not data.get("DELETE")


StepFormSet = forms.formset_factory(
    StepForm, extra=2, max_num=MOST_STEPS, validate_max=True, can_delete=True, can_order=True
)


def _is_ours(address: str) -> "re.Match[str] | None":
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != urlsplit(settings.PUBLIC_URL).netloc:
        return None
    return OURS.fullmatch(parts.path)


def steps_in(formset: "forms.BaseFormSet[StepForm]") -> list[Step]:
    """The rows that are filled in, in the order that they say."""
    rows = [form for form in formset.forms if form.cleaned_data and form.is_filled]
    rows.sort(key=lambda form: form.cleaned_data.get("ORDER") or MOST_STEPS + 1)
    return [form.step() for form in rows]


def initial_of(steps: Iterable[TrainingStep]) -> list[dict[str, Any]]:
    return [
        {"pk": step.pk, "title": step.title, "address": _address_of(step), "minutes": step.minutes or None}
        for step in steps
    ]


def _address_of(step: TrainingStep) -> str:
    if step.session_id:
        return f"{settings.PUBLIC_URL}/seances/{step.session_id}/"
    if step.topic_id:
        return f"{settings.PUBLIC_URL}/sujets/{step.topic_id}/"
    return step.url


class LessonForm(forms.Form):
    """A new session of the path, in the hours of who offers it."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_lazy("Titre de la séance"), max_length=160)
    date = DayField(days=Days(0, 2 * YEAR), label=_lazy("Date"))
    hour = forms.TimeField(label=_lazy("Heure"), widget=HourInput())
    minutes = forms.IntegerField(label=_lazy("Durée en minutes"), min_value=SHORTEST, max_value=LONGEST, initial=90)
    place = forms.CharField(label=_lazy("Lieu"), max_length=300, required=False)
    meeting_url = forms.URLField(
        label=_lazy("Lien de visioconférence"), max_length=500, required=False, assume_scheme="https"
    )

    prefix = "seance"

    def __init__(self, *args: Any, zone: str, token: UUID | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": token}
        super().__init__(*args, **kwargs)
        self._zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["starts_at"] = instant(self, "date", "hour", self._zone)
        return data
