"""What views of every product ask of the request about its person."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import User
from peerhub.people.verdicts import Denied, Verdict

T = TypeVar("T")

# What `submit` answers once the act is done: the view sends the browser on.
DONE = 303


def person(request: HttpRequest) -> User:
    """The signed-in person, typed; raises PermissionDenied for anyone else (views stand under `login_required`)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def allow(verdict: Verdict) -> None:
    """403, with the reason, for what the person sees but may not do."""
    if isinstance(verdict, Denied):
        raise PermissionDenied(verdict.reason)


def refusal_status(error: DomainError) -> int:
    """403 when a policy said no, 409 when the world did."""
    return 403 if isinstance(error, Refused) else 409


def submit(form: BaseForm, act: Callable[[], T]) -> tuple[T | None, int]:
    """Do what a form asks for, once it is valid: what the act made, and DONE. Else None, and the status of the page
    that shows the form with what is wrong in it: 200 when nobody sent it, 422, or that of the refusal."""
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 422
    try:
        return act(), DONE
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None, refusal_status(refusal)


def sign_in_if_absent(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A visitor who asks for what is not there, or not public, is led to the sign-in page: the link of a mail works.

    The answer is the same whether the thing exists or not, so it tells nothing.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated or request.method not in {"GET", "HEAD"}:
                raise
            return redirect_to_login(request.get_full_path())

    return wrapped


def same_for_visitors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Declare that the page of this address is the same for all who are not signed in, so that one may be shown to the
    others for a few seconds (peerhub/portal/visitors.py)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            response.is_same_for_visitors = True  # type: ignore[attr-defined]
        return response

    return wrapped
