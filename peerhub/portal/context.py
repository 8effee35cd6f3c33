"""What every page is given."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

LOOPBACK = {"127.0.0.1", "localhost"}


def live(request: HttpRequest) -> dict[str, str]:
    """Where the sockets are; empty when pages and sockets share one origin.

    A page that was reached by the other name of this machine finds its sockets there: a cookie belongs to one.
    """
    parts = urlsplit(settings.LIVE_URL)
    # Not `get_host`, which raises for a name that is not ours: the page that says so is given this too.
    name = request.META.get("HTTP_HOST", "").partition(":")[0]
    if parts.hostname in LOOPBACK and name in LOOPBACK:
        return {"live_url": f"{parts.scheme}://{name}:{parts.port}{parts.path}"}
    return {"live_url": settings.LIVE_URL}
