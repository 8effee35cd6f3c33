"""What people type to act on a post: a trial, a bookmark, an edit, a removal."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from forums.enums import SubscriptionLevel
from forums.models import BODY_MAX_LENGTH, TITLE_MAX_LENGTH
from forums.services.experience import FACTS, SECTIONS
from forums.topic_forms import ReportParts
from peerhub.people.fields import TerritoryField
from peerhub.ui.forms import DayInput


class TriedForm(forms.Form):
    """« Je l’ai essayé »: where, and what came of it."""

    note = forms.CharField(
        label=_lazy("Ce que cela a donné, en une ligne"),
        help_text=_lazy("Par exemple : « deux cantines sur trois, en un an, à budget égal »."),
        max_length=300,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    territory = TerritoryField(
        label=_lazy("Où"),
        help_text=_lazy("Une commune, une intercommunalité… Sans réponse : le territoire de votre casquette."),
        required=False,
    )


class BookmarkForm(forms.Form):
    """A bookmark: a note for oneself, and the day to be reminded."""

    note = forms.CharField(
        label=_lazy("Note pour vous"),
        help_text=_lazy("Vous seul·e la verrez."),
        max_length=300,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    remind_on = forms.DateField(
        label=_lazy("Me le rappeler le"),
        help_text=_lazy("À 8 h, à votre heure."),
        required=False,
        widget=DayInput(),
    )
    # The buttons beside the date, for whoever does not open a calendar.
    quick = forms.DateField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {"note": cleaned.get("note", ""), "remind_on": cleaned.get("quick") or cleaned.get("remind_on")}


def suggested_days(today: date) -> list[tuple[str, date]]:
    """« Demain », « Lundi », « Dans un mois »: without a Monday that is tomorrow."""
    tomorrow = today + timedelta(days=1)
    monday = today + timedelta(days=7 - today.weekday())
    days = [(_("Demain"), tomorrow)]
    if monday != tomorrow:
        days.append((_("Lundi"), monday))
    return [*days, (_("Dans un mois"), _month_later(today))]


def _month_later(day: date) -> date:
    """The same day of the next month, or the last of a shorter one."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


class EditForm(forms.Form):
    """A post, as it should be. `version` is the number of edits that the person knew of."""

    title = forms.CharField(label=_lazy("Titre"), max_length=TITLE_MAX_LENGTH, min_length=5)
    body = forms.CharField(label=_lazy("Message"), max_length=BODY_MAX_LENGTH, widget=forms.Textarea({"rows": 10}))
    reason = forms.CharField(max_length=300, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_opening: bool, is_author: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_opening:
            del self.fields["title"]
        self.fields["reason"].required = not is_author
        self.fields["reason"].label = _("Pourquoi ce changement")
        self.fields["reason"].help_text = (
            _("Une ligne, dans l’historique du message.")
            if is_author
            else _("Une ligne, affichée sous le nom de la personne qui a écrit ce message.")
        )


class ReportEditForm(ReportParts, EditForm):
    """The opening post of an experience report, by its parts."""

    body = None  # type: ignore[assignment]
    field_order = ("title", *SECTIONS, *FACTS, "reason", "version")

    @property
    def facts(self) -> list[Any]:
        return [self[name] for name in FACTS]


class RemovalForm(forms.Form):
    """Why a post is taken away: to be said when it is somebody else's."""

    reason = forms.CharField(max_length=300, required=False, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, is_author: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not is_author
        self.fields["reason"].label = _("Pourquoi")
        self.fields["reason"].help_text = (
            _("Lu par l’animation du réseau, et par elle seule.")
            if is_author
            else _("La personne qui a écrit ce message lira cette raison.")
        )


class LevelForm(forms.Form):
    """What a person wants to be told of a topic, a theme or a tag; "" is no level of its own."""

    level = forms.TypedChoiceField(
        choices=[("", ""), *SubscriptionLevel.choices],
        coerce=lambda value: SubscriptionLevel(value) if value else None,
        empty_value=None,
        required=False,
    )
