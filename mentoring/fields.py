"""Fields that forms of mentoring share: a day, a competence of the tree."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _lazy

from mentoring.days import Days
from mentoring.models import Competence
from peerhub.ui.forms import DayInput
from sessions.forms import check_year
from sessions.local_time import UnclearLocalTime, resolve

Choices = list[tuple[str, list[tuple[str, str]]]]
CHOOSE = _lazy("Choisir…")
# The name of a family as a choice of its own.
Whole = Callable[[str], str]


class DayField(forms.DateField):
    """One of `days`: the picker offers no other."""

    def __init__(self, *, days: Days, **kwargs: Any) -> None:
        super().__init__(widget=DayInput(), **kwargs)
        self.days = days

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        self.widget.attrs |= {"min": self.days.first.isoformat(), "max": self.days.last.isoformat()}
        return super().get_bound_field(form, field_name)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and (refusal := self.days.refusal(value)):
            raise ValidationError(refusal)


def instant(form: forms.Form, day: str, hour: str, zone: str) -> datetime | None:
    """What these two fields say on the clocks of `zone`; None while one is not written, and for what no clock shows,
    with a sentence beside the field that is wrong. For `clean`."""
    on, at = form.cleaned_data.get(day), form.cleaned_data.get(hour)
    if on is None or at is None:
        return None
    try:
        check_year(on)
        return resolve(datetime.combine(on, at), zone)
    except UnclearLocalTime as unclear:
        form.add_error(hour, str(unclear))
    except ValidationError as unlikely:
        form.add_error(day, unlikely)
    return None


class CompetenceField(forms.ChoiceField):
    """A competence, chosen by family (`offer` gives the tree); cleans to a `Competence`, or None where none is chosen,
    of which `blank` says what that means. With `whole`, a family may be chosen too."""

    def __init__(self, *, blank: Any = CHOOSE, whole: Whole | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.blank, self.whole = blank, whole
        self._known: dict[str, Competence] = {}

    def hold(self, tree: Iterable[Competence]) -> None:
        self._known = {one.slug: one for one in tree}
        self.choices = [("", self.blank), *self._offered(self._known.values())]

    def clean(self, value: Any) -> Competence | None:
        return self._known.get(super().clean(value))

    def _offered(self, tree: Iterable[Competence]) -> list[Any]:
        return by_family(tree, self.whole)


class FamilyField(CompetenceField):
    """A family of competences."""

    def _offered(self, tree: Iterable[Competence]) -> list[Any]:
        return [(one.slug, one.name) for one in tree if one.parent_id is None]


def offer(form: forms.Form, tree: Iterable[Competence]) -> None:
    """Let the fields of a form that choose a competence choose in this tree."""
    known = list(tree)
    for field in form.fields.values():
        if isinstance(field, CompetenceField):
            field.hold(known)


def by_family(tree: Iterable[Competence], whole: Whole | None = None) -> Choices:
    """Choices by family, the family itself first if it is one; a family without any is none."""
    found: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for one in tree:
        if one.parent_id is None:
            found[one.pk] = (one.name, [(one.slug, whole(one.name))] if whole else [])
        elif one.parent_id in found:
            found[one.parent_id][1].append((one.slug, one.name))
    return [family for family in found.values() if family[1]]
