"""Surfaces and notices: cards, empty states, alerts, toasts, heads of pages, lines of lists."""

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from peerhub.ui.components.base import EMPTY, attributes, bless, category_class, choice, draw_icon, register
from peerhub.ui.components.identity import avatar


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
    choice("card", "kind", kind, ("", "flat", "sunk", "warm", "sun", "hero"))
    head = EMPTY
    if title:
        more = format_html('<a class="card__more" href="{}">{}</a>', href, link_label or _("Tout voir")) if href else ""
        head = format_html('<div class="card__head"><h{0}>{1}</h{0}>{2}</div>', int(level), title, more)
    modifier = (f" card--{kind}" if kind else "") + (f" card--category{category_class(category)}" if category else "")
    element = "section" if title else "div"
    return format_html(
        '<{0} class="card{1}"{2}>{3}<div class="card__body">{4}</div></{0}>',
        element,
        modifier,
        attributes(id=id),
        head,
        content,
    )


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "sparkles", level: int = 2) -> SafeString:
    """An empty state: what is not here yet, and (the content) what to do next."""
    return format_html(
        '<div class="empty"><span class="empty__art">{0}</span><h{1} class="empty__title">{2}</h{1}>'
        '<div class="empty__body">{3}</div></div>',
        draw_icon(icon, size="large"),
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
    choice("alert", "kind", kind, tuple(_ALERT_ICONS))
    heading = format_html('<p class="alert__title">{}</p>', title) if title else EMPTY
    return format_html(
        '<div class="alert alert--{}"{}>{}<div class="alert__body">{}<div>{}</div></div>{}</div>',
        kind,
        attributes(role=role),
        draw_icon(_ALERT_ICONS[kind]),
        heading,
        content,
        tail,
    )


def toast(sentence: str, kind: str) -> SafeString:
    """One more for the list of toasts (`#toasts`, swapped in at its end)."""
    close = format_html(
        '<button type="button" class="alert__close" data-close aria-label="{}">{}</button>',
        _("Fermer"),
        draw_icon("x", size="small"),
    )
    return _alert(conditional_escape(sentence), kind, tail=close)


@register.simple_tag(takes_context=True)
def toasts(context: Context) -> SafeString:
    """Django's messages: alerts at the top of the page, polite toasts with JavaScript. Once per layout."""
    request = context.get("request")
    shown: list[SafeString] = []
    if isinstance(request, HttpRequest):
        kinds = {"error": "danger", "success": "success", "warning": "warning"}
        shown = [toast(str(message.message), kinds.get(message.level_tag, "info")) for message in get_messages(request)]
    return format_html('<toast-list class="toasts" id="toasts" role="status">{}</toast-list>', bless("".join(shown)))


@register.simple_tag
def stat(value: object, label: str, hint: str = "") -> SafeString:
    """A number that matters and what it counts."""
    more = format_html('<span class="stat__hint">{}</span>', hint) if hint else EMPTY
    return format_html(
        '<div class="stat"><span class="stat__value">{}</span><span class="stat__label">{}</span>{}</div>',
        value,
        label,
        more,
    )


@register.simple_block_tag
def page_header(content: str, title: str, kicker: str = "", lead: str = "") -> SafeString:
    """The head of a page: its h1, a word before, a sentence after; the content holds the actions, if any."""
    actions = format_html('<div class="page-head__actions">{}</div>', content) if content.strip() else EMPTY
    return format_html(
        '<header class="page-head"><div class="page-head__text">{}<h1>{}</h1>{}</div>{}</header>',
        format_html('<p class="kicker">{}</p>', kicker) if kicker else EMPTY,
        title,
        format_html('<p class="page-head__lead">{}</p>', lead) if lead else EMPTY,
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
    lead: str = EMPTY
    if initials:
        lead = format_html('<span class="item__lead">{}</span>', avatar(initials, category))
    elif icon:
        lead = format_html('<span class="item__lead">{}</span>', draw_icon(icon))
    mark = format_html('<span class="visually-hidden">{} </span>', _("Non lu :")) if unread else EMPTY
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
        format_html('<p class="item__meta">{}</p>', meta) if meta else EMPTY,
        content,
        format_html('<div class="item__side{}">{}</div>', word, side) if side else EMPTY,
    )


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """Grey lines in place of what is on its way (inside an htmx target)."""
    rows = bless('<span class="skeleton__line"></span>' * int(lines))
    return format_html(
        '<div class="skeleton" role="status"><span class="visually-hidden">{}</span>{}</div>', _("Chargement…"), rows
    )


@register.simple_tag
def since(label: str) -> SafeString:
    """The line between what was read and what is new."""
    return format_html('<p class="since" id="nouveau">{}</p>', label)
