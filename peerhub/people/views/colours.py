"""The stylesheet of the actor categories."""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from peerhub.people.colours import stylesheet


@require_safe
def colours(request: HttpRequest) -> HttpResponse:
    css = stylesheet()
    etag = quote_etag(sha256(css.encode()).hexdigest()[:16])
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=600, stale-while-revalidate=86400"
    return get_conditional_response(request, etag=etag, response=response) or response
