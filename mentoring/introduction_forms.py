"""Forms of introductions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.days import Days
from mentoring.fields import DayField, instant
from mentoring.models import FreeSlot, IntroductionOptIn
from mentoring.pairing.hours import Slot
from mentoring.services.introduction_answers import LATEST
from peerhub.ui.forms import HourInput
from peerhub.ui.times import in_words

# Two hours a box: few enough to be ticked with a thumb.
HOURS = ((8, 10), (10, 12), (12, 14), (14, 16), (16, 18), (18, 20), (20, 22))
CODES = {f"{day}-{first}": Slot(day, time(first), time(last)) for first, last in HOURS for day in range(7)}
OTHER = "other"


@dataclass(frozen=True)
class Box:
    code: str
    label: str
    is_ticked: bool


@dataclass(frozen=True)
class HoursRow:
    label: str
    boxes: list[Box]


class WishForm(forms.Form):
    """With how many people, and when one is free each week."""

    size = forms.ChoiceField(
        label=_lazy("Vous préférez une rencontre"),
        choices=[("2", _lazy("à deux")), ("3", _lazy("à trois, quand c’est possible"))],
        initial="2",
        widget=forms.RadioSelect,
    )
    slots = forms.MultipleChoiceField(
        label=_lazy("Quand êtes-vous libre, d’habitude ?"),
        choices=[(code, code) for code in CODES],
        error_messages={"required": _lazy("Cochez au moins un moment où vous êtes libre.")},
    )

    @classmethod
    def of(cls, wish: IntroductionOptIn | None, slots: Iterable[FreeSlot]) -> "WishForm":
        free = [*slots]
        ticked = [code for code, box in CODES.items() if any(_covers(slot, box) for slot in free)]
        return cls(initial={"size": str(wish.size) if wish else "2", "slots": ticked})

    def wish(self) -> dict[str, Any]:
        """What the service takes."""
        slots = [CODES[code] for code in self.cleaned_data["slots"]]
        return {"size": int(self.cleaned_data["size"]), "slots": slots}

    @property
    def days(self) -> list[tuple[str, str]]:
        """The heads of the columns: short, and in full."""
        return [(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in range(7)]

    @property
    def rows(self) -> list[HoursRow]:
        ticked = set(self["slots"].value() or [])
        return [
            HoursRow(
                label=(label := _("%(first)s h – %(last)s h") % {"first": first, "last": last}),
                boxes=[
                    Box(f"{day}-{first}", f"{WEEKDAYS[day]}, {label}", f"{day}-{first}" in ticked) for day in range(7)
                ],
            )
            for first, last in HOURS
        ]


class OtherMomentForm(forms.Form):
    """Another moment: one at which everyone is free, or any other."""

    moment = forms.ChoiceField(
        label=_lazy("Un autre moment"),
        widget=forms.RadioSelect,
        error_messages={"required": _lazy("Choisissez un moment.")},
    )
    day = DayField(days=Days(0, LATEST.days), label=_lazy("Jour"), required=False)
    hour = forms.TimeField(label=_lazy("Heure"), widget=HourInput(), required=False)

    def __init__(self, *args: Any, moments: Iterable[datetime] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._moments = {one.isoformat(): one for one in moments}
        choice = self.fields["moment"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [
                *((code, _words(one)) for code, one in self._moments.items()),
                (OTHER, _("Un moment dont nous avons convenu entre nous") if self._moments else _("Ce moment")),
            ]
        if not self._moments:
            self.initial["moment"] = OTHER

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("moment") != OTHER:
            cleaned["chosen"] = self._moments.get(cleaned.get("moment", ""))
            return cleaned
        # On the clock of who reads.
        cleaned["chosen"] = instant(self, "day", "hour", timezone.get_current_timezone_name())
        if cleaned["chosen"] is None and not {"day", "hour"} & set(self.errors):
            raise ValidationError(_("Dites le jour et l’heure."))
        return cleaned


def _covers(slot: FreeSlot, box: Slot) -> bool:
    return slot.weekday == box.weekday and slot.starts <= box.starts and box.ends <= slot.ends


def _words(moment: datetime) -> str:
    words = in_words(moment)
    return words[:1].upper() + words[1:]
