"""How Django's forms look: labels above, hints and errors tied to their input, errors summed up at the top."""

from django import forms
from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Renders every form with `templates/django/forms/`; `{{ form }}` is the summary of errors and all fields."""

    form_template_name = "django/forms/div.html"
    field_template_name = "django/forms/field.html"


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    def __init__(self) -> None:
        super().__init__({"type": "date"}, format="%Y-%m-%d")


class HourInput(forms.TimeInput):
    """The browser's own clock."""

    def __init__(self) -> None:
        super().__init__({"type": "time"}, format="%H:%M")
