"""What every page is given."""

from django.conf import settings
from django.http import HttpRequest


def live(request: HttpRequest) -> dict[str, str]:
    """Where the sockets are; empty when pages and sockets share one origin."""
    return {"live_url": settings.LIVE_URL}
