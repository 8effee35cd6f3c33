"""Nobody means a day in 1900, or in 9999."""

from datetime import date, timedelta

import pytest
from django import forms
from django.utils import timezone

from mentoring import (
    actor_forms,
    availability_forms,
    introduction_forms,
    mentorship_forms,
    need_forms,
    solicitation_forms,
    training_forms,
)
from mentoring.days import Days
from mentoring.fields import DayField

MODULES = (
    actor_forms,
    availability_forms,
    introduction_forms,
    mentorship_forms,
    need_forms,
    solicitation_forms,
    training_forms,
)
# Kept as it was, an end that is past is no mistake: `clean_valid_until`.
BOUNDED_BY_THEIR_FORM = {"valid_until"}


def test_each_field_of_a_day_says_which_days_it_takes() -> None:
    found = {
        f"{form.__name__}.{name}": field
        for module in MODULES
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, forms.Form) and form.__module__ == module.__name__
        for name, field in form.base_fields.items()
        if isinstance(field, forms.DateField) and name not in BOUNDED_BY_THEIR_FORM
    }
    assert len(found) > 8
    assert [name for name, field in found.items() if not isinstance(field, DayField)] == []


@pytest.mark.parametrize(("days", "is_taken"), [(-1, False), (0, True), (3, True), (4, False)])
def test_the_first_and_the_last_day_are_taken(days: int, is_taken: bool) -> None:
    field, today = DayField(days=Days(0, 3)), timezone.localdate()
    day = today + timedelta(days=days)
    if is_taken:
        assert field.clean(day.isoformat()) == day
        return
    with pytest.raises(forms.ValidationError, match="Choisissez un jour entre le"):
        field.clean(day.isoformat())


def test_the_ends_of_the_calendar_are_refused_in_words() -> None:
    for day in (date.min, date.max):
        assert Days(0, 3).refusal(day).startswith("Choisissez un jour entre le ")
