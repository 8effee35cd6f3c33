"""What views of every product ask of the request about its person."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm, BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from peerhub.people.errors import DomainError, Refused, TooOften
from peerhub.people.models import User
from peerhub.people.verdicts import Denied, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

T = TypeVar("T")

# What `submit` answers once the act is done: the view sends the browser on.
DONE = 303
# A form that is to be sent again, otherwise.
INVALID = 422


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
    """403 when a policy said no, 429 when it was done too often, 409 when the world said no."""
    if isinstance(error, TooOften):
        return 429
    return 403 if isinstance(error, Refused) else 409


def submit(
    form: BaseForm,
    act: Callable[[], T],
    *,
    beside: Iterable[BaseForm | BaseFormSet[Any] | None] = (),
    at: str | None = None,
    refused: int = 0,
) -> tuple[T | None, int]:
    """Do what a form asks for, once it is valid: what the act made, and DONE. Else None, and the status of the page
    that shows the form with what is wrong in it: 200 when nobody sent it, INVALID, or that of the refusal (`refused`,
    where the page has one for all), which stands above the form or `at` one of its fields.

    The forms `beside` it are judged with it, so that everything that is wrong is said at once."""
    forms = [form, *(one for one in beside if one is not None)]
    if not all(one.is_bound for one in forms):
        return None, 200
    judged = [one.is_valid() for one in forms]
    if not all(judged):
        return None, INVALID
    try:
        return act(), DONE
    except DomainError as refusal:
        form.add_error(at, str(refusal))
        return None, refused or refusal_status(refusal)


def press(request: HttpRequest, act: Callable[[], T], said: "_StrOrPromise | Callable[[T], str]" = "") -> bool:
    """Do what a button without a form asks for. The next page says so (`said`, perhaps by what the act made), or why
    not; returns whether it is done."""
    try:
        made = act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    if words := said(made) if callable(said) else said:
        messages.success(request, words)
    return True


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
