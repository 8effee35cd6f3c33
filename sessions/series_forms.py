"""Forms of series: they parse and clean; services decide."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.ui.forms import DayInput
from sessions.enums import SeriesScope
from sessions.forms import check_year
from sessions.models import PeerSession, SessionSeries
from sessions.recurrence import (
    LAST,
    MOST,
    Frequency,
    Rule,
    is_last_of_month,
    local_dates,
    local_of,
    monthly_on_day,
    monthly_on_weekday,
    parse,
    weekly,
)

WEEKLY, FORTNIGHTLY, DAYS, NTH, LAST_NTH, SAME_DAY = (
    *("weekly", "fortnightly", "days"),
    *("monthly-nth", "monthly-last", "monthly-day"),
)
RHYTHMS = [
    (WEEKLY, gettext_lazy("Chaque semaine, le même jour")),
    (FORTNIGHTLY, gettext_lazy("Toutes les deux semaines, le même jour")),
    (DAYS, gettext_lazy("Chaque semaine, certains jours")),
    (NTH, gettext_lazy("Chaque mois, le même jour de la semaine (le deuxième mardi)")),
    (LAST_NTH, gettext_lazy("Chaque mois, le dernier de ce jour de la semaine (le dernier mardi)")),
    (SAME_DAY, gettext_lazy("Chaque mois, à la même date (le 15)")),
]


def weekday_choices() -> list[tuple[int, str]]:
    return [(number, capfirst(str(name))) for number, name in WEEKDAYS.items()]


class RhythmForm(forms.Form):
    """How often, and until when. `seen` says which dates were shown: what is done is what was seen."""

    repeat = forms.ChoiceField(label=gettext_lazy("À quel rythme"), choices=RHYTHMS)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Jours"),
        required=False,
        coerce=int,
        choices=weekday_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    times = forms.IntegerField(label=gettext_lazy("Nombre de dates"), required=False, min_value=2, max_value=MOST)
    until = forms.DateField(
        label=gettext_lazy("Ou jusqu’au"),
        required=False,
        validators=[check_year],
        widget=DayInput(),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def is_wanted(self) -> bool:
        return bool(self.cleaned_data.get("repeat"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.is_wanted:
            return data
        if data.get("repeat") == DAYS and "weekdays" in data and not data["weekdays"]:
            self.add_error("weekdays", _("Choisissez au moins un jour."))
        if {"times", "until"} <= set(data):
            if data["times"] is None and data["until"] is None:
                self.add_error("times", _("Dites quand cela finit : un nombre de dates, ou une date de fin."))
            elif data["times"] is not None and data["until"] is not None:
                self.add_error("until", _("L’un ou l’autre : effacez le nombre de dates ou la date de fin."))
        return data

    def rule(self, first: date) -> Rule:
        """Of a form that is valid, and wanted."""
        data = self.cleaned_data
        ends = {"count": data["times"], "until": data["until"]}
        rhythm = data["repeat"]
        if rhythm == SAME_DAY:
            return monthly_on_day(first, **ends)
        if rhythm in {NTH, LAST_NTH}:
            return monthly_on_weekday(first, is_last=rhythm == LAST_NTH, **ends)
        days = data["weekdays"] if rhythm == DAYS else [first.weekday()]
        return weekly(days, every=2 if rhythm == FORTNIGHTLY else 1, **ends)

    def has_seen(self, moments: Sequence[datetime]) -> bool:
        return bool(self.cleaned_data["seen"] == key_of(moments))


class RepeatForm(RhythmForm):
    """Beside the form of a new session: one date unless said otherwise."""

    repeat = forms.ChoiceField(
        label=gettext_lazy("À quel rythme"), required=False, choices=[("", gettext_lazy("Une seule date")), *RHYTHMS]
    )


class RuleForm(RhythmForm):
    since = forms.DateField(
        label=gettext_lazy("À partir du"),
        validators=[check_year],
        widget=DayInput(),
        help_text=gettext_lazy("Les dates d’avant restent comme elles sont."),
    )
    field_order = ("since", "repeat", "weekdays", "times", "until", "seen")


class ScopeForm(forms.Form):
    scope = forms.ChoiceField(
        label=gettext_lazy("Ce que vous changez"),
        choices=lambda: [(one.value, capfirst(str(one.label))) for one in SeriesScope],
        widget=forms.RadioSelect,
    )


def key_of(moments: Sequence[datetime]) -> str:
    """Names a list of dates."""
    return sha256("|".join(one.isoformat() for one in moments).encode()).hexdigest()[:16]


def initial_rule(series: SessionSeries, next_date: PeerSession | None, since: date) -> dict[str, Any]:
    """The rule as the form says it."""
    rule = parse(series.rule)
    return {
        "since": since,
        "repeat": _rhythm_of(rule, since if next_date else None),
        "weekdays": rule.weekdays if rule.frequency == Frequency.WEEKLY else [],
        "until": rule.until,
        "times": None if rule.count is None else _left(series, rule, since),
    }


def _left(series: SessionSeries, rule: Rule, since: date) -> int:
    dates = local_dates(rule, local_of(series.starts_at, series.time_zone))
    return len([one for one in dates if one.date() >= since])


def _rhythm_of(rule: Rule, first: date | None) -> str:
    if rule.frequency == Frequency.WEEKLY:
        if len(rule.weekdays) > 1:
            return DAYS
        return FORTNIGHTLY if rule.interval == 2 else WEEKLY
    if rule.month_day:
        return SAME_DAY
    is_fifth = first is not None and is_last_of_month(first) and first.day > 28
    return LAST_NTH if rule.nth == LAST and not is_fifth else NTH
