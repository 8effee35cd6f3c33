"""For the tests of those who emit."""

from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.services import dispatch_due


def dispatch_all() -> int:
    """Handle everything due, and what that emits in turn, until nothing is; return how many events.

    A handler's exception is raised here instead of postponing the event: a test must not pass over it.
    """

    def fail(row: OutboxEvent, error: Exception) -> None:
        raise error

    dispatched = 0
    while handled := dispatch_due(on_failure=fail):
        dispatched += handled
    return dispatched
