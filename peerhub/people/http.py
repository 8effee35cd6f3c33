"""What views of every product ask of the request about its person."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from peerhub.people.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person, typed; raises PermissionDenied for anyone else (views stand under `login_required`)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
