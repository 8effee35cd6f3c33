"""What one can press: buttons, chips, confirmations, dialogs, menus."""

from typing import Any

from django.forms import BaseForm
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from peerhub.ui.components.base import EMPTY, attributes, bless, category_class, choice, csrf_input, draw_icon, register

_BUTTONS = ("primary", "ghost", "quiet", "danger", "danger-ghost")


@register.simple_tag
def button(
    label: str,
    kind: str = "primary",
    href: str = "",
    icon: str = "",
    size: str = "",
    type: str = "submit",
    name: str = "",
    value: str = "",
    form: str = "",
    id: str = "",
    disabled: bool = False,
    icon_only: bool = False,
    wide: bool = False,
    pressed: bool | None = None,
    title: str = "",
    described_by: str = "",
    download: bool = False,
    rel: str = "",
    hx_get: str = "",
    hx_post: str = "",
    hx_target: str = "",
    hx_swap: str = "",
    hx_push_url: str = "",
) -> SafeString:
    """A button, or a link that looks like one when it has an href. size: "" or "small"; icon_only keeps the label."""
    choice("button", "kind", kind, _BUTTONS)
    choice("button", "size", size, ("", "small"))
    choice("button", "type", type, ("submit", "button", "reset"))
    classes = "button" + (f" button--{kind}" if kind != "primary" else "")
    classes += (f" button--{size}" if size else "") + (" button--icon" if icon_only else "")
    classes += " button--wide" if wide else ""
    picture = draw_icon(icon) if icon else EMPTY
    text: Any = format_html('<span class="visually-hidden">{}</span>', label) if icon_only else label
    common = attributes(
        id=id,
        title=title or (label if icon_only else ""),
        aria_describedby=described_by,
        hx_get=hx_get,
        hx_post=hx_post,
        hx_target=hx_target,
        hx_swap=hx_swap,
        hx_push_url=hx_push_url,
    )
    if href:
        own = attributes(href=href, download=download, rel=rel)
        return format_html('<a class="{}"{}{}>{}{}</a>', classes, own, common, picture, text)
    own = attributes(
        type=type,
        name=name,
        value=value,
        form=form,
        disabled=disabled,
        aria_pressed=None if pressed is None else str(pressed).lower(),
    )
    return format_html('<button class="{}"{}{}>{}{}</button>', classes, own, common, picture, text)


@register.simple_tag
def chip(
    label: str,
    href: str = "",
    selected: bool = False,
    number: int | None = None,
    icon: str = "",
    name: str = "",
    value: str = "",
    category: str = "",
) -> SafeString:
    """A small choice: a link (facet), a submit button with a name (reaction), or neither: a static word."""
    parts = [draw_icon(icon, size="small")] if icon else []
    if category:
        parts.append(format_html('<span class="hat{}"></span>', category_class(category)))
    parts.append(conditional_escape(label))
    if number is not None:
        parts.append(format_html('<span class="chip__count">{}</span>', number))
    inner = bless("".join(parts))
    on = " chip--on" if selected else ""
    if href:
        return format_html(
            '<a class="chip{}" href="{}"{}>{}</a>',
            on,
            href,
            attributes(aria_current="true" if selected else ""),
            inner,
        )
    if name:
        own = attributes(name=name, value=value, aria_pressed=str(selected).lower())
        return format_html('<button type="submit" class="chip{}"{}>{}</button>', on, own, inner)
    return format_html('<span class="chip chip--static{}">{}</span>', on, inner)


def _disclosure(label: str, panel: str, kind: str, icon: str, size: str) -> SafeString:
    classes = "button" + (f" button--{kind}" if kind != "primary" else "") + (f" button--{size}" if size else "")
    picture = draw_icon(icon) if icon else EMPTY
    return format_html(
        '<modal-disclosure><details class="disclose"><summary class="{}">{}{}</summary>{}</details></modal-disclosure>',
        classes,
        picture,
        label,
        panel,
    )


