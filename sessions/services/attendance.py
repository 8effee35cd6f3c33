"""Who was there: told by each, by a code, or by the list of whoever facilitates, who has the last word."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Membership, User
from sessions.enums import CheckInMethod
from sessions.half_days import half_day_at, half_days
from sessions.models import LINK_OPENS_BEFORE, Attendance, GuestSeat, PeerSession, Registration
from sessions.policies.around import can_check_in, can_facilitate
from sessions.services.holding import hold_visible

# Without I, L, O, S, Z, 0, 1, 2, 5, nor vowels: nothing is mistaken for another, and no word comes out.
ALPHABET = "BCDFGHJKMNPQRTVWXY346789"
CODE_LENGTH = 6


def check_in_code(session: PeerSession) -> str:
    """What whoever facilitates reads out in the room. Derived, so that a stolen database does not hold it."""
    digest = salted_hmac("sessions.check_in", session.uid.hex, secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_LENGTH])


@transaction.atomic
def check_in(*, user: User, session: PeerSession, code: str = "", now: datetime | None = None) -> Attendance:
    """The person says to be there, once for each half-day; on site the code of the room is asked for.

    What whoever facilitates has noted is not changed by it. Raises `Refused` (no seat, not the hour), and `DomainError`
    for a wrong code.
    """
    now = now or timezone.now()
    current = PeerSession.objects.visible_to(user).filter(pk=session.pk).first()
    if current is None:
        raise Refused(_("Cette séance ne vous est pas ouverte."))
    registration = Registration.objects.registered().filter(session=current, user=user).first()
    require(can_check_in(registration, current, now))
    given = "".join(code.upper().split()).replace("-", "")
    if (given or current.place) and not constant_time_compare(given, check_in_code(current)):
        raise DomainError(_("Ce n’est pas le code de cette séance : la personne qui facilite le donne sur place."))
    part = half_day_at(half_days(current.starts_at, current.ends_at, current.time_zone), now)
    row, _created = Attendance.objects.get_or_create(
        session=current,
        user=user,
        half_day=part.number,
        defaults={"method": CheckInMethod.CODE if given else CheckInMethod.BUTTON, "recorded_by": user},
    )
    return row


@transaction.atomic
def record_list(
    *, actor: User, session: PeerSession, half_day: int, user_ids: Collection[int], guest_ids: Collection[int]
) -> None:
    """Write who was there in one half-day: those given were, all others who hold a seat were not."""
    locked = hold_visible(session.pk, actor)
    membership = Membership.objects.active().filter(user=actor, network=locked.network_id).first()
    require(can_facilitate(actor, membership, locked))
    if timezone.now() < locked.starts_at - LINK_OPENS_BEFORE:
        raise DomainError(_("La présence se note à partir d’une demi-heure avant le début."))
    if half_day not in {part.number for part in half_days(locked.starts_at, locked.ends_at, locked.time_zone)}:
        raise DomainError(_("Cette demi-journée n’existe pas."))
    users = Registration.objects.registered().filter(session=locked).values_list("user_id", flat=True)
    guests = GuestSeat.objects.filter(session=locked, removed_at__isnull=True).values_list("pk", flat=True)
    common = {"session": locked, "half_day": half_day, "method": CheckInMethod.LIST, "recorded_by": actor}
    rows = [Attendance(user_id=pk, is_present=pk in user_ids, **common) for pk in users]
    rows += [Attendance(guest_id=pk, is_present=pk in guest_ids, **common) for pk in guests]
    for kind, of_kind in (("user", [r for r in rows if r.user_id]), ("guest", [r for r in rows if r.guest_id])):
        Attendance.objects.bulk_create(
            of_kind,
            update_conflicts=True,
            unique_fields=["session", kind, "half_day"],
            update_fields=["is_present", "method", "recorded_by", "recorded_at"],
        )
