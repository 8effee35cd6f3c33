"""Finds the groups of every app (`<app>/live.py`) and closes the sockets of a session that ends."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest
from django.utils.module_loading import autodiscover_modules

from peerhub.live.publish import end_session


def close_sockets_of_session(request: HttpRequest | None, **kwargs: Any) -> None:
    """Django tells the end of a session by this signal only; it comes just before the session is flushed."""
    session_key = getattr(getattr(request, "session", None), "session_key", None)
    if session_key:
        end_session(session_key)


class LiveConfig(AppConfig):
    name = "peerhub.live"
    label = "live"

    def ready(self) -> None:
        autodiscover_modules("live")
        user_logged_out.connect(close_sockets_of_session, dispatch_uid="live.close_sockets_of_session")
