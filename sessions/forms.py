"""Forms of sessions: they parse and clean; services decide."""

from collections.abc import Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.people.fields import TerritoryField
from peerhub.people.models import Circle
from peerhub.text.writing import with_how
from peerhub.ui.forms import DayInput, HourInput
from peerhub.ui.times import zone_label
from sessions.enums import Format, VideoProvider
from sessions.local_time import FRENCH_ZONES, UnclearLocalTime, resolve, zone_names
from sessions.models import PeerSession
from sessions.queries.circles import name_of
from sessions.services.reminders import OFFSETS
from sessions.video.adapters import configured_providers


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    others = [name for name in zone_names() if name not in FRENCH_ZONES]
    return [
        (_("France"), [(name, capfirst(zone_label(name))) for name in FRENCH_ZONES]),
        (_("Ailleurs"), [(name, name.replace("_", " ")) for name in others]),
    ]


if TYPE_CHECKING:
    CircleChoiceField = forms.ModelChoiceField[Circle]
else:
    CircleChoiceField = forms.ModelChoiceField


def format_choices() -> list[tuple[str, str]]:
    return [(value, capfirst(str(label))) for value, label in Format.choices]


def provider_choices(current: str = VideoProvider.LINK) -> list[tuple[str, str]]:
    """A link that somebody gives, what makes rooms here, and what the session has already."""
    rooms = [one for one in VideoProvider if one in configured_providers() or one == current != VideoProvider.LINK]
    given = _("Un lien que vous donnez, ou pas de visioconférence")
    return [(VideoProvider.LINK.value, given), *((one.value, capfirst(str(one.label))) for one in rooms)]


REMINDERS = [
    (14 * 1440, gettext_lazy("Deux semaines avant")),
    (7 * 1440, gettext_lazy("Une semaine avant")),
    (2 * 1440, gettext_lazy("Deux jours avant")),
    (1440, gettext_lazy("La veille, à la même heure")),
    (60, gettext_lazy("Une heure avant")),
]


# What two or three people who plan among themselves are not asked: it stays as it is.
NOT_BETWEEN = ("format", "capacity", "territory")


def check_year(day: date) -> None:
    """Years in which every zone has its hours: at the ends of the calendar, instants overflow."""
    if not 1970 <= day.year < 3000:
        raise ValidationError(forms.DateField.default_error_messages["invalid"])


class CircleField(CircleChoiceField):
    """A circle by its name, with what tells it from another one of that name (`queries.circles.told_apart`)."""

    apart: Mapping[int, str] = MappingProxyType({})

    def label_from_instance(self, obj: Any) -> str:
        return f"{name_of(obj)} ({self.apart[obj.pk]})" if obj.pk in self.apart else name_of(obj)

    def offer(self, circles: "QuerySet[Circle]", apart: Mapping[int, str] | None) -> None:
        self.apart = apart or {}
        self.queryset = circles


