"""Seats: claiming, withdrawing, and never one too many.

The locks are taken in one order, the person's row and then the session's: the first serialises the claims of one
person (two sessions at one time are noticed even when they are claimed at once), the second those of one session.
"""

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.live.publish import publish_on_commit
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Membership, Network, User
from sessions.enums import RegistrationState, SkippedReason
from sessions.events import Registered, Withdrawn
from sessions.fragments import seats_in_each_language
from sessions.models import TEXTS, PeerSession, Registration
from sessions.policies.sessions import can_register, can_withdraw
from sessions.services.reminders import plan_reminders, skip_reminders


class Clash(DomainError):
    """The person holds a seat in another session at that time and has not said that it is meant."""

    def __init__(self, sessions: list[PeerSession]) -> None:
        super().__init__(_("Vous êtes déjà inscrit·e à une séance au même moment. Confirmez si vous voulez les deux."))
        self.sessions = sessions


@transaction.atomic
def register(*, user: User, session: PeerSession, accept_clash: bool = False) -> Registration:
    """Claim a seat. Claiming twice is claiming once.

    Raises `Refused` with a sentence (full, cancelled, begun, not a member), and `Clash` for another seat at the same
    time unless `accept_clash`.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    registration = Registration.objects.filter(session=session, user=user).first()
    if registration and registration.is_registered:
        return registration
    membership = Membership.objects.active().filter(user_id=user.pk, network_id=session.network_id).first()
    # Judged twice: without the lock, so that those who come too late do not queue for it; and again with it.
    current = PeerSession.objects.visible_to(user).filter(pk=session.pk).defer(*TEXTS).first()
    if current is None:
        raise Refused(_("Cette séance ne vous est pas ouverte."))
    require(can_register(membership, current))
    if not accept_clash and (clashes := clashes_of(user, current)):
        raise Clash(clashes)
    current = _lock(session.pk)
    require(can_register(membership, current))
    if membership is None:  # can_register refuses it; this tells the type checker
        raise AssertionError
    now = timezone.now()
    is_new = registration is None
    if registration is None:
        registration = Registration.objects.create(
            session=current, user=user, affiliation_id=membership.affiliation_id, registered_at=now
        )
    else:
        registration.affiliation_id = membership.affiliation_id
        registration.state = RegistrationState.REGISTERED
        registration.registered_at, registration.withdrawn_at = now, None
        registration.version += 1
        registration.save(update_fields=["affiliation", "state", "registered_at", "withdrawn_at", "version"])
    PeerSession.objects.filter(pk=current.pk).update(registered_count=F("registered_count") + 1)
    plan_reminders(session=current, user_ids=[user.pk], are_new=is_new)
    emit(Registered(registration_id=registration.pk, version=registration.version))
    publish_seats(current, taken=current.registered_count + 1)
    return registration


@transaction.atomic
def withdraw(*, user: User, session: PeerSession) -> bool:
    """Give the seat back; False when the person held none (withdrawing twice is withdrawing once).

    Raises `Refused` once the session has begun or is cancelled.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    current = _lock(session.pk)
    registration = Registration.objects.filter(session=current, user=user).first()
    if registration is None or not registration.is_registered:
        return False
    require(can_withdraw(current, registration))
    registration.state, registration.withdrawn_at = RegistrationState.WITHDRAWN, timezone.now()
    registration.version += 1
    registration.save(update_fields=["state", "withdrawn_at", "version"])
    PeerSession.objects.filter(pk=current.pk).update(registered_count=F("registered_count") - 1)
    skip_reminders(session=current, reason=SkippedReason.WITHDRAWN, user_id=user.pk)
    emit(Withdrawn(registration_id=registration.pk, version=registration.version))
    publish_seats(current, taken=current.registered_count - 1)
    return True


def release_seats(*, user: User, network: Network) -> int:
    """Who is no longer in a network gives back the seats of its sessions to come; returns how many."""
    held = PeerSession.objects.scheduled().joined_by(user).filter(network=network, starts_at__gt=timezone.now())
    return sum(withdraw(user=user, session=session) for session in held.order_by("pk"))


def clashes_of(user: User, session: PeerSession) -> list[PeerSession]:
    """The other sessions, of any network, in which the person holds a seat at that time."""
    if not session.is_scheduled:
        return []
    others = PeerSession.objects.scheduled().joined_by(user).overlapping(session.starts_at, session.ends_at)
    others = others.exclude(pk=session.pk).select_related("network", "circle").order_by("starts_at", "pk")
    return list(others.defer(*TEXTS))


def repair_counts(*, write: bool) -> list[tuple[int, int, int]]:
    """Compare every `registered_count` with the rows: (session id, count, truth) of those that differ."""
    counted = (
        Registration.objects.registered()
        .filter(session=OuterRef("pk"))
        .order_by()
        .values("session")
        .annotate(n=Count("pk"))
        .values("n")
    )
    wrong = PeerSession.objects.annotate(truth=Coalesce(Subquery(counted), 0)).filter(~Q(registered_count=F("truth")))
    differences = list(wrong.order_by("pk").values_list("pk", "registered_count", "truth"))
    if write:
        for pk, _count, _truth in differences:
            with transaction.atomic():
                session = _lock(pk)
                truth = Registration.objects.registered().filter(session=session).count()
                PeerSession.objects.filter(pk=pk).update(registered_count=truth)
    return differences


def _lock(pk: int) -> PeerSession:
    """The session's row, held until the end of the transaction: its seats are counted by one at a time."""
    if not connection.in_atomic_block:
        raise RuntimeError("A seat is counted inside a transaction.")
    return (
        PeerSession.objects.select_for_update(of=("self",), no_key=True).select_related("circle__category").get(pk=pk)
    )


def publish_seats(session: PeerSession, *, taken: int) -> None:
    """Show everyone who looks at the session how many seats are taken, once this commits; needs the circle."""
    publish_on_commit(
        f"session.{session.pk}",
        "seats.changed",
        html=seats_in_each_language(taken, session.capacity, session.category_slug),
        data={"taken": taken, "capacity": session.capacity},
    )
