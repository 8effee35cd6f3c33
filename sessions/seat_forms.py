"""Forms of seats: they parse and clean; services decide."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from peerhub.people.models import ActorCategory, Delegation
from peerhub.ui.forms import DayInput
from sessions.local_time import UnclearLocalTime, resolve
from sessions.models import PeerSession, SeatRule
from sessions.services.seats import RuleWish

OFFER_MINUTES = (60, 240, 720, 1440, 2880, 4320)
BLANK_ROWS = 2


def _delays() -> list[tuple[int, str]]:
    return [
        (minutes, ngettext("%(n)d heure", "%(n)d heures", minutes // 60) % {"n": minutes // 60})
        for minutes in OFFER_MINUTES
    ]


class DeclineForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Un mot, si vous voulez"), max_length=280, required=False)


class AnswerForm(forms.Form):
    """What somebody said, entered for that person."""

    answer = forms.ChoiceField(label=gettext_lazy("Réponse"), widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("Son mot, s’il y en a un"), max_length=280, required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            ("vient", _("Vient")),
            ("attend", _("Vient si une place se libère (en attente)")),
            ("decline", _("Ne vient pas")),
        ]


class GuestForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Prénom et nom"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Adresse e-mail"), required=False)
    category = forms.ModelChoiceField(ActorCategory.objects.all(), label=gettext_lazy("Catégorie"), required=False)
    delegation = forms.ModelChoiceField(Delegation.objects.none(), label=gettext_lazy("Délégation"), required=False)

    def __init__(self, *arguments: Any, session: PeerSession, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["delegation"].queryset = Delegation.objects.filter(network=session.network_id)  # type: ignore[attr-defined]


class RulesForm(forms.Form):
    """The capacity, and when what is not used is given to others."""

    capacity = forms.IntegerField(
        label=gettext_lazy("Places"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("Vide : sans limite."),
    )
    offer_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Délai pour accepter une place libérée"), choices=_delays, coerce=int
    )
    floors_until = forms.DateField(
        label=gettext_lazy("Rendre à tout le monde les places gardées et non prises à partir du"),
        required=False,
        widget=DayInput(),
    )
    is_invited_only = forms.BooleanField(label=gettext_lazy("Seulement sur invitation"), required=False)

    def __init__(self, data: Any = None, *, session: PeerSession) -> None:
        self.session = session
        zone = ZoneInfo(session.time_zone)
        initial = {
            "capacity": session.capacity,
            "offer_minutes": min(OFFER_MINUTES, key=lambda one: abs(one - session.offer_minutes)),
            "floors_until": session.floors_until.astimezone(zone).date() if session.floors_until else None,
            "is_invited_only": session.is_invited_only,
        }
        super().__init__(data, initial=initial)

    def clean_floors_until(self) -> datetime | None:
        day = self.cleaned_data["floors_until"]
        if day is None:
            return None
        try:
            return resolve(datetime.combine(day, time(8)), self.session.time_zone)
        except (UnclearLocalTime, OverflowError) as error:
            raise forms.ValidationError(_("Choisissez une autre date.")) from error


class RuleForm(forms.Form):
    """One rule: for whom, how many seats are kept, how many at most."""

    part = forms.ChoiceField(label=gettext_lazy("Pour qui"), required=False)
    floor = forms.IntegerField(label=gettext_lazy("Gardées"), min_value=0, max_value=10_000, required=False)
    ceiling = forms.IntegerField(label=gettext_lazy("Au plus"), min_value=0, max_value=10_000, required=False)

    def __init__(self, *arguments: Any, choices: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["part"].choices = choices  # type: ignore[attr-defined]

    def wish(self) -> RuleWish | None:
        cleaned = self.cleaned_data
        if not cleaned.get("part"):
            return None
        category, delegation, is_each = _parsed(cleaned["part"])
        return RuleWish(category, delegation, is_each, cleaned.get("floor") or 0, cleaned.get("ceiling"))


RuleFormSet = forms.formset_factory(RuleForm, extra=BLANK_ROWS)


def rule_formset(data: Any, session: PeerSession) -> Any:
    """The rules as they are, and some blank rows."""
    rules = SeatRule.objects.filter(session=session).order_by("pk")
    initial = [
        {"part": _written(one.category_id, one.delegation_id, one.is_each_delegation), "floor": one.floor or None,
         "ceiling": one.ceiling}
        for one in rules
    ]  # fmt: skip
    return RuleFormSet(data, initial=initial, prefix="regles", form_kwargs={"choices": _parts(session, initial)})


def _parts(session: PeerSession, used: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    categories = list(ActorCategory.objects.all())
    delegations = list(Delegation.objects.filter(network=session.network_id))
    choices: list[tuple[str, Any]] = [("", "—"), ("0/0/1", _("Chaque délégation"))]
    choices.append((_("Une catégorie"), [(f"{one.pk}/0/0", capfirst(one.plural)) for one in categories]))
    each = [
        (f"{one.pk}/0/1", _("%(category)s de chaque délégation") % {"category": capfirst(one.plural)})
        for one in categories
    ]
    choices.append((_("Une catégorie de chaque délégation"), each))
    if delegations:
        choices.append((_("Une délégation"), [(f"0/{one.pk}/0", one.name) for one in delegations]))
    known = {value for _group, some in choices[2:] for value, _label in some} | {"", "0/0/1"}
    names = {one.pk: one.plural for one in categories}, {one.pk: one.name for one in delegations}
    for rule in used:
        if rule["part"] not in known:
            category, delegation, _each = _parsed(rule["part"])
            label = f"{capfirst(names[0].get(category or 0, ''))}, {names[1].get(delegation or 0, '')}"
            choices.append((rule["part"], label))
    return choices


def _written(category: int | None, delegation: int | None, is_each: bool) -> str:
    return f"{category or 0}/{delegation or 0}/{int(is_each)}"


def _parsed(part: str) -> tuple[int | None, int | None, bool]:
    category, delegation, is_each = (int(number) for number in part.split("/"))
    return category or None, delegation or None, bool(is_each)
