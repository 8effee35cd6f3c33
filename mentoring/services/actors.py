"""Resource actors: what an organisation offers, kept by its own people, and asked again when its date comes near."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import SupportKind
from mentoring.events import ContactNamed, KeeperNamed, SupportRenewalAsked
from mentoring.models import OrganisationKeeper, Support, SupportContact
from mentoring.policies.actors import can_name_keepers, can_withdraw_support, can_write_support
from mentoring.queries.actors import shown_of, speaks_for, standing_of
from mentoring.services.directory import refresh_entries
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Circle, Network, Organisation, User
from peerhub.text.markdown import one_line

# What nobody looked at for longer than that is not trusted.
LONGEST = timedelta(days=2 * 366)
USUAL = timedelta(days=365)
ASKED_BEFORE = timedelta(days=30)
WRITTEN = ("summary", "details", "website", "valid_until")
MOST_CONTACTS = 6


@dataclass(frozen=True)
class Contact:
    """Whom to ask, by role: a member of the organisation (id), or an office's address or telephone."""

    role: str
    user_id: int | None = None
    email: str = ""
    phone: str = ""


@transaction.atomic
def offer_support(
    *,
    actor: User,
    network: Network,
    organisation: Organisation,
    kind: str,
    fields: Mapping[str, Any],
    contacts: Sequence[Contact] = (),
) -> Support:
    """Say what an organisation brings in a network. Sent twice, it is offered once. Raises `DomainError`."""
    # The organisation's row makes two first forms one support.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    require(can_write_support(standing_of(actor, network, organisation.pk)))
    known = Support.objects.filter(
        network=network, organisation=organisation, kind=SupportKind(kind), withdrawn_at__isnull=True
    ).first()
    if known and (known.created_by_id, known.summary) == (actor.pk, one_line(str(fields["summary"]))[:200]):
        return known
    if known:
        raise DomainError(_("Cette organisation propose déjà un appui de cette nature : mettez-le à jour."))
    support = Support(
        network=network,
        organisation=organisation,
        kind=SupportKind(kind),
        circle=Circle.objects.of_network(network, CircleKind.NETWORK),
        created_by=actor,
    )
    return _write(actor, support, fields, contacts)


@transaction.atomic
def change_support(
    *, actor: User, support: Support, fields: Mapping[str, Any], contacts: Sequence[Contact] = ()
) -> Support:
    """Say it anew: what is not among `contacts` is no contact any more. Raises `DomainError`."""
    current = _held(support)
    require(can_write_support(standing_of(actor, current.network, current.organisation_id)))
    if current.withdrawn_at:
        raise DomainError(_("Cet appui est retiré : proposez-le à nouveau avant de le modifier."))
    return _write(actor, current, fields, contacts)


@transaction.atomic
def renew_support(*, actor: User, support: Support) -> Support:
    """It holds for one more year from today, also after its date, or after it was withdrawn. Raises `DomainError`."""
    current = _held(support)
    require(can_write_support(standing_of(actor, current.network, current.organisation_id)))
    same = Support.objects.filter(
        network=current.network_id,
        organisation=current.organisation_id,
        kind=current.kind,
        withdrawn_at__isnull=True,
    )
    if current.withdrawn_at and same.exists():
        raise DomainError(_("Cette organisation propose déjà un appui de cette nature : mettez-le à jour."))
    until = timezone.localdate() + USUAL
    current.valid_until = max(current.valid_until, until) if current.valid_until else None
    current.withdrawn_at = current.renewal_asked_at = None
    current.updated_at = timezone.now()
    current.save(update_fields=["valid_until", "withdrawn_at", "renewal_asked_at", "updated_at"])
    refresh_entries("organisation", current.organisation_id)
    return current


@transaction.atomic
def withdraw_support(*, actor: User, support: Support) -> None:
    """It is offered no more; withdrawn twice, it is withdrawn once. Raises `Refused`."""
    current = _held(support)
    require(can_withdraw_support(standing_of(actor, current.network, current.organisation_id)))
    now = timezone.now()
    Support.objects.filter(pk=current.pk, withdrawn_at__isnull=True).update(withdrawn_at=now, updated_at=now)
    refresh_entries("organisation", current.organisation_id)


@transaction.atomic
def leave_contacts(*, user: User, support: Support) -> bool:
    """Whoever was named as a contact may say no: their name goes, an office's address stays."""
    own = SupportContact.objects.filter(support=support, user=user)
    return bool(own.exclude(email="", phone="").update(user=None) + own.filter(email="", phone="").delete()[0])


