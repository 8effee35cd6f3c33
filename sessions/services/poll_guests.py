"""Guests of a date poll: asked by mail, through a signed link that can be revoked."""

import uuid

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError
from peerhub.people.models import ActorCategory, CircleMember, User
from peerhub.text.markdown import one_line
from sessions.events import PollGuestToTell
from sessions.models import DatePoll, PollGuest
from sessions.services.polls import lock_to_manage

MAX_GUESTS = 100
_SALT = "sessions.poll_guest"


def link_token(guest: PollGuest) -> str:
    """What the guest's address holds: whose it is, signed. It ends with its nonce."""
    return signing.Signer(salt=_SALT).sign_object([guest.pk, guest.nonce.hex])


def guest_of_token(token: str) -> PollGuest:
    """The guest whose link this is, with the poll; raises `PollGuest.DoesNotExist` for what is forged or revoked."""
    try:
        pk, nonce = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature as error:
        raise PollGuest.DoesNotExist from error
    guests = PollGuest.objects.select_related("poll__network", "poll__circle", "poll__session", "poll__chosen_slot")
    return guests.get(pk=pk, nonce=uuid.UUID(nonce), removed_at__isnull=True)


@transaction.atomic
def add_guest(
    *, actor: User, poll: DatePoll, name: str, email: str, category: ActorCategory | None = None
) -> PollGuest:
    """Ask somebody without an account; the link leaves by mail. Somebody who was taken off is asked again, with the
    answers given then. Raises `DomainError`."""
    current = lock_to_manage(actor, poll)
    name, email = one_line(name)[:120], email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise DomainError(_("Cette adresse ne semble pas valable.")) from error
    if CircleMember.objects.filter(circle=current.circle_id, user__email__iexact=email).exists():
        raise DomainError(_("Cette personne a un compte : le sondage lui est déjà posé."))
    if PollGuest.objects.filter(poll=current, removed_at__isnull=True).count() >= MAX_GUESTS:
        raise DomainError(_("Au plus %(count)d personnes sans compte.") % {"count": MAX_GUESTS})
    guest, is_new = PollGuest.objects.get_or_create(
        poll=current, email=email, defaults={"name": name, "category": category}
    )
    if not is_new and guest.removed_at is None:
        raise DomainError(_("Cette personne est déjà invitée."))
    if not is_new:
        guest.name, guest.category, guest.nonce, guest.removed_at = name, category, uuid.uuid4(), None
        guest.save(update_fields=["name", "category", "nonce", "removed_at"])
    emit(PollGuestToTell(guest_id=guest.pk, what="asked", wave=guest.nonce.hex))
    return guest


@transaction.atomic
def remove_guest(*, actor: User, poll: DatePoll, guest_id: int) -> bool:
    """Ask no more; the link stops answering at once, the answers are kept aside."""
    current = lock_to_manage(actor, poll)
    guests = PollGuest.objects.filter(pk=guest_id, poll=current, removed_at__isnull=True)
    return bool(guests.update(removed_at=timezone.now()))


@transaction.atomic
def renew_link(*, actor: User, poll: DatePoll, guest_id: int) -> bool:
    """Send another link; the one before stops answering at once."""
    current = lock_to_manage(actor, poll)
    nonce = uuid.uuid4()
    renewed = PollGuest.objects.filter(pk=guest_id, poll=current, removed_at__isnull=True).update(nonce=nonce)
    if renewed:
        emit(PollGuestToTell(guest_id=guest_id, what="asked", wave=nonce.hex))
    return bool(renewed)


def leave_as_guest(*, guest: PollGuest) -> bool:
    """The guest wants no more mail of this poll: the link stops answering, the address is not written to again."""
    guests = PollGuest.objects.filter(pk=guest.pk, nonce=guest.nonce, removed_at__isnull=True)
    return bool(guests.update(removed_at=timezone.now()))
