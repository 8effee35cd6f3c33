"""The components of the interface: block tags and tags that take strings, never models.

An argument that a component does not know is a template error. docs/ui.md lists them with their signatures.
Everything variable is escaped here; `content` of a block is already rendered and safe.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django import template
from django.conf import settings
from django.contrib.messages import get_messages
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateSyntaxError
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.ui.pagination import KeysetPage, Page, page_window
from peerhub.ui.times import in_words, zone_label

register = template.Library()

_ICONS = frozenset(
    line.split("#")[0].strip() for line in (Path(__file__).parents[1] / "icons.txt").read_text().splitlines()
) - {""}
_EMPTY = mark_safe("")
_MENU_IDS = itertools.count(1)


def _choice(tag: str, argument: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise TemplateSyntaxError(f"{tag}: {argument}={value!r} is not one of {', '.join(map(repr, allowed))}")
    return value


def _attributes(**attributes: object) -> SafeString:
    """Write attributes: None, False and "" are left out, True is bare; hx_post becomes hx-post."""
    written = []
    for name, value in attributes.items():
        if value is None or value is False or value == "":
            continue
        name = name.rstrip("_").replace("_", "-")
        written.append(f" {name}" if value is True else f' {name}="{conditional_escape(value)}"')
    return mark_safe("".join(written))


def _category(slug: str) -> str:
    """The class that carries a category's colour; a slug can only be a slug."""
    return f" c-{slugify(slug)}" if slug else ""


@lru_cache(maxsize=2)
def _sprite(debug: bool) -> str:
    return static("ui/icons.svg")


def _icon(name: str, label: str = "", size: str = "") -> SafeString:
    if name not in _ICONS:
        raise TemplateSyntaxError(f"icon: {name!r} is not in peerhub/ui/icons.txt")
    _choice("icon", "size", size, ("", "small", "large"))
    described = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    modifier = f" icon--{size}" if size else ""
    return mark_safe(
        f'<svg class="icon{modifier}" {described}><use href="{_sprite(settings.DEBUG)}#{name}"></use></svg>'
    )


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of icons.txt; silent for screen readers unless it has a label. size: "", "small", "large"."""
    return _icon(name, label, size)


@register.simple_tag
def rings(extra_class: str = "") -> SafeString:
    """The mark of PeerHub: three rings."""
    return format_html(
        '<svg class="rings {}" viewBox="0 0 38 28" aria-hidden="true"><circle cx="12" cy="10.5" r="8.6"/>'
        '<circle cx="26" cy="10.5" r="8.6"/><circle cx="19" cy="17.5" r="8.6"/></svg>',
        extra_class,
    )


# --- Who ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def avatar(initials: str, category: str = "", size: str = "", label: str = "") -> SafeString:
    """A person's initials on the colour of their hat; hidden from screen readers unless labelled."""
    _choice("avatar", "size", size, ("", "small", "large"))
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    modifier = f" avatar--{size}" if size else ""
    return format_html('<span class="avatar{}{}" {}>{}</span>', modifier, _category(category), said, initials)


@register.simple_tag
def hat(slug: str, label: str, state: str = "full", href: str = "") -> SafeString:
    """A category by colour and name. state: "full" (is there, has spoken) or "none" (not yet: a dashed disc)."""
    _choice("hat", "state", state, ("full", "none"))
    modifier = " hat--none" if state == "none" else ""
    if href:
        return format_html('<a class="hat{}{}" href="{}">{}</a>', modifier, _category(slug), href, label)
    return format_html('<span class="hat{}{}">{}</span>', modifier, _category(slug), label)


@register.simple_block_tag
def lens(content: str, label: str = "") -> SafeString:
    """A row of hats, with what they say ("Ont répondu")."""
    lead = format_html('<span class="lens__label">{}</span>', label) if label else _EMPTY
    return format_html('<div class="lens">{}{}</div>', lead, content)


