"""A kind of notification for tests: about a network, seen by its members, with sentences of the digest's templates."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from peerhub.notifications import kinds
from peerhub.notifications.models import Notification
from peerhub.people.models import Network, User

KEY = "tests.hello"


def load(user: User, notifications: Sequence[Notification]) -> dict[int, kinds.Subject]:
    visible = Network.objects.filter(is_public=False) | Network.objects.visible_to(user)
    names = dict(visible.filter(memberships__user=user, memberships__status="active").values_list("pk", "name"))
    return {
        one.pk: kinds.Subject(url="/", context={"name": names[one.target_id]})
        for one in notifications
        if one.target_id in names
    }


@contextmanager
def hello_kind(**options: bool) -> Iterator[kinds.Kind]:
    """Register the kind for the time of a test."""
    kind = kinds.register(kinds.Kind(key=KEY, label="Bonjour", load=load, **options))  # type: ignore[arg-type]
    try:
        yield kind
    finally:
        kinds._kinds.pop(KEY)
