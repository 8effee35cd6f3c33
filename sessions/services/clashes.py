"""Refusing that somebody facilitates two sessions at once, or that two have one room: see `queries.clashes`."""

from django.db import connection
from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError
from peerhub.people.models import User
from sessions import when
from sessions.models import PeerSession
from sessions.queries.clashes import expected_elsewhere, room_key, rooms_taken

_ROOMS_LOCK = 0x726F6F6D


def require_free_facilitator(user: User, session: PeerSession) -> None:
    """Refuse, firmly, that somebody facilitates a session while facilitating another one or sitting in one."""
    found = expected_elsewhere(user, session)
    if found.facilitated or found.seats:
        raise DomainError(
            _("%(name)s est pris·e par une autre séance au même moment, ou trop près pour le trajet.")
            % {"name": user.full_name}
        )


def require_free_room(actor: User, session: PeerSession) -> None:
    """Refuse, firmly, that a session takes a room that an announced one has then. Holds the room until the end of the
    transaction: of two who want it at once, one has it."""
    key = room_key(session.place)
    if not key:
        return
    with connection.cursor() as cursor:
        name = f"{session.network_id}:{key}"
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_ROOMS_LOCK, name])
    taken = [one for one in rooms_taken([session]).get(session.pk, []) if not one.is_draft]
    if not taken:
        return
    named = PeerSession.objects.visible_to(actor).filter(pk__in=[one.pk for one in taken]).order_by("starts_at", "pk")
    other = named.first()
    if other is None:
        span = when.span(session.starts_at, session.ends_at, session.time_zone)
        raise DomainError(_("Ce lieu est pris par une autre séance (%(span)s).") % {"span": span})
    span = when.span(other.starts_at, other.ends_at, session.time_zone)
    raise DomainError(_("Ce lieu est pris par « %(title)s » (%(span)s).") % {"title": other.title, "span": span})