_MARKS = {
    "public": '<circle cx="12" cy="9" r="7"/><path d="M5 9h14M12 2c-4.5 4-4.5 10 0 14 4.5-4 4.5-10 0-14"/>',
    "network": '<circle cx="8.5" cy="6.7" r="5"/><circle cx="15.5" cy="6.7" r="5"/><circle cx="12" cy="11.5" r="5"/>',
    "category": '<circle cx="12" cy="9" r="6.5"/>',
    "delegation": '<circle cx="8.5" cy="9" r="6"/><circle cx="15.5" cy="9" r="6"/>',
    "session": '<circle cx="12" cy="9" r="7"/><circle cx="12" cy="9" r="2.5"/>',
    "animators": '<circle cx="12" cy="9" r="7"/><path d="m8.8 9.2 2.3 2.3 4.3-4.6"/>',
    "custom": '<circle cx="12" cy="9" r="7"/><path d="M12 6v6M9 9h6"/>',
}
_LOCK = '<rect x="6" y="8" width="12" height="8.5" rx="2"/><path d="M8.5 8V5.8a3.5 3.5 0 0 1 7 0V8"/>'


@register.simple_tag
def circle_badge(kind: str, label: str, confidential: bool = False, category: str = "") -> SafeString:
    """Who sees this: the rings of the kind of circle and its name; a lock and terracotta when it is confidential.

    kind: a value of CircleKind in any case; category: the slug that colours the ring of a category's circle.
    """
    kind = _choice("circle_badge", "kind", kind.lower(), tuple(_MARKS))
    if confidential:
        sense = _("Confidentiel")
        return format_html(
            '<span class="circle circle--locked"><svg class="circle__mark" viewBox="0 0 24 18" role="img" '
            'aria-label="{}">{}</svg><span>{}</span></span>',
            f"{sense}{chr(0xA0)}:",
            mark_safe(_LOCK),
            label,
        )
    own = f" circle__mark--own{_category(category)}" if category else ""
    return format_html(
        '<span class="circle"><svg class="circle__mark{}" viewBox="0 0 24 18" aria-hidden="true">{}</svg>'
        "<span>{}</span></span>",
        own,
        mark_safe(_MARKS[kind]),
        label,
    )


@register.simple_tag
def badge(label: str, kind: str = "", icon: str = "") -> SafeString:
    """A word of state. kind: "", "brand", "warm", "sun", "danger"."""
    _choice("badge", "kind", kind, ("", "brand", "warm", "sun", "danger"))
    picture = _icon(icon, size="small") if icon else _EMPTY
    return format_html('<span class="badge{}">{}{}</span>', f" badge--{kind}" if kind else "", picture, label)


@register.simple_tag
def count(number: int, label: str = "") -> SafeString:
    """A number that calls (unread); nothing when it is 0. `label` is what screen readers hear after it."""
    if not number:
        return _EMPTY
    said = format_html('<span class="visually-hidden"> {}</span>', label) if label else _EMPTY
    return format_html('<span class="count">{}{}</span>', number if number < 100 else "99+", said)


