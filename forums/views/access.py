"""What the views of the forums share about who is asking."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse


def sign_in_if_absent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A visitor who asks for what is not there, or not public, is led to the sign-in page: the link of a mail works.

    The answer is the same whether the thing exists or not, so it tells nothing.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated or request.method not in {"GET", "HEAD"}:
                raise
            return redirect_to_login(request.get_full_path())

    return wrapped
