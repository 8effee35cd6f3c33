"""How a session finds its person: one prepared read, on every page of everyone signed in."""

from allauth.account.auth_backends import AuthenticationBackend

from peerhub.people.models import User
from peerhub.people.queries import signed_in


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signing in is django-allauth's; who is signed in is read without building the query again each time."""

    def get_user(self, user_id: int) -> User | None:
        return signed_in(user_id)
