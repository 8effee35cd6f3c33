"""Forms of mentorships: they parse and clean; services decide."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.days import YEAR, Days
from mentoring.enums import Rhythm
from mentoring.fields import CompetenceField, DayField, instant, offer
from mentoring.models import Mentorship
from mentoring.queries.competences import tree
from mentoring.services.mentorship_course import PAUSES
from mentoring.services.mentorships import ENDS, LONGEST_GOALS, MOST_PLACES, USUAL_DAYS
from mentoring.services.terms import TERMS
from peerhub.ui.forms import HourInput

MEETINGS = Days(0, YEAR)
USUAL_PLACES = 4
DURATIONS = [
    (30, _lazy("Une demi-heure")),
    (45, _lazy("Trois quarts d’heure")),
    (60, _lazy("Une heure")),
    (90, _lazy("Une heure et demie")),
    (120, _lazy("Deux heures")),
]


def rhythms() -> list[tuple[str, str]]:
    """In the reader's language."""
    return [(value, capfirst(str(label))) for value, label in Rhythm.choices]


class TermsForm(forms.Form):
    """What is agreed upon. `number`: of the terms that the person had before their eyes."""

    goals = forms.CharField(
        label=_lazy("Ce que nous voulons atteindre"),
        help_text=_lazy("Deux ou trois phrases : à quoi verrez-vous que cela a servi ?"),
        max_length=LONGEST_GOALS,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _lazy("Dites en une phrase ce que vous voulez atteindre.")},
    )
    rhythm = forms.ChoiceField(
        label=_lazy("À quel rythme se voir ?"),
        choices=rhythms,
        initial=Rhythm.MONTHLY,
        widget=forms.RadioSelect,
    )
    ends_on = DayField(
        days=ENDS,
        label=_lazy("Jusqu’au"),
        help_text=_lazy(
            "Dans trois ans au plus. Ce jour-là nous vous demandons la suite ; rien ne s’arrête sans vous."
        ),
    )
    places = forms.IntegerField(
        label=_lazy("Places dans le groupe"),
        min_value=2,
        max_value=MOST_PLACES,
        initial=USUAL_PLACES,
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, initial=1)

    def __init__(
        self, data: Any = None, *, mentorship: Mentorship | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        if mentorship is not None:
            initial = {name: getattr(mentorship, name) for name in TERMS} | {"number": mentorship.terms_number}
        super().__init__(data, initial=initial)
        if mentorship is not None and not mentorship.is_group:
            del self.fields["places"]

    def changes(self) -> dict[str, Any]:
        """What `change_terms` takes."""
        return {"number": self.cleaned_data["number"], "fields": self._said(*TERMS)}

    def _said(self, *names: str) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in names}


class GroupForm(TermsForm):
    """A group that somebody offers to accompany."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    competence = CompetenceField(blank=_lazy("Aucun en particulier"), label=_lazy("Sur quel sujet ?"), required=False)
    is_open = forms.BooleanField(
        label=_lazy("Groupe ouvert : on peut demander à le rejoindre"),
        help_text=_lazy("Le réseau lit ce qui est écrit ici et les places libres, pas qui est dans le groupe."),
        required=False,
    )
    field_order = ("goals", "competence", "places", "is_open", "rhythm", "ends_on")

    def __init__(self, data: Any = None) -> None:
        usual = timezone.localdate() + timedelta(days=USUAL_DAYS)
        super().__init__(data, initial={"token": uuid4(), "ends_on": usual})
        offer(self, tree())

    def group(self) -> dict[str, Any]:
        """What `propose_group` takes."""
        return {"token": self.cleaned_data["token"], "fields": self._said(*TERMS, "competence", "is_open")}


class MeetingForm(forms.Form):
    """A time for everyone of a mentorship, on the clocks of whoever plans it."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    starts_on = DayField(days=MEETINGS, label=_lazy("Jour"))
    starts_time = forms.TimeField(label=_lazy("Heure"), widget=HourInput())
    minutes = forms.TypedChoiceField(label=_lazy("Durée"), choices=DURATIONS, coerce=int, initial=60)
    meeting_url = forms.URLField(
        label=_lazy("Lien de visioconférence"), required=False, max_length=500, assume_scheme="https"
    )
    place = forms.CharField(label=_lazy("Ou lieu"), required=False, max_length=300)

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data, initial={"token": uuid4()})
        self._zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["starts_at"] = instant(self, "starts_on", "starts_time", self._zone)
        if data["starts_at"] and data["starts_at"] <= timezone.now():
            self.add_error("starts_on", _("Ce moment est passé."))
        return data

    def meeting(self) -> dict[str, Any]:
        names = ("token", "starts_at", "minutes", "meeting_url", "place")
        return {name: self.cleaned_data[name] for name in names} | {"timezone_name": self._zone}


class PauseForm(forms.Form):
    until = DayField(
        days=PAUSES,
        label=_lazy("Jusqu’au"),
        help_text=_lazy("Six mois au plus, et sans date six mois. Il reprend ce jour-là, ou avant si vous le dites."),
        required=False,
    )


class LeaveForm(forms.Form):
    """`is_peer`: who was accompanied may look for somebody else."""

    looks_again = forms.BooleanField(label=_lazy("Chercher tout de suite quelqu’un d’autre"), required=False)
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any = None, *, is_peer: bool = True) -> None:
        super().__init__(data)
        if not is_peer:
            del self.fields["looks_again"]
