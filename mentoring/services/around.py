"""A mentorship, or an ask that was accepted, held while one of its people acts around it."""

from django.db import connection
from django.utils.translation import gettext as _

from mentoring.models import Mentorship, Solicitation
from mentoring.policies.accompaniment import Around, Helped, around, can_speak
from mentoring.services.mentorships import hold_mentorship
from peerhub.people.errors import Refused, require
from peerhub.people.models import Network, User
from peerhub.people.queries import membership_for


def hold_around(helped: Helped, user: User) -> Around:
    """Its row, held to the end of the transaction, and this person's part in it. Raises `Refused`."""
    if isinstance(helped, Mentorship):
        return around(user, hold_mentorship(helped.pk, user))
    return around(user, hold_solicitation(helped.pk, user))


def require_voice(user: User, network: Network) -> None:
    """Raise `Refused` for who may not write what others read."""
    require(can_speak(membership_for(user, network)))


def hold_solicitation(pk: int, user: User) -> Solicitation:
    """The row of an ask, held to the end of the transaction, then read as it is, with its people. Raises `Refused` when
    it is not open to this person (any more)."""
    if not connection.in_atomic_block:
        raise RuntimeError("An ask is held inside a transaction.")
    Solicitation.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
    seen = Solicitation.objects.visible_to(user).select_related("network", "circle", "asker", "peer")
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Refused(_("Cette demande ne vous est pas ouverte."))
    return found