# --- Acts ---------------------------------------------------------------------------------------------------------

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
    hx_get: str = "",
    hx_post: str = "",
    hx_target: str = "",
    hx_swap: str = "",
    hx_push_url: str = "",
) -> SafeString:
    """A button, or a link that looks like one when it has an href. size: "" or "small"; icon_only keeps the label."""
    _choice("button", "kind", kind, _BUTTONS)
    _choice("button", "size", size, ("", "small"))
    _choice("button", "type", type, ("submit", "button", "reset"))
    classes = "button" + (f" button--{kind}" if kind != "primary" else "")
    classes += (f" button--{size}" if size else "") + (" button--icon" if icon_only else "")
    classes += " button--wide" if wide else ""
    picture = _icon(icon) if icon else _EMPTY
    text: Any = format_html('<span class="visually-hidden">{}</span>', label) if icon_only else label
    common = _attributes(
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
        own = _attributes(href=href, download=download)
        return format_html('<a class="{}"{}{}>{}{}</a>', classes, own, common, picture, text)
    own = _attributes(
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
    parts = [_icon(icon, size="small")] if icon else []
    if category:
        parts.append(format_html('<span class="hat{}"></span>', _category(category)))
    parts.append(conditional_escape(label))
    if number is not None:
        parts.append(format_html('<span class="chip__count">{}</span>', number))
    inner = mark_safe("".join(parts))
    on = " chip--on" if selected else ""
    if href:
        return format_html(
            '<a class="chip{}" href="{}"{}>{}</a>',
            on,
            href,
            _attributes(aria_current="true" if selected else ""),
            inner,
        )
    if name:
        own = _attributes(name=name, value=value, aria_pressed=str(selected).lower())
        return format_html('<button type="submit" class="chip{}"{}>{}</button>', on, own, inner)
    return format_html('<span class="chip chip--static{}">{}</span>', on, inner)


def _csrf(context: Context) -> SafeString:
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return _EMPTY
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


def _disclosure(label: str, panel: str, kind: str, icon: str, size: str) -> SafeString:
    classes = "button" + (f" button--{kind}" if kind != "primary" else "") + (f" button--{size}" if size else "")
    picture = _icon(icon) if icon else _EMPTY
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
) -> SafeString:
    """A button that asks before it posts to `action`: a dialog, and without JavaScript a disclosure in place."""
    _choice("confirm", "kind", kind, _BUTTONS)
    sure = "danger" if kind.startswith("danger") else "primary"
    panel = format_html(
        '<div class="disclose__panel"><h2 class="disclose__title">{}</h2>{}<form method="post" action="{}" '
        'class="disclose__actions">{}{}{}<button type="button" class="button button--ghost disclose__cancel" '
        'data-close>{}</button><button type="submit" class="button{}">{}</button></form></div>',
        title,
        format_html("<p>{}</p>", text) if text else _EMPTY,
        action,
        _csrf(context),
        format_html('<input type="hidden" name="{}" value="{}">', name, value) if name else _EMPTY,
        format_html('<input type="hidden" name="next" value="{}">', next) if next else _EMPTY,
        _("Annuler"),
        f" button--{sure}" if sure != "primary" else "",
        confirm_label or label,
    )
    return _disclosure(label, panel, kind, icon, size)


@register.simple_block_tag
def dialog(content: str, label: str, title: str, kind: str = "ghost", icon: str = "", size: str = "") -> SafeString:
    """A button that opens its content in a dialog; without JavaScript the content unfolds in place."""
    _choice("dialog", "kind", kind, _BUTTONS)
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
    _choice("menu", "kind", kind, _BUTTONS)
    _choice("menu", "align", align, ("start", "end"))
    classes = "button" + (f" button--{kind}" if kind != "primary" else "") + (f" button--{size}" if size else "")
    classes += " button--icon" if icon_only else ""
    text: Any = format_html('<span class="visually-hidden">{}</span>', label) if icon_only else label
    tail = _EMPTY if icon_only else _icon("chevron-down", size="small")
    return format_html(
        '<details class="menu menu--{}" data-menu><summary class="{}"{}>{}{}{}</summary>'
        '<div class="menu__panel">{}</div></details>',
        align,
        classes,
        _attributes(title=label if icon_only else ""),
        _icon(icon) if icon else _EMPTY,
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
    _choice("menu_item", "kind", kind, ("", "danger"))
    classes = "menu__item" + (f" menu__item--{kind}" if kind else "")
    picture = _icon(icon) if icon else _EMPTY
    if action:
        return format_html(
            '<form method="post" action="{}">{}<button type="submit" class="{}"{}>{}{}</button></form>',
            action,
            _csrf(context),
            classes,
            _attributes(name=name, value=value),
            picture,
            label,
        )
    here = _attributes(aria_current="true" if current else "")
    return format_html('<a class="{}" href="{}"{}>{}{}</a>', classes, href, here, picture, label)


# --- Surfaces -----------------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    level: int = 2,
    kind: str = "",
    href: str = "",
    link_label: str = "",
    id: str = "",
    category: str = "",
) -> SafeString:
    """A surface for one idea. kind: "", "flat", "sunk", "warm", "sun", "hero"; href and link_label: "Tout voir"."""
    _choice("card", "kind", kind, ("", "flat", "sunk", "warm", "sun", "hero"))
    head = _EMPTY
    if title:
        more = format_html('<a class="card__more" href="{}">{}</a>', href, link_label or _("Tout voir")) if href else ""
        head = format_html('<div class="card__head"><h{0}>{1}</h{0}>{2}</div>', int(level), title, more)
    modifier = (f" card--{kind}" if kind else "") + (f" card--category{_category(category)}" if category else "")
    element = "section" if title else "div"
    return format_html(
        '<{0} class="card{1}"{2}>{3}<div class="card__body">{4}</div></{0}>',
        element,
        modifier,
        _attributes(id=id),
        head,
        content,
    )


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "sparkles", level: int = 2) -> SafeString:
    """An empty state: what is not here yet, and (the content) what to do next."""
    return format_html(
        '<div class="empty"><span class="empty__art">{0}</span><h{1} class="empty__title">{2}</h{1}>'
        '<div class="empty__body">{3}</div></div>',
        _icon(icon, size="large"),
        int(level),
        title,
        content,
    )