class SessionForm(forms.Form):
    """What a session is, when and where. `cleaned_data` has `starts_at` and `ends_at` as instants besides."""

    title = forms.CharField(label=gettext_lazy("Titre"), max_length=160)
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=format_choices)
    circle = CircleField(
        label=gettext_lazy("Ouverte à"),
        queryset=Circle.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("Seules ces personnes voient la séance et peuvent s’y inscrire."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Jour"),
        widget=DayInput(),
        validators=[check_year],
    )
    starts_time = forms.TimeField(label=gettext_lazy("Début"), widget=HourInput())
    ends_time = forms.TimeField(label=gettext_lazy("Fin"), widget=HourInput())
    ends_on = forms.DateField(
        label=gettext_lazy("Dernier jour"),
        required=False,
        validators=[check_year],
        widget=DayInput(),
        help_text=gettext_lazy("Si la séance dure plus d’un jour."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Fuseau horaire"),
        help_text=gettext_lazy("Chacun·e verra l’heure de là où il ou elle se trouve."),
    )
    place = forms.CharField(
        label=gettext_lazy("Lieu"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Salle, adresse, accès. Laissez vide si tout se passe à distance."),
    )
    territory = TerritoryField(
        label=gettext_lazy("Territoire"),
        required=False,
        help_text=gettext_lazy(
            "Celui du lieu : son nom, son code ou son code postal. Il dit à chacun·e s’il reste le temps du trajet."
        ),
    )
    video_provider = forms.ChoiceField(
        label=gettext_lazy("Visioconférence"),
        help_text=gettext_lazy("Une salle est faite au dernier moment : personne n’en connaît l’adresse avant."),
    )
    video_url = forms.URLField(
        label=gettext_lazy("Lien de visioconférence"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=gettext_lazy(
            "Montré aux seules personnes inscrites, une demi-heure avant le début et jusqu’à la fin."
        ),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Nombre de places"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("Laissez vide s’il n’y a pas de limite."),
    )
    reminder_minutes = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Quand les envoyer"),
        required=False,
        coerce=int,
        choices=REMINDERS,
        initial=[value for value, _label in REMINDERS if value in OFFSETS],
        widget=forms.CheckboxSelectMultiple,
    )
    reminder_note = forms.CharField(
        label=gettext_lazy("À préparer"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Une ligne, rappelée avec la séance."),
    )
    description = forms.CharField(
        label=gettext_lazy("Présentation"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 8}),
        help_text=with_how(gettext_lazy("Le déroulé, ce qu’il faut préparer.")),
    )

    def __init__(
        self,
        *args: Any,
        circles: "QuerySet[Circle] | None" = None,
        apart: Mapping[int, str] | None = None,
        session: PeerSession | None = None,
        **kwargs: Any,
    ) -> None:
        """With `circles` (and what tells them apart) for a new session; with `session` for one that exists, whose
        circle stays."""
        if session is not None:
            kwargs["initial"] = {**initial_of(session), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = zone_choices()
        circle = self.fields["circle"]
        if circles is not None and isinstance(circle, CircleField):
            circle.offer(circles, apart)
        else:
            del self.fields["circle"]
        self._kept: dict[str, Any] = {}
        if session is not None and session.is_between:
            self._kept = {name: getattr(session, name) for name in NOT_BETWEEN}
            for name in NOT_BETWEEN:
                del self.fields[name]
        self._choose_provider(session.video_provider if session else VideoProvider.LINK)

    def _choose_provider(self, current: str) -> None:
        """Asked where there is a choice."""
        self._provider = current
        choices = provider_choices(current)
        field = self.fields["video_provider"]
        if len(choices) < 2:
            del self.fields["video_provider"]
        elif isinstance(field, forms.ChoiceField):
            field.choices, field.initial = choices, current
            self.fields["video_url"].label = _("Lien de visioconférence, ou de secours")
            self.fields["video_url"].help_text = _(
                "Montré aux seules personnes inscrites. S’il y a une salle, il sert quand elle ne répond pas."
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first: date | None = data.get("starts_on")
        zone: str | None = data.get("time_zone")
        if first is None or zone is None:
            return data
        last = data.get("ends_on") or first
        starts_at = self._instant("starts_time", first, data.get("starts_time"), zone)
        ends_at = self._instant("ends_time", last, data.get("ends_time"), zone)
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_time", _("La séance doit se terminer après son début."))
        data["starts_at"], data["ends_at"] = starts_at, ends_at
        return data

    def _instant(self, field: str, day: date, hour: time | None, zone: str) -> datetime | None:
        if hour is None:
            return None
        try:
            return resolve(datetime.combine(day, hour), zone)
        except UnclearLocalTime as error:
            self.add_error(field, str(error))
            return None

    def values(self) -> dict[str, Any]:
        """What the services take."""
        names = (
            "title",
            "format",
            "starts_at",
            "ends_at",
            "time_zone",
            "place",
            "video_url",
            "capacity",
            "description",
            "reminder_minutes",
            "reminder_note",
            "territory",
        )
        provider = self.cleaned_data.get("video_provider", self._provider)
        written = {name: self.cleaned_data[name] for name in names if name not in self._kept}
        return {"video_provider": provider, **written, **self._kept}


def initial_of(session: PeerSession) -> dict[str, Any]:
    zone = ZoneInfo(session.time_zone)
    starts_at, ends_at = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    return {
        "title": session.title,
        "format": session.format,
        "starts_on": starts_at.date(),
        "starts_time": starts_at.time(),
        "ends_time": ends_at.time(),
        "ends_on": ends_at.date() if ends_at.date() != starts_at.date() else None,
        "time_zone": session.time_zone,
        "place": session.place,
        "territory": session.territory.suggestion if session.territory else "",
        "video_provider": session.video_provider,
        "video_url": session.video_url,
        "capacity": session.capacity,
        "description": session.description,
        "reminder_minutes": session.reminder_minutes,
        "reminder_note": session.reminder_note,
    }


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Un mot pour les personnes inscrites : il leur sera envoyé."),
    )
