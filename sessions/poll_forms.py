"""Forms of date polls: they parse and clean; services decide."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.people.models import ActorCategory, Circle
from peerhub.ui.forms import DayInput, HourInput
from sessions.enums import PollChoice
from sessions.forms import CircleField, check_year, format_choices, zone_choices
from sessions.local_time import UnclearLocalTime, resolve
from sessions.models import DatePoll, PollQuorum, PollSlot, Programme
from sessions.poll_spans import Hours

DAYS_SHOWN = 4
HOURS_SHOWN = 2
MORE = "more"
MAX_QUORUM = 500


class ProgrammeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title)


class PollForm(forms.Form):
    """What a poll asks. With `circles` for a new one; with `poll` for one that exists, whose circle and zone stay."""

    title = forms.CharField(label=gettext_lazy("Titre"), max_length=160)
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=format_choices)
    circle = CircleField(
        label=gettext_lazy("À qui"),
        queryset=Circle.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("Ces personnes sont prévenues, et la séance leur sera ouverte."),
    )
    programme = ProgrammeField(
        label=gettext_lazy("Parcours"),
        queryset=Programme.objects.none(),
        required=False,
        empty_label=gettext_lazy("Aucun"),
        help_text=gettext_lazy("La séance rejoindra son calendrier."),
    )
    note = forms.CharField(
        label=gettext_lazy("Précisions"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("De quoi il s’agit, à distance ou sur place. Ce sera la présentation de la séance."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Fuseau horaire"),
        help_text=gettext_lazy("Chacun·e verra les heures de là où il ou elle se trouve."),
    )
    closes_on = forms.DateField(
        label=gettext_lazy("Répondre avant le"),
        required=False,
        validators=[check_year],
        widget=DayInput(),
    )
    closes_time = forms.TimeField(
        label=gettext_lazy("à"),
        required=False,
        widget=HourInput(),
        help_text=gettext_lazy("Minuit si vous n’en dites rien."),
    )
    is_hidden = forms.BooleanField(
        label=gettext_lazy("Cacher les réponses jusqu’à la fin du délai"),
        required=False,
        help_text=gettext_lazy("Personne ne les voit d’ici là, l’animation non plus ; chacun·e voit les siennes."),
    )

    def __init__(
        self,
        *args: Any,
        circles: "QuerySet[Circle] | None" = None,
        apart: Mapping[int, str] | None = None,
        poll: DatePoll | None = None,
        programmes: "QuerySet[Programme] | None" = None,
        quorums: Sequence[PollQuorum] = (),
        **kwargs: Any,
    ) -> None:
        if poll is not None:
            kwargs["initial"] = {**_initial(poll), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.poll = poll
        circle, zone = self.fields["circle"], self.fields["time_zone"]
        if circles is not None and isinstance(circle, CircleField):
            circle.offer(circles, apart)
        else:
            del self.fields["circle"]
        self._choose_among(programmes)
        if poll is not None:
            del self.fields["time_zone"]
        elif isinstance(zone, forms.ChoiceField):
            zone.choices = zone_choices()
        wanted = {quorum.category_id: quorum.wanted for quorum in quorums}
        self.categories = list(ActorCategory.objects.all())
        for category in self.categories:
            self.fields[f"quorum_{category.slug}"] = forms.IntegerField(
                label=capfirst(category.plural),
                required=False,
                min_value=0,
                max_value=MAX_QUORUM,
                initial=wanted.get(category.pk),
            )

    def _choose_among(self, programmes: "QuerySet[Programme] | None") -> None:
        """A network without programmes is not asked for one."""
        field = self.fields["programme"]
        if programmes and isinstance(field, forms.ModelChoiceField):
            field.queryset = programmes
        else:
            del self.fields["programme"]

    @property
    def quorum_fields(self) -> list[tuple[ActorCategory, forms.BoundField]]:
        return [(category, self[f"quorum_{category.slug}"]) for category in self.categories]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        zone = self.poll.time_zone if self.poll else data.get("time_zone")
        day: date | None = data.get("closes_on")
        data["closes_at"] = None
        if day and zone:
            try:
                data["closes_at"] = resolve(datetime.combine(day, data.get("closes_time") or time(23, 59)), zone)
            except UnclearLocalTime as error:
                self.add_error("closes_time", str(error))
        return data

    def values(self) -> dict[str, Any]:
        """What the services take."""
        names = ["title", "format", "note", "closes_at", "is_hidden"]
        values = {name: self.cleaned_data[name] for name in names}
        if "programme" in self.fields:
            values["programme"] = self.cleaned_data["programme"]
        elif self.poll:
            values["programme"] = self.poll.programme
        # The same minute as it was is the same deadline: the form knows no seconds.
        if self.poll and self.poll.closes_at and not {"closes_on", "closes_time"} & set(self.changed_data):
            values["closes_at"] = self.poll.closes_at
        if "time_zone" in self.fields:
            values["time_zone"] = self.cleaned_data["time_zone"]
        quorums = {category.slug: self.cleaned_data[f"quorum_{category.slug}"] or 0 for category in self.categories}
        return {**values, "quorums": quorums}


class SlotsForm(forms.Form):
    """Days and hours, as many as are filled in: each of the hours on each of the days. `more` in the posted form asks
    for more lines instead."""

    def __init__(self, data: QueryDict | None = None) -> None:
        posted = data or QueryDict()
        wants = posted.get(MORE, "")
        # Asking for more lines is no attempt: what is filled in stays, and nothing is found wrong yet.
        super().__init__(None if wants else data, initial=posted.dict() if wants else None)
        self.day_count = _lines(posted.get("day_count", ""), DAYS_SHOWN, 31, is_longer=wants == "days")
        self.hour_count = _lines(posted.get("hour_count", ""), HOURS_SHOWN, 12, is_longer=wants == "hours")
        for number in range(self.day_count):
            self.fields[f"day_{number}"] = forms.DateField(
                label=_("Jour %(number)d") % {"number": number + 1},
                required=False,
                validators=[check_year],
                widget=DayInput(),
            )
        for number in range(self.hour_count):
            for name, label in (("from", _("De (%(number)d)")), ("to", _("À (%(number)d)"))):
                self.fields[f"{name}_{number}"] = forms.TimeField(
                    label=label % {"number": number + 1},
                    required=False,
                    widget=HourInput(),
                )

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return [self[f"day_{number}"] for number in range(self.day_count)]

    @property
    def hour_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"from_{number}"], self[f"to_{number}"]) for number in range(self.hour_count)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pairs = [(data.get(f"from_{number}"), data.get(f"to_{number}")) for number in range(self.hour_count)]
        for number, (start, end) in enumerate(pairs):
            if (start is None) != (end is None) and not self.errors:
                self.add_error(f"to_{number}" if start else f"from_{number}", _("Donnez le début et la fin."))
            elif start and end and end <= start:
                self.add_error(f"to_{number}", _("Un créneau doit se terminer après son début."))
        if not self.errors and not (self.days() and self.hours()):
            self.add_error("from_0" if self.days() else "day_0", _("Donnez au moins un jour, et au moins un horaire."))
        return data

    def days(self) -> list[date]:
        found = (self.cleaned_data.get(f"day_{number}") for number in range(self.day_count))
        return [day for day in found if day]

    def hours(self) -> list[Hours]:
        pairs = (
            (self.cleaned_data.get(f"from_{number}"), self.cleaned_data.get(f"to_{number}"))
            for number in range(self.hour_count)
        )
        return [(start, end) for start, end in pairs if start and end]


class AnswerForm(forms.Form):
    """A choice for each slot; what was said before is ticked already."""

    def __init__(self, *args: Any, slots: Sequence[PollSlot], choices: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = slots
        for slot in slots:
            self.fields[f"slot_{slot.pk}"] = forms.ChoiceField(
                choices=PollChoice.choices,
                initial=choices.get(slot.pk, ""),
                error_messages={"required": _("Répondez aussi à ce créneau.")},
                widget=forms.RadioSelect,
            )

    @property
    def slot_fields(self) -> list[tuple[PollSlot, forms.BoundField]]:
        return [(slot, self[f"slot_{slot.pk}"]) for slot in self.slots]

    def choices(self) -> dict[int, str]:
        """What the service takes."""
        return {slot.pk: self.cleaned_data[f"slot_{slot.pk}"] for slot in self.slots}


class GuestForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Adresse e-mail"))
    category = forms.ModelChoiceField(
        label=gettext_lazy("Catégorie"),
        queryset=ActorCategory.objects.all(),
        required=False,
        empty_label=gettext_lazy("Sans catégorie"),
        help_text=gettext_lazy("Pour compter dans le quorum."),
    )


def _lines(posted: str, fewest: int, most: int, *, is_longer: bool) -> int:
    count = int(posted) if posted.isdecimal() and len(posted) <= len(str(most)) else fewest
    return max(fewest, min(most, count + (fewest if is_longer else 0)))


def _initial(poll: DatePoll) -> dict[str, Any]:
    local = poll.closes_at.astimezone(ZoneInfo(poll.time_zone)) if poll.closes_at else None
    return {
        "title": poll.title,
        "format": poll.format,
        "note": poll.note,
        "programme": poll.programme_id,
        "closes_on": local.date() if local else None,
        "closes_time": local.time().replace(second=0, microsecond=0) if local else None,
        "is_hidden": poll.is_hidden,
    }