@register.simple_block_tag
def alert(content: str, kind: str = "info", title: str = "", role: str = "") -> SafeString:
    """A notice in the page. kind: "info", "success", "warning", "danger", "confidential"."""
    return _alert(content, kind, title, role)


_ALERT_ICONS = {
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "circle-alert",
    "confidential": "lock",
}


def _alert(content: str, kind: str, title: str = "", role: str = "", tail: str = "") -> SafeString:
    _choice("alert", "kind", kind, tuple(_ALERT_ICONS))
    heading = format_html('<p class="alert__title">{}</p>', title) if title else _EMPTY
    return format_html(
        '<div class="alert alert--{}"{}>{}<div class="alert__body">{}<div>{}</div></div>{}</div>',
        kind,
        _attributes(role=role),
        _icon(_ALERT_ICONS[kind]),
        heading,
        content,
        tail,
    )


@register.simple_tag(takes_context=True)
def toasts(context: Context) -> SafeString:
    """Django's messages: alerts at the top of the page, polite toasts with JavaScript. Once per layout."""
    request = context.get("request")
    shown = []
    if isinstance(request, HttpRequest):
        close = format_html(
            '<button type="button" class="alert__close" data-close aria-label="{}">{}</button>',
            _("Fermer"),
            _icon("x", size="small"),
        )
        kinds = {"error": "danger", "success": "success", "warning": "warning"}
        for message in get_messages(request):
            shown.append(_alert(str(message), kinds.get(message.level_tag, "info"), tail=close))
    return format_html(
        '<toast-list class="toasts" id="toasts" role="status">{}</toast-list>', mark_safe("".join(shown))
    )


@register.simple_tag
def stat(value: object, label: str, hint: str = "") -> SafeString:
    """A number that matters and what it counts."""
    more = format_html('<span class="stat__hint">{}</span>', hint) if hint else _EMPTY
    return format_html(
        '<div class="stat"><span class="stat__value">{}</span><span class="stat__label">{}</span>{}</div>',
        value,
        label,
        more,
    )


@register.simple_block_tag
def page_header(content: str, title: str, kicker: str = "", lead: str = "") -> SafeString:
    """The head of a page: its h1, a word before, a sentence after; the content holds the actions, if any."""
    actions = format_html('<div class="page-head__actions">{}</div>', content) if content.strip() else _EMPTY
    return format_html(
        '<header class="page-head"><div class="page-head__text">{}<h1>{}</h1>{}</div>{}</header>',
        format_html('<p class="kicker">{}</p>', kicker) if kicker else _EMPTY,
        title,
        format_html('<p class="page-head__lead">{}</p>', lead) if lead else _EMPTY,
        actions,
    )


