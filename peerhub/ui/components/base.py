"""What every component is made of: attributes that escape, icons, the checks of arguments, and the tag library.

Everything variable is escaped here; `bless` is for markup that this package wrote itself.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateSyntaxError
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe  # noqa: TID251
from django.utils.text import slugify

register = template.Library()
bless = mark_safe

_ICONS = frozenset(
    line.split("#")[0].strip() for line in (Path(__file__).parents[1] / "icons.txt").read_text().splitlines()
) - {""}
EMPTY = bless("")


def choice(tag: str, argument: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise TemplateSyntaxError(f"{tag}: {argument}={value!r} is not one of {', '.join(map(repr, allowed))}")
    return value


def attributes(**attributes: object) -> SafeString:
    """Write attributes: None, False and "" are left out, True is bare; hx_post becomes hx-post."""
    written = []
    for name, value in attributes.items():
        if value is None or value is False or value == "":
            continue
        name = name.rstrip("_").replace("_", "-")
        text = conditional_escape(str(value)).replace('"', "&quot;")  # text that is already safe may hold quotes
        written.append(f" {name}" if value is True else f' {name}="{text}"')
    return bless("".join(written))


def category_class(slug: str) -> str:
    """The class that carries a category's colour; a slug can only be a slug."""
    return f" c-{slugify(slug)}" if slug else ""


@lru_cache(maxsize=2)
def _sprite(debug: bool) -> str:
    return static("ui/icons.svg")


def draw_icon(name: str, label: str = "", size: str = "") -> SafeString:
    if name not in _ICONS:
        raise TemplateSyntaxError(f"icon: {name!r} is not in peerhub/ui/icons.txt")
    choice("icon", "size", size, ("", "small", "large"))
    described = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    modifier = f" icon--{size}" if size else ""
    return bless(f'<svg class="icon{modifier}" {described}><use href="{_sprite(settings.DEBUG)}#{name}"></use></svg>')


def form_token(request: HttpRequest) -> str:
    """The token of the forms of this page: made once for all of them (three on a topic page, 0.1 ms of CPU each)."""
    token: str | None = getattr(request, "form_token", None)
    if token is None:
        token = request.form_token = get_token(request)  # type: ignore[attr-defined]
    return token


def csrf_input(context: Context) -> SafeString:
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return EMPTY
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', form_token(request))


def address(name: str, *args: object) -> str:
    """The address of a route, or "" where the room that owns it is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
