"""The circle of a session that is closed to those registered: a list, kept in step with the seats and with who
facilitates.

Written by whoever holds the session's row. Who holds a seat or facilitates is in it, and so is who closed the session,
so that it is not lost; who gives the seat back is out at once.
"""

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, User
from peerhub.people.services.circles import add_member, create_circle, remove_member
from sessions.models import PeerSession, Registration
from sessions.queries.confidentiality import closed_by


def make_closed_circle(session: PeerSession, actor: User) -> Circle:
    """The circle of those who are in the session as the actor closes it."""
    return create_circle(
        network=session.network,
        kind=CircleKind.SESSION,
        name=_("Inscrit·es de la séance"),
        members=User.objects.filter(_belongs(session) | Q(pk=actor.pk)).order_by("pk"),
        confidential=True,
    )


def keep_in_step(session: PeerSession, user_ids: Collection[int]) -> None:
    """Let in, or show out, these people, whose seat or part in the session has changed; nothing for a session that has
    another circle."""
    circle = session.circle
    if circle.kind != CircleKind.SESSION:
        return
    people = User.objects.filter(pk__in=user_ids)
    belonging = people.filter(_belongs(session) | Q(pk=closed_by(session)))
    inside = set(belonging.values_list("pk", flat=True))
    for user in people.order_by("pk"):
        if user.pk in inside:
            add_member(circle=circle, user=user)
        else:
            remove_member(circle=circle, user=user)


def _belongs(session: PeerSession) -> Q:
    seats = Registration.objects.registered().filter(session=session).values("user_id")
    return Q(pk__in=seats) | Q(pk__in=session.facilitators.values("pk"))
