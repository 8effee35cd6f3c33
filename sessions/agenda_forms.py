"""What the agenda is asked for, from the address; what is not understood is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from forums.queries.lens import every_category
from peerhub.people.models import ActorCategory, Network, User
from peerhub.people.queries import memberships_of
from sessions.enums import Format
from sessions.forms import check_year
from sessions.queries.filters import Filters

_WEEK = re.compile(r"(\d{4})-?W(\d{2})")


def week_name(monday: date) -> str:
    """« 2026-W48 », as ISO 8601 names weeks."""
    year, number, _weekday = monday.isocalendar()
    return f"{year:04d}-W{number:02d}"


class WeekField(forms.CharField):
    """The Monday of a week that is named as ISO 8601 does."""

    def clean(self, value: Any) -> Any:
        found = _WEEK.fullmatch(super().clean(value) or "")
        if found is None:
            return None
        try:
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        except ValueError:
            return None
        check_year(monday)
        return monday


class AgendaForm(forms.Form):
    format = forms.ChoiceField(choices=[("", ""), *Format.choices], required=False)
    categorie = forms.SlugField(required=False)
    miennes = forms.BooleanField(required=False)
    reseaux = forms.ChoiceField(choices=[("", ""), ("tous", "")], required=False)
    passees = forms.BooleanField(required=False)
    mois = forms.DateField(required=False, input_formats=["%Y-%m"], validators=[check_year])
    semaine = WeekField(required=False)
    jour = forms.DateField(required=False, input_formats=["%Y-%m-%d"], validators=[check_year])


@dataclass(frozen=True)
class Asked:
    """`view` is "upcoming", "past", "day", "week" or "month"; `on`: the day, the Monday, or a day of the month."""

    view: str
    on: date
    filters: Filters
    categories: tuple[ActorCategory, ...]
    own_networks: tuple[Network, ...]

    @property
    def place(self) -> tuple[str, str] | None:
        """What the address says of the view, beside the filters."""
        return {
            "past": ("passees", "1"),
            "day": ("jour", f"{self.on:%Y-%m-%d}"),
            "week": ("semaine", week_name(self.on)),
            "month": ("mois", f"{self.on:%Y-%m}"),
        }.get(self.view)

    @property
    def bare(self) -> str:
        """The address of the view without any filter."""
        return "?" + ("=".join(self.place) if self.place else "")

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter that is set, and the address without it."""
        return [
            (words, f"{self.bare}{self.filters.without(name)}") for name, (_value, words) in self.filters.chosen.items()
        ]


def asked_of(address: Mapping[str, Any], user: User | AnonymousUser) -> Asked:
    form = AgendaForm(address)
    form.is_valid()
    wishes = form.cleaned_data
    categories = tuple(every_category())
    networks = tuple(membership.network for membership in memberships_of(user))
    own = networks if len(networks) > 1 else ()
    filters = Filters(
        format=wishes.get("format") or "",
        category=next((one for one in categories if one.slug == wishes.get("categorie")), None),
        is_mine=bool(wishes.get("miennes")) and user.is_authenticated,
        networks=own if wishes.get("reseaux") else (),
    )
    view, on = _view_of(address, wishes)
    return Asked(view, on, filters, categories, own)


def _view_of(address: Mapping[str, Any], wishes: Mapping[str, Any]) -> tuple[str, date]:
    today = timezone.localdate()
    if "mois" in address:
        return "month", wishes.get("mois") or today
    if "semaine" in address:
        return "week", wishes.get("semaine") or today - timedelta(days=today.weekday())
    if wishes.get("jour"):
        return "day", wishes["jour"]
    return ("past" if wishes.get("passees") else "upcoming"), today