@register.simple_block_tag
def item(
    content: str,
    title: str,
    href: str = "",
    level: int = 3,
    initials: str = "",
    category: str = "",
    icon: str = "",
    unread: bool = False,
    side: str = "",
    meta: str = "",
) -> SafeString:
    """A line of a list (inside <ul class="items"><li>): a title that links, a sentence, who, and a word at the end.

    With an href the whole line is the target. unread puts a dot, said as "Non lu". `side` may be safe HTML.
    """
    lead: str = _EMPTY
    if initials:
        lead = format_html('<span class="item__lead">{}</span>', avatar(initials, category))
    elif icon:
        lead = format_html('<span class="item__lead">{}</span>', _icon(icon))
    mark = format_html('<span class="visually-hidden">{} </span>', _("Non lu :")) if unread else _EMPTY
    if href:
        heading = format_html('<a class="item__title" href="{}">{}{}</a>', href, mark, title)
    else:
        heading = format_html('<span class="item__title">{}{}</span>', mark, title)
    word = " item__side--word" if "<time" in side or "<" not in side else ""
    return format_html(
        '<article class="item{}{}">{}<div class="item__text"><h{} class="item__heading">{}</h{}>{}{}</div>{}</article>',
        " item--link" if href else "",
        " item--unread" if unread else "",
        lead,
        int(level),
        heading,
        int(level),
        format_html('<p class="item__meta">{}</p>', meta) if meta else _EMPTY,
        content,
        format_html('<div class="item__side{}">{}</div>', word, side) if side else _EMPTY,
    )


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """Grey lines in place of what is on its way (inside an htmx target)."""
    rows = mark_safe('<span class="skeleton__line"></span>' * int(lines))
    return format_html(
        '<div class="skeleton" role="status"><span class="visually-hidden">{}</span>{}</div>', _("Chargement…"), rows
    )


@register.simple_tag
def since(label: str) -> SafeString:
    """The line between what was read and what is new."""
    return format_html('<p class="since" id="nouveau">{}</p>', label)


# --- Places -------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def breadcrumbs(content: str) -> SafeString:
    """The way here: a row of `crumb`s, in the block `crumbs` of the layout."""
    return format_html('<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>', _("Fil d’Ariane"), content)


@register.simple_tag
def crumb(label: str, href: str = "") -> SafeString:
    """One step; without an href it is this page."""
    if not href:
        return format_html('<li><span aria-current="page">{}</span></li>', label)
    return format_html('<li><a href="{}">{}</a></li>', href, label)


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """Views of one thing, as links: a row of `tab`s."""
    return format_html('<nav class="tabs" aria-label="{}">{}</nav>', label, content)


@register.simple_tag
def tab(label: str, href: str, current: bool = False, number: int | None = None) -> SafeString:
    counted = format_html('<span class="tabs__count">{}</span>', number) if number is not None else _EMPTY
    here = _attributes(aria_current="page" if current else "")
    return format_html('<a class="tabs__tab" href="{}"{}>{}{}</a>', href, here, label, counted)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: "Page[Any] | KeysetPage[Any]", param: str = "page") -> SafeString:
    """Links to the other pages of a list, keeping the rest of the query; nothing when there is one page."""
    request = context.get("request")
    query = request.GET.copy() if isinstance(request, HttpRequest) else None

    def to(**changes: str) -> str:
        if query is None:
            return "?" + "&".join(f"{key}={value}" for key, value in changes.items())
        other = query.copy()
        for key in {param, "after", "before"}:
            other.pop(key, None)
        for key, value in changes.items():
            other[key] = value
        return f"?{other.urlencode()}"

    parts: list[SafeString] = []

    def step(address: str | None, label: str, rel: str) -> None:
        if address:
            arrow = _icon("chevron-left" if rel == "prev" else "chevron-right", size="small")
            inner = (arrow, label) if rel == "prev" else (label, arrow)
            parts.append(format_html('<a href="{}" rel="{}">{}{}</a>', address, rel, *inner))

    if isinstance(page, KeysetPage):
        step(to(after=page.newer) if page.newer else None, _("Plus récents"), "prev")
        step(to(before=page.older) if page.older else None, _("Plus anciens"), "next")
    elif page.page_count > 1:
        step(to(**{param: str(page.previous_number)}) if page.previous_number else None, _("Précédente"), "prev")
        where = _("Page %(number)s sur %(count)s") % {"number": page.number, "count": page.page_count}
        parts.append(format_html('<span class="pages__where">{}</span>', where))
        for number in page_window(page.number, page.page_count):
            if number is None:
                parts.append(mark_safe('<span class="pages__number pages__gap" aria-hidden="true">…</span>'))
            elif number == page.number:
                said = _("Page %(number)s, page actuelle") % {"number": number}
                parts.append(
                    format_html(
                        '<a class="pages__number pages__here" href="{}" aria-current="page" aria-label="{}">{}</a>',
                        to(**{param: str(number)}),
                        said,
                        number,
                    )
                )
            else:
                said = _("Page %(number)s") % {"number": number}
                parts.append(
                    format_html(
                        '<a class="pages__number" href="{}" aria-label="{}">{}</a>',
                        to(**{param: str(number)}),
                        said,
                        number,
                    )
                )
        step(to(**{param: str(page.next_number)}) if page.next_number else None, _("Suivante"), "next")
    if not parts:
        return _EMPTY
    return format_html(
        '<nav class="pages" aria-label="{}">{}</nav>', _("Pages"), format_html_join("", "{}", ((p,) for p in parts))
    )


