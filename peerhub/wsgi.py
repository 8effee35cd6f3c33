"""The WSGI application: the pages, served by Granian."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, which would decode an address and a form in whatever charset a client names, before any middleware:
    `punycode` takes a processor for minutes, `utf-7` gives what no column holds. Text is UTF-8 here."""
    if not is_utf_8(environ.get("CONTENT_TYPE", "")):
        environ["CONTENT_TYPE"] = ""
    return django(environ, start_response)


def is_utf_8(content_type: str) -> bool:
    try:
        _type, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):
        return False
    return str(parameters.get("charset", "utf-8")).lower() in {"utf-8", "utf8"}
