"""What every page is given."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from peerhub.portal.context import live


@pytest.mark.parametrize(
    ("live_url", "host", "expected"),
    [
        ("", "127.0.0.1:8000", ""),
        ("ws://127.0.0.1:8001", "127.0.0.1:8000", "ws://127.0.0.1:8001"),
        ("ws://127.0.0.1:8001", "localhost:8000", "ws://localhost:8001"),
        ("wss://live.example.org/live/", "localhost:8000", "wss://live.example.org/live/"),
    ],
)
def test_sockets_go_by_the_name_that_the_page_was_reached_by(
    live_url: str, host: str, expected: str, settings: Settings
) -> None:
    settings.LIVE_URL = live_url
    assert live(RequestFactory().get("/", HTTP_HOST=host)) == {"live_url": expected}
