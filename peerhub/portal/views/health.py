"""Liveness and readiness, for supervisors and proxies: no session, no personal data."""

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peerhub.portal import heartbeats


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 while pages cannot be served: no database, or no Redis. Late heartbeats of the worker and of beat are
    said, and are 503 too with `?tout=1`: a monitor wants to know, a proxy must go on serving pages."""
    checks: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = "ok"
    except DatabaseError:
        checks["database"] = "down"
    try:
        late = heartbeats.late()
        checks |= {"redis": "ok", **{name: "late" if name in late else "ok" for name in ("beat", "worker")}}
    except redis.RedisError:
        checks["redis"] = "down"
    is_down = "down" in checks.values() or (bool(request.GET.get("tout")) and "late" in checks.values())
    status = "down" if is_down else "degraded" if "late" in checks.values() else "ok"
    return JsonResponse({"status": status, **checks}, status=503 if is_down else 200)
