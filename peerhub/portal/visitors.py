"""Public pages, remembered for a moment: what every visitor is shown alike is not made again for each of them.

Only what a view has declared the same for all visitors (`same_for_visitors`), only for a request whose cookies are
those of the language and of the colours, and never an answer that sets a cookie: so nothing about a person, and no
token of a form, can be in it. A page is at most VISITOR_PAGE_SECONDS old, in each process.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from peerhub.ui.views import THEME_COOKIE

Key = tuple[str, ...]
_MAX_PAGES = 400
# Of a request of a browser that only reads; whatever else is sent may change the answer.
_HARMLESS = frozenset({settings.LANGUAGE_COOKIE_NAME, THEME_COOKIE})


class _Page(NamedTuple):
    until: float
    content: bytes
    headers: list[tuple[str, str]]
    match: ResolverMatch | None  # for the log


class VisitorPagesMiddleware:
    """Stands outside of sessions, language and content policy (their headers are remembered with the page), and inside
    of the log and of the redirection to https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._pages: OrderedDict[Key, _Page] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds = settings.VISITOR_PAGE_SECONDS
        if not seconds or request.method != "GET" or not _HARMLESS.issuperset(request.COOKIES):
            return self.get_response(request)
        key = _key(request)
        page = self._pages.get(key)
        if page is not None and page.until > time.monotonic():
            request.resolver_match = page.match
            return HttpResponse(page.content, headers=dict(page.headers))
        response = self.get_response(request)
        if _is_same_for_all(response):
            until, headers = time.monotonic() + seconds, list(response.headers.items())
            self._pages[key] = _Page(until, response.content, headers, request.resolver_match)
            self._pages.move_to_end(key)
            if len(self._pages) > _MAX_PAGES:
                self._pages.popitem(last=False)
        return response


def _key(request: HttpRequest) -> Key:
    # The host too: a wrong one is refused here as everywhere.
    headers = (request.META.get(name, "") for name in ("HTTP_ACCEPT_LANGUAGE", "HTTP_HX_REQUEST", "HTTP_HX_TARGET"))
    cookies = (request.COOKIES.get(name, "") for name in sorted(_HARMLESS))
    return (request.scheme or "", request.get_host(), request.get_full_path(), *headers, *cookies)


def _is_same_for_all(response: HttpResponse) -> bool:
    return (
        getattr(response, "is_same_for_visitors", False)
        and response.status_code == 200
        # Django takes back the cookie of its messages, which this visitor does not have, on every page.
        and not any(cookie.value for cookie in response.cookies.values())
        and not response.has_header("Cache-Control")
    )
