"""What surrounds every request: one log line, under an id that the proxy may give and the answer carries; and the
headers that neither Django nor the content policy sets."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase

from peerhub import logs

logger = logging.getLogger("peerhub.request")
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            match = request.resolver_match
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "route": match.route if match else "",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            response.headers["X-Request-ID"] = request_id
            return response
        finally:
            logs.request_id.reset(token)


class HeadersMiddleware:
    """Our answers are for our own pages only, and these use no sensor, no camera, no payment. What a signed-in person
    reads is kept by no cache on the way; her own browser may keep it, so that going back finds what she had typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        user = getattr(request, "user", None)  # absent where an outer layer answered
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class NoNulMiddleware:
    """Refuse (400) what no page of ours sends and no column of ours holds: NUL in an address or a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") or any("\0" in value for value in request.COOKIES.values()):
            raise BadRequest
        return self.get_response(request)