# --- Shapes and times ---------------------------------------------------------------------------------------------


@register.simple_tag
def seats(
    taken: int, capacity: int | None = None, category: str = "", waiting: int = 0, mine: bool = False
) -> SafeString:
    """Seats as cells (a bar past 40), with the sentence. capacity None or 0: no limit, only the sentence."""
    free = max(0, (capacity or 0) - taken)
    if not capacity:
        words = ngettext("%(n)s personne inscrite", "%(n)s personnes inscrites", taken) % {"n": taken}
        return format_html('<div class="seats"><p class="seats__text">{}</p></div>', words)
    text = ngettext("%(n)s place prise sur %(capacity)s", "%(n)s places prises sur %(capacity)s", taken) % {
        "n": taken,
        "capacity": capacity,
    }
    if not free:
        text = _("Complet : %(n)s places sur %(capacity)s") % {"n": taken, "capacity": capacity}
    if waiting:
        text += " · " + ngettext("%(n)s en attente", "%(n)s en attente", waiting) % {"n": waiting}
    if capacity <= 40:
        own = 1 if mine and taken else 0
        filled = min(taken, capacity) - own
        cells = '<i class="y"></i>' * filled + '<i class="m"></i>' * own + "<i></i>" * free
        cells += '<i class="w"></i>' * min(waiting, 10)
        shape = mark_safe(f'<div class="seats__cells" aria-hidden="true">{cells}</div>')
    else:
        share = round(100 * min(taken, capacity) / capacity)
        shape = mark_safe(
            '<svg class="seats__bar" viewBox="0 0 100 7" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect width="{share}" height="7"/></svg>'
        )
    return format_html('<div class="seats{}">{}<p class="seats__text">{}</p></div>', _category(category), shape, text)


_FORMATS = ("datetime", "date", "time", "short", "relative")


@register.simple_tag
def local_time(when: dt.datetime, format: str = "datetime", zone: bool = False) -> SafeString:
    """A moment in the viewer's zone: written by the server, kept right by the browser.

    format: "datetime", "date", "time", "short", "relative"; zone=True writes the zone out ("heure de Paris").
    """
    _choice("local_time", "format", format, _FORMATS)
    words = in_words(when, format)
    if zone:
        words = f"{words} ({zone_label(timezone.get_current_timezone_name())})"
    stamp = when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html(
        '<local-time data-format="{}"{}><time datetime="{}">{}</time></local-time>',
        format,
        _attributes(data_zone=zone),
        stamp,
        words,
    )


@register.simple_tag
def current_zone_label() -> str:
    """The active zone in words: "heure de Paris"."""
    return zone_label(timezone.get_current_timezone_name())


# --- Forms --------------------------------------------------------------------------------------------------------


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
        return _EMPTY
    return mark_safe(render_to_string("ui/form_errors.html", {"form": form, "summary": _summary(form)}))


def _summary(form: BaseForm) -> list[dict[str, str]]:
    lines = [{"target": "", "text": str(error)} for error in form.non_field_errors()]
    for bound in form:
        if bound.errors and not bound.is_hidden:
            target = bound.id_for_label or bound.auto_id or ""
            lines += [{"target": target, "text": f"{bound.label}{chr(0xA0)}: {error}"} for error in bound.errors]
        elif bound.errors:
            lines += [{"target": "", "text": str(error)} for error in bound.errors]
    return lines


@register.filter
def error_summary(form: BaseForm) -> list[dict[str, str]]:
    """For the form's own template: every error as {"target": id of the input or "", "text": sentence}."""
    return _summary(form)


