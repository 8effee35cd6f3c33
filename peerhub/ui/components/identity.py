"""Who speaks and who reads: icons, rings, avatars, hats, circles, badges."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from peerhub.ui.components.base import EMPTY, bless, category_class, choice, draw_icon, register


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of icons.txt; silent for screen readers unless it has a label. size: "", "small", "large"."""
    return draw_icon(name, label, size)


@register.simple_tag
def rings(extra_class: str = "") -> SafeString:
    """The mark of PeerHub: three rings."""
    return format_html(
        '<svg class="rings {}" viewBox="0 0 38 28" aria-hidden="true"><circle cx="12" cy="10.5" r="8.6"/>'
        '<circle cx="26" cy="10.5" r="8.6"/><circle cx="19" cy="17.5" r="8.6"/></svg>',
        extra_class,
    )


@register.simple_tag
def avatar(initials: str, category: str = "", size: str = "", label: str = "") -> SafeString:
    """A person's initials on the colour of their hat; hidden from screen readers unless labelled."""
    choice("avatar", "size", size, ("", "small", "large"))
    said = format_html('role="img" aria-label="{}"', label) if label else bless('aria-hidden="true"')
    modifier = f" avatar--{size}" if size else ""
    return format_html('<span class="avatar{}{}" {}>{}</span>', modifier, category_class(category), said, initials)


@register.simple_tag
def hat(slug: str, label: str, state: str = "full", href: str = "") -> SafeString:
    """A category by colour and name, with a capital. state: "full" (has spoken, is there) or "none" (a dashed disc)."""
    choice("hat", "state", state, ("full", "none"))
    label = capfirst(label)
    modifier = " hat--none" if state == "none" else ""
    if href:
        return format_html('<a class="hat{}{}" href="{}">{}</a>', modifier, category_class(slug), href, label)
    return format_html('<span class="hat{}{}">{}</span>', modifier, category_class(slug), label)


@register.simple_block_tag
def lens(content: str, label: str = "") -> SafeString:
    """A row of hats, with what they say ("Ont répondu")."""
    lead = format_html('<span class="lens__label">{}</span>', label) if label else EMPTY
    return format_html('<div class="lens">{}{}</div>', lead, content)


_MARKS = {
    "public": '<circle cx="12" cy="9" r="7"/><path d="M5 9h14M12 2c-4.5 4-4.5 10 0 14 4.5-4 4.5-10 0-14"/>',
    "network": '<circle cx="8.5" cy="6.7" r="5"/><circle cx="15.5" cy="6.7" r="5"/><circle cx="12" cy="11.5" r="5"/>',
    "category": '<circle cx="12" cy="9" r="6.5"/>',
    "categories": '<circle cx="8.5" cy="9" r="6.5"/><circle cx="15.5" cy="9" r="6.5"/>',
    "delegation": '<circle cx="8.5" cy="9" r="6"/><circle cx="15.5" cy="9" r="6"/>',
    "cohort": '<circle cx="7.5" cy="9" r="5.5"/><circle cx="12" cy="9" r="5.5"/><circle cx="16.5" cy="9" r="5.5"/>',
    "session": '<circle cx="12" cy="9" r="7"/><circle cx="12" cy="9" r="2.5"/>',
    "animators": '<circle cx="12" cy="9" r="7"/><path d="m8.8 9.2 2.3 2.3 4.3-4.6"/>',
    "custom": '<circle cx="12" cy="9" r="7"/><path d="M12 6v6M9 9h6"/>',
    "conversation": '<circle cx="8" cy="9" r="5"/><circle cx="16" cy="9" r="5"/>',
}
_LOCK = '<rect x="6" y="8" width="12" height="8.5" rx="2"/><path d="M8.5 8V5.8a3.5 3.5 0 0 1 7 0V8"/>'


@register.simple_tag
def circle_badge(kind: str, label: str, confidential: bool = False, category: str = "") -> SafeString:
    """Who sees this: the rings of the kind of circle and its name; a lock and terracotta when it is confidential.

    kind: a value of CircleKind in any case; category: the slug that colours the ring of a category's circle.
    """
    kind = choice("circle_badge", "kind", kind.lower(), tuple(_MARKS))
    if confidential:
        return format_html(
            '<span class="circle circle--locked"><svg class="circle__mark" viewBox="0 0 24 18" role="img" '
            'aria-label="{}">{}</svg><span>{}</span></span>',
            _("Confidentiel :"),
            bless(_LOCK),
            label,
        )
    own = f" circle__mark--own{category_class(category)}" if category else ""
    return format_html(
        '<span class="circle"><svg class="circle__mark{}" viewBox="0 0 24 18" aria-hidden="true">{}</svg>'
        "<span>{}</span></span>",
        own,
        bless(_MARKS[kind]),
        label,
    )


@register.simple_tag
def badge(label: str, kind: str = "", icon: str = "") -> SafeString:
    """A word of state. kind: "", "brand", "warm", "sun", "danger"."""
    choice("badge", "kind", kind, ("", "brand", "warm", "sun", "danger"))
    picture = draw_icon(icon, size="small") if icon else EMPTY
    return format_html('<span class="badge{}">{}{}</span>', f" badge--{kind}" if kind else "", picture, label)


@register.simple_tag
def count(number: int, label: str = "") -> SafeString:
    """A number that calls (unread); nothing when it is 0. `label` is what screen readers hear after it."""
    if not number:
        return EMPTY
    said = format_html('<span class="visually-hidden"> {}</span>', label) if label else EMPTY
    return format_html('<span class="count">{}{}</span>', number if number < 100 else "99+", said)
