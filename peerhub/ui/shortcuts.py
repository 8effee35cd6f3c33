"""What views share: turning an absence into a 404, knowing htmx from a whole page, saying a sentence, reading
a number."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme

P = ParamSpec("P")
T = TypeVar("T")


def or_404(query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query of one row; raise Http404 when it raises a DoesNotExist (absent, or not for this person)."""
    try:
        return query(*args, **kwargs)
    except ObjectDoesNotExist as absent:
        raise Http404 from absent


def integer(text: str, *, most: int = 2**31 - 1) -> int | None:
    """The number that a form or an address carries, from 0 to `most`; None for anything else. Digits are those of
    ASCII, and no more of them than `most` has: « ² » is no number, and a column holds what is one."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    number = int(text)
    return number if number <= most else None


def posted_key(request: HttpRequest, name: str = "pk") -> int:
    """The key that a posted form carries; 0, which nothing has, for what is none."""
    return integer(request.POST.get(name, ""), most=2**63 - 1) or 0


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment (a history restore asks for the whole page)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def render_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render `fragment` for htmx and `page` otherwise, from one context; caches keep the two apart."""
    response = render(request, fragment if is_htmx(request) else page, dict(context), status=status)
    response.headers.setdefault("Vary", "")
    vary = [name for name in (response.headers["Vary"], "HX-Request") if name]
    response.headers["Vary"] = ", ".join(vary)
    return response


def see_other(to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer 303 after a form was accepted: the browser fetches the next page with GET."""
    response = HttpResponseRedirect(resolve_url(to, *args, **kwargs))
    response.status_code = 303
    return response


def unless_known(request: HttpRequest, content: bytes, *, content_type: str, caching: str) -> HttpResponse:
    """Answer a program that fetches the same thing again and again: 304 while it holds these bytes."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = caching
    return response


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Return the `next` address that the form or the query carries if it is ours, else `fallback`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # A word alone would be taken for the name of a view.
    is_address = wanted.startswith(("/", "http://", "https://"))
    if is_address and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return fallback
