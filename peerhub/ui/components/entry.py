"""What one fills in: fields, the summary of errors, the composer."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from peerhub.ui.components.base import EMPTY, address, attributes, bless, draw_icon, register

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
def form_errors(*forms: BaseForm | None) -> SafeString:
    """The one summary of the errors of what is sent together (forms that are not there are left out), with links to the
    fields; takes the focus. Nothing when there are none."""
    wrong = [form for form in forms if form and form.errors]
    return bless(render_to_string("ui/form_errors.html", {"form": wrong})) if wrong else EMPTY


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
def error_summary(form: BaseForm | Sequence[BaseForm]) -> list[dict[str, str]]:
    """For the form's own template: every error as {"target": id of the input or "", "text": sentence}."""
    forms = [form] if isinstance(form, BaseForm) else form
    return [line for one in forms for line in _summary(one)]


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


@lru_cache(maxsize=2)
def _editor(debug: bool) -> dict[str, str]:
    return {"data_editor": static("ui/editor.js"), "data_editor_style": static("ui/editor.css")}


def _draft_words() -> dict[str, str]:
    """What the composer says of the text that it keeps (js/editor/drafts.js)."""
    return {
        "data_saved": _("Brouillon enregistré sur cet appareil"),
        "data_saved_for_all": _("Brouillon enregistré pour tous vos appareils"),
        "data_drafts_label": _("Mes brouillons"),
        "data_restored": _("Brouillon retrouvé"),
        "data_newer": _("Voici votre texte le plus récent, écrit sur un autre appareil."),
        "data_take_back": _("Reprendre celui d’ici"),
        "data_begun": _("Vous aviez commencé à écrire un autre texte ici."),
        "data_conflict": _("Ce message a aussi été modifié dans un autre onglet ou sur un autre appareil."),
        "data_see_other": _("Voir l’autre version"),
        "data_keep_this": _("Garder celle-ci"),
        "data_gone": _("Ce message a déjà été publié ou supprimé ailleurs. Votre texte reste ici."),
    }


@register.simple_block_tag
def composer(content: str, draft: str, tools: bool = True, id: str = "", mentions: str = "") -> SafeString:
    """What one writes in: wraps a form; keeps its texts as a draft under `draft`, sends with Ctrl+Enter, once.

    The form has its fields (the one named "body" holds Markdown and gets the rich editor), then
    <div class="composer__foot"> with a circle_badge (who reads this) and the button; the status of the draft is put
    there. A hidden field named "token" is renewed after each success. `tools=False` where `composer_tools` stands
    further down in the form. `mentions` is the address that proposes people after an "@".
    """
    labels = attributes(
        id=id,
        data_draft=draft,
        data_mentions=mentions,
        data_drafts=address("forums:draft-list"),
        **_draft_words(),
        data_offline=_("Pas de connexion. Votre texte est gardé ; il partira dès que possible."),
        data_failed=_("L’envoi n’a pas abouti. Votre texte est gardé."),
        data_retry=_("Réessayer"),
        data_resume=_("Reprendre le texte envoyé"),
        data_too_rich=_("Ce texte a une mise en forme que l’éditeur ne sait pas montrer : le voici en texte brut."),
        **_editor(settings.DEBUG),
    )
    bar: str = composer_tools() if tools else EMPTY
    return format_html('<post-composer class="composer"{}>{}{}</post-composer>', labels, bar, content)


@register.simple_tag
def composer_tools() -> SafeString:
    """The tools of a composer, hidden until its script wakes up."""
    return format_html(
        '<div class="composer__tools" role="toolbar" aria-label="{}" hidden>{}'
        '<button type="button" class="composer__plain" data-act="plain" aria-pressed="false" title="{}">{}</button>'
        "</div>",
        _("Mise en forme"),
        format_html_join(
            EMPTY,
            '<span class="composer__group" role="presentation">{}</span>',
            ((format_html_join(EMPTY, "{}", ((_tool(*one),) for one in group)),) for group in _tools()),
        ),
        _("Écrire en texte brut, sans mise en forme"),
        _("Texte brut"),
    )


def _tools() -> tuple[tuple[tuple[str, str, str, str], ...], ...]:
    """Groups of (act, icon, words, kind): a kind "pressed" can be on, "opens" opens a panel, "" only acts."""
    return (
        (
            ("bold", "bold", _("Gras (Ctrl+B)"), "pressed"),
            ("italic", "italic", _("Italique (Ctrl+I)"), "pressed"),
        ),
        (
            ("list", "list", _("Liste"), "pressed"),
            ("olist", "list-ordered", _("Liste numérotée"), "pressed"),
            ("quote", "quote", _("Citation"), "pressed"),
        ),
        (
            ("link", "link", _("Lien (Ctrl+K)"), "opens"),
            ("emoji", "smile", _("Émoticône"), "opens"),
            ("mention", "at-sign", _("Mentionner quelqu’un"), ""),
            ("attach", "paperclip", _("Joindre un fichier"), "hidden"),
        ),
        (
            ("title", "heading-1", _("Titre"), "pressed"),
            ("subtitle", "heading-2", _("Sous-titre"), "pressed"),
            ("table", "table", _("Tableau"), "opens"),
            ("code", "code", _("Code"), "pressed"),
        ),
        (
            ("undo", "undo-2", _("Annuler (Ctrl+Z)"), ""),
            ("redo", "redo-2", _("Rétablir (Ctrl+Y)"), ""),
        ),
    )


def _tool(act: str, name: str, words: str, kind: str) -> SafeString:
    return format_html(
        '<button type="button"{}>{}</button>',
        attributes(
            data_act=act,
            title=words,
            aria_label=words,
            aria_pressed="false" if kind == "pressed" else None,
            aria_expanded="false" if kind == "opens" else None,
            hidden=kind == "hidden",
        ),
        draw_icon(name),
    )
