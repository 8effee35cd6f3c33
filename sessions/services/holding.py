"""A session's row, held while an act judges and changes it."""

from django.db import connection
from django.utils.translation import gettext as _

from peerhub.people.errors import Refused
from peerhub.people.models import User
from peerhub.people.prepared import Prepared
from sessions.models import TEXTS, PeerSession

_held = Prepared(
    lambda marks: (
        PeerSession.objects.select_for_update(no_key=True).filter(pk=marks.integer("session")).values_list("pk")
    )
)


def hold_row(pk: int) -> None:
    """Take the session's row until the end of the transaction; raises `PeerSession.DoesNotExist`.

    The bare row: PostgreSQL judges a locked row again once the wait is over, and a join to the circle that it had
    before finds nothing then. What is judged is read by a statement after this one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A session is held inside a transaction.")
    if not _held.rows(session=pk):
        raise PeerSession.DoesNotExist


def hold_session(pk: int, *related: str) -> PeerSession:
    """The session as it is once its row is held, with its network, its circle and what else is named; its long texts
    are left where they are. Raises `PeerSession.DoesNotExist`."""
    hold_row(pk)
    return PeerSession.objects.select_related("network", "circle__category", *related).defer(*TEXTS).get(pk=pk)


def hold_visible(pk: int, user: User, *related: str) -> PeerSession:
    """`hold_session`, for an act of somebody who must be in its circle now; raises `Refused` for who is not."""
    hold_row(pk)
    seen = PeerSession.objects.visible_to(user).select_related("network", "circle__category", *related)
    session = seen.defer(*TEXTS).filter(pk=pk).first()
    if session is None:
        raise Refused(_("Cette séance ne vous est pas ouverte."))
    return session
