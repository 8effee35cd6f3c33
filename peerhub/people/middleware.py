"""The language and the zone of each request: the person's own, else the browser's language and the default zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers


class LocaleAndZoneMiddleware:
    """Language: the account's, else the cookie of the language switch, else the browser's, else French."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        zone = user.time_zone if user.is_authenticated else settings.DEFAULT_TIME_ZONE
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(_zone(zone)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            if not user.is_authenticated:
                patch_vary_headers(response, ["Accept-Language", "Cookie"])
            return response


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.DEFAULT_TIME_ZONE)