@register.simple_tag(takes_context=True)
def confirm(
    context: Context,
    label: str,
    action: str,
    title: str,
    text: str = "",
    confirm_label: str = "",
    kind: str = "danger-ghost",
    icon: str = "",
    size: str = "",
    name: str = "",
    value: str = "",
    next: str = "",
    form: BaseForm | None = None,
) -> SafeString:
    """A button that asks before it posts to `action`: a dialog, and without JavaScript a disclosure in place. `form` is
    what the question asks besides."""
    choice("confirm", "kind", kind, _BUTTONS)
    sure = "danger" if kind.startswith("danger") else "primary"
    fields = [bound if bound.is_hidden else bound.as_field_group() for bound in form] if form else []
    panel = format_html(
        '<div class="disclose__panel"><h2 class="disclose__title">{}</h2>{}<form method="post" action="{}" '
        'class="form">{}{}{}{}<div class="disclose__actions"><button type="button" '
        'class="button button--ghost disclose__cancel" data-close>{}</button>'
        '<button type="submit" class="button{}">{}</button></div></form></div>',
        title,
        format_html("<p>{}</p>", text) if text else EMPTY,
        action,
        csrf_input(context),
        format_html('<input type="hidden" name="{}" value="{}">', name, value) if name else EMPTY,
        format_html('<input type="hidden" name="next" value="{}">', next) if next else EMPTY,
        format_html_join(EMPTY, "{}", ((one,) for one in fields)),
        _("Annuler"),
        f" button--{sure}" if sure != "primary" else "",
        confirm_label or label,
    )
    return _disclosure(label, panel, kind, icon, size)


@register.simple_block_tag
def dialog(content: str, label: str, title: str, kind: str = "ghost", icon: str = "", size: str = "") -> SafeString:
    """A button that opens its content in a dialog; without JavaScript the content unfolds in place."""
    choice("dialog", "kind", kind, _BUTTONS)
    panel = format_html(
        '<div class="disclose__panel"><h2 class="disclose__title">{}</h2>{}'
        '<div class="disclose__actions"><button type="button" class="button button--ghost disclose__cancel" '
        "data-close>{}</button></div></div>",
        title,
        content,
        _("Fermer"),
    )
    return _disclosure(label, panel, kind, icon, size)


@register.simple_block_tag
def menu(
    content: str,
    label: str,
    icon: str = "",
    kind: str = "ghost",
    size: str = "",
    icon_only: bool = False,
    align: str = "end",
) -> SafeString:
    """A button with a menu of `menu_item`s (and anything else) under it; a <details>, so it works by itself."""
    choice("menu", "kind", kind, _BUTTONS)
    choice("menu", "align", align, ("start", "end"))
    classes = "button" + (f" button--{kind}" if kind != "primary" else "") + (f" button--{size}" if size else "")
    classes += " button--icon" if icon_only else ""
    text: Any = format_html('<span class="visually-hidden">{}</span>', label) if icon_only else label
    tail = EMPTY if icon_only else draw_icon("chevron-down", size="small")
    return format_html(
        '<details class="menu menu--{}" data-menu><summary class="{}"{}>{}{}{}</summary>'
        '<div class="menu__panel">{}</div></details>',
        align,
        classes,
        attributes(title=label if icon_only else ""),
        draw_icon(icon) if icon else EMPTY,
        text,
        tail,
        content,
    )


@register.simple_tag(takes_context=True)
def menu_item(
    context: Context,
    label: str,
    href: str = "",
    action: str = "",
    icon: str = "",
    kind: str = "",
    current: bool = False,
    name: str = "",
    value: str = "",
) -> SafeString:
    """A line of a menu: a link (href), or a form that posts to `action`."""
    choice("menu_item", "kind", kind, ("", "danger"))
    classes = "menu__item" + (f" menu__item--{kind}" if kind else "")
    picture = draw_icon(icon) if icon else EMPTY
    if action:
        return format_html(
            '<form method="post" action="{}">{}<button type="submit" class="{}"{}>{}{}</button></form>',
            action,
            csrf_input(context),
            classes,
            attributes(name=name, value=value),
            picture,
            label,
        )
    here = attributes(aria_current="true" if current else "")
    return format_html('<a class="{}" href="{}"{}>{}{}</a>', classes, href, here, picture, label)
