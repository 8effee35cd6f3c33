"""How a session finds its person: one prepared read, on every page of everyone signed in."""

from allauth.account.auth_backends import AuthenticationBackend

from peerhub.people.models import User
from peerhub.people.prepared import Prepared, Shape

_USER = Shape([("", User, tuple(field.name for field in User._meta.concrete_fields))])
_active = Prepared(
    lambda marks: User.objects.filter(pk=marks.integer("pk"), is_active=True).values_list(*_USER.columns)
)


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signing in is django-allauth's; who is signed in is read without building the query again each time."""

    def get_user(self, user_id: int) -> User | None:
        rows = _active.rows(pk=user_id)
        person: User | None = _USER.build(rows[0]) if rows else None
        return person
