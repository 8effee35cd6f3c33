"""How Django's forms look: labels above, hints and errors tied to their input, errors summed up at the top."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Renders every form with `templates/django/forms/`; `{{ form }}` is the summary of errors and all fields."""

    form_template_name = "django/forms/div.html"
    field_template_name = "django/forms/field.html"
