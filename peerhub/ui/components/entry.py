"""What one fills in: fields, the summary of errors, the composer."""

from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from peerhub.ui.components.base import EMPTY, attributes, bless, draw_icon, register

_VALIDATORS: Any = settings.AUTH_PASSWORD_VALIDATORS
_PASSWORD_LENGTH = next((v["OPTIONS"]["min_length"] for v in _VALIDATORS if "min_length" in v.get("OPTIONS", {})), 8)


@register.simple_tag
def field(bound: BoundField, label: str = "", hint: str = "") -> SafeString:
    """One field of a form: label, hint, errors and input. label and hint replace the form's own."""
    if not isinstance(bound, BoundField):
        raise TemplateSyntaxError(f"field: expected a form's field, got {bound!r}")
    if label:
        bound.label = label
    if hint:
        bound.help_text = hint
    return bound.as_field_group()


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The summary of a form's errors, with links to the fields; takes the focus. Nothing when there are none."""
    if not form.errors:
        return EMPTY
    return bless(render_to_string("ui/form_errors.html", {"form": form, "summary": _summary(form)}))


def _summary(form: BaseForm) -> list[dict[str, str]]:
    lines = [{"target": "", "text": str(error)} for error in form.non_field_errors()]
    for bound in form:
        if bound.errors and not bound.is_hidden:
            target = bound.id_for_label or bound.auto_id or ""
            said = _("%(label)s : %(error)s")
            lines += [{"target": target, "text": said % {"label": bound.label, "error": e}} for e in bound.errors]
        elif bound.errors:
            lines += [{"target": "", "text": str(error)} for error in bound.errors]
    return lines


@register.filter
def error_summary(form: BaseForm) -> list[dict[str, str]]:
    """For the form's own template: every error as {"target": id of the input or "", "text": sentence}."""
    return _summary(form)


@register.filter
def account_form(form: BaseForm) -> BaseForm:
    """Make a form of allauth plain: no placeholder that repeats the label, one short rule for a new password."""
    for one in form.fields.values():
        one.widget.attrs.pop("placeholder", None)
        if one.widget.attrs.get("autocomplete") == "new-password" and one.help_text:
            one.help_text = _("%(n)s caractères au moins. Une phrase que vous retenez convient très bien.") % {
                "n": _PASSWORD_LENGTH
            }
    return form


@register.filter
def widget_kind(bound: BoundField) -> str:
    """What a field looks like: "check" (one box), "choices" (several boxes or radios), "password" or "input"."""
    widget = bound.field.widget
    input_type = getattr(widget, "input_type", "")
    if bound.use_fieldset:
        return "choices"
    return {"checkbox": "check", "password": "password"}.get(input_type, "input")


@register.simple_block_tag
def composer(content: str, draft: str, tools: bool = True, id: str = "") -> SafeString:
    """What one writes in: wraps a form; keeps its texts as a draft under `draft`, sends with Ctrl+Enter, once.

    The form has its fields, then <div class="composer__foot"> with a circle_badge (who reads this) and the button;
    the status of the draft is put there. A hidden field named "token" is renewed after each success.
    """
    labels = attributes(
        id=id,
        data_draft=draft,
        data_saved=_("Brouillon enregistré"),
        data_restored=_("Brouillon retrouvé"),
        data_offline=_("Pas de connexion. Votre texte est gardé ; il partira dès que possible."),
        data_failed=_("L’envoi n’a pas abouti. Votre texte est gardé."),
        data_retry=_("Réessayer"),
        data_resume=_("Reprendre le texte envoyé"),
    )
    bar: str = EMPTY
    if tools:
        acts = (
            ("bold", "bold", _("Gras")),
            ("italic", "italic", _("Italique")),
            ("quote", "quote", _("Citation")),
            ("list", "list", _("Liste")),
            ("link", "link", _("Lien")),
            ("mention", "at-sign", _("Mentionner quelqu’un")),
        )
        bar = format_html(
            '<div class="composer__tools" role="toolbar" aria-label="{}" hidden>{}</div>',
            _("Mise en forme"),
            format_html_join(
                "",
                '<button type="button" data-md="{}" title="{}" aria-label="{}">{}</button>',
                ((md, words, words, draw_icon(name)) for md, name, words in acts),
            ),
        )
    return format_html('<post-composer class="composer"{}>{}{}</post-composer>', labels, bar, content)
