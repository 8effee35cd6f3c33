"""The person behind a request."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from peerhub.people.models import User


def person_of(request: HttpRequest) -> User:
    """The signed-in person; for views behind `login_required` only."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