@transaction.atomic
def name_keeper(*, actor: User, network: Network, organisation: Organisation, user_id: int) -> OrganisationKeeper:
    """Let somebody who speaks for the organisation here keep what it offers; they are told. Raises `DomainError`."""
    require(can_name_keepers(standing_of(actor, network, organisation.pk)))
    if user_id not in speaks_for([user_id], network, organisation.pk) & shown_of(user_id, network, organisation.pk):
        raise DomainError(_("Cette personne ne parle pas pour cette organisation dans ce réseau."))
    keeper, is_new = OrganisationKeeper.objects.get_or_create(
        network=network, organisation=organisation, user_id=user_id, defaults={"named_by": actor}
    )
    if is_new:
        emit(KeeperNamed(keeper_id=keeper.pk))
    return keeper


@transaction.atomic
def drop_keeper(*, actor: User, network: Network, organisation: Organisation, user_id: int) -> bool:
    """Let somebody keep it no more; oneself too. False when they kept nothing. Raises `Refused`."""
    require(can_name_keepers(standing_of(actor, network, organisation.pk)))
    gone = OrganisationKeeper.objects.filter(network=network, organisation=organisation, user=user_id)
    return bool(gone.delete()[0])


def ask_renewals(now: datetime | None = None) -> int:
    """Ask the keepers of each support whose date comes near whether it still holds, once for each date; returns how
    many were asked about. Each in a transaction of its own."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    near = Support.objects.current().filter(valid_until__range=(today, today + ASKED_BEFORE))
    due = list(near.filter(renewal_asked_at__isnull=True).order_by("valid_until", "pk").values_list("pk", flat=True))
    return sweep("mentoring.supports.renew", lambda pk: _ask(pk, now), due)


@transaction.atomic
def _ask(pk: int, now: datetime) -> bool:
    asked = Support.objects.filter(pk=pk, withdrawn_at__isnull=True, renewal_asked_at__isnull=True)
    if not asked.update(renewal_asked_at=now):
        return False
    emit(SupportRenewalAsked(support_id=pk))
    return True


def _held(support: Support) -> Support:
    """The row as it is once it is held: two changes at once are one after the other."""
    Support.objects.select_for_update(no_key=True).get(pk=support.pk)
    return Support.objects.select_related("network").get(pk=support.pk)


def _write(actor: User, support: Support, fields: Mapping[str, Any], contacts: Sequence[Contact]) -> Support:
    _check_date(fields.get("valid_until"), support.valid_until)
    _check_contacts(support, contacts)
    if fields.get("valid_until") != support.valid_until:
        support.renewal_asked_at = None
    for name in WRITTEN:
        if name in fields:
            setattr(support, name, fields[name])
    support.summary, support.details = one_line(support.summary)[:200], support.details.strip()
    support.updated_at = timezone.now()
    support.save()
    support.competences.set(fields.get("competences", ()))
    support.territories.set(fields.get("territories", ()))
    known = set(support.contacts.values_list("user", flat=True))
    support.contacts.all().delete()
    SupportContact.objects.bulk_create(
        SupportContact(
            support=support, role=one.role, user_id=one.user_id, email=one.email, phone=one.phone, position=position
        )
        for position, one in enumerate(contacts)
    )
    for user_id in sorted({one.user_id for one in contacts if one.user_id} - known):
        emit(ContactNamed(support_id=support.pk, user_id=user_id, actor_id=actor.pk))
    # The directory says of its people what their organisation brings.
    refresh_entries("organisation", support.organisation_id)
    return support


def _check_date(until: date | None, before: date | None) -> None:
    today = timezone.localdate()
    if until is None:
        raise DomainError(_("Dites jusqu’à quand cet appui est valable."))
    if until != before and not today <= until <= today + LONGEST:
        raise DomainError(_("La date de validité est à venir, et dans deux ans au plus."))


def _check_contacts(support: Support, contacts: Sequence[Contact]) -> None:
    if len(contacts) > MOST_CONTACTS:
        raise DomainError(_("%(number)s contacts au plus.") % {"number": MOST_CONTACTS})
    if len({one.role for one in contacts}) < len(contacts):
        raise DomainError(_("Deux contacts ont la même fonction."))
    if any(not one.role or not (one.user_id or one.email or one.phone) for one in contacts):
        raise DomainError(_("Un contact a une fonction, et une personne, une adresse ou un téléphone."))
    named = {one.user_id for one in contacts if one.user_id}
    if named - speaks_for(named, support.network, support.organisation_id):
        raise Refused(_("Cette personne ne parle pas pour cette organisation dans ce réseau."))