@register.filter
def without_placeholders(form: BaseForm) -> BaseForm:
    """Drop placeholders that repeat the label (allauth's forms have them)."""
    for one in form.fields.values():
        one.widget.attrs.pop("placeholder", None)
    return form


@register.filter
def widget_kind(bound: BoundField) -> str:
    """What a field looks like: "check" (one box), "choices" (several boxes or radios), "password" or "input"."""
    widget = bound.field.widget
    input_type = getattr(widget, "input_type", "")
    if bound.use_fieldset:
        return "choices"
    return {"checkbox": "check", "password": "password"}.get(input_type, "input")


@register.simple_block_tag(takes_context=True)
def composer(context: Context, content: str, draft: str, tools: bool = True, id: str = "") -> SafeString:
    """What one writes in: wraps a form; keeps its texts as a draft under `draft`, sends with Ctrl+Enter, once.

    The form has its fields, then <div class="composer__foot"> with a circle_badge (who reads this) and the button;
    the status of the draft is put there. A hidden field named "token" is renewed after each success.
    """
    labels = _attributes(
        id=id,
        data_draft=draft,
        data_saved=_("Brouillon enregistré"),
        data_restored=_("Brouillon retrouvé"),
        data_offline=_("Pas de connexion. Votre texte est gardé ; il partira dès que possible."),
        data_failed=_("L’envoi n’a pas abouti. Votre texte est gardé."),
        data_retry=_("Réessayer"),
        data_resume=_("Reprendre le texte envoyé"),
    )
    bar: str = _EMPTY
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
                ((md, words, words, _icon(name)) for md, name, words in acts),
            ),
        )
    return format_html('<post-composer class="composer"{}>{}{}</post-composer>', labels, bar, content)


# --- The shell ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NavItem:
    """A place of the main navigation."""

    label: str
    icon: str
    href: str
    current: Literal["", "page", "true"]
    number: int = 0
    number_label: str = ""


def _reverse(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


_SECTIONS = {"forums": "discussions", "sessions": "sessions", "mentoring": "directory"}


def _section(request: HttpRequest | None) -> str:
    match = getattr(request, "resolver_match", None)
    if match is None:
        return ""
    if match.namespace in _SECTIONS:
        return _SECTIONS[match.namespace]
    return {"portal:network-home": "home", "portal:desk": "animate", "portal:search": "search"}.get(match.view_name, "")


@register.simple_tag(takes_context=True)
def nav_items(context: Context, slug: str = "", unread_topics: int = 0, can_animate: bool = False) -> list[NavItem]:
    """The main navigation in the network of this slug: four places, and "Animer" for those who animate it.

    Others have the search as fifth place of the phone's tab bar. The current one comes from the route's namespace.
    """
    if not slug:
        return []
    request = context.get("request")
    unread = int(unread_topics or 0)
    places = [
        ("home", _("Accueil"), "house", _reverse("portal:network-home", slug), 0, ""),
        (
            "discussions",
            _("Discussions"),
            "messages-square",
            _reverse("forums:forum-list", slug),
            unread,
            ngettext("sujet non lu", "sujets non lus", unread),
        ),
        ("sessions", _("Séances"), "calendar", _reverse("sessions:session-list", slug), 0, ""),
        ("directory", _("Annuaire"), "users-round", _reverse("mentoring:directory", slug), 0, ""),
    ]
    if can_animate:
        places.append(("animate", _("Animer"), "chart-column", _reverse("portal:desk", slug), 0, ""))
    section = _section(request)
    path = getattr(request, "path", "")
    items = []
    for key, label, picture, href, number, number_label in places:
        if href:
            current: Literal["", "page", "true"] = "page" if href == path else "true" if key == section else ""
            items.append(NavItem(label, picture, href, current, number, number_label))
    return items


@register.simple_tag
def href(name: str, *args: Any) -> str:
    """The address of a route of another room, or "" where that room is not installed."""
    return _reverse(name, *args)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The colour scheme that the person chose: "light", "dark", or "" for the system's."""
    request = context.get("request")
    chosen = request.COOKIES.get("peerhub_theme", "") if isinstance(request, HttpRequest) else ""
    return chosen if chosen in {"light", "dark"} else ""
