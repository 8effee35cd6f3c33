"""Seats that somebody else sees to: answering for who phoned, a substitute, a guest with a name.

Who may: those who run or facilitate the session; the lead of a delegation, for its people; a delegate, for the elected
official who named that person; oneself, to be replaced. What was entered by somebody else is shown as such.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import ActorCategory, Delegation, Membership, User
from peerhub.people.queries import membership_for
from peerhub.text.markdown import one_line
from sessions.events import AnsweredFor
from sessions.models import GuestSeat, PeerSession, Registration
from sessions.policies.around import can_facilitate
from sessions.policies.seats import can_answer
from sessions.queries.answering import answerable_by
from sessions.queries.clashes import clashes_of, facilitated_clashes_of
from sessions.seating.engine import Claimed, Left, Replaced, blocks
from sessions.seating.holders import guest_holder, holder_of
from sessions.seating.state import Cell
from sessions.services.registration import Clash, NoSeat, claim_seat, lock_people, sentence_of
from sessions.services.seats import decline
from sessions.services.seats_room import enter, keep

COMES, WAITS, DECLINES = "vient", "attend", "decline"


@transaction.atomic
def answer_for(
    *, actor: User, session: PeerSession, user: User, answer: str, note: str = "", accept_clash: bool = False
) -> Registration:
    """Enter the answer of somebody who said it another way. Raises `Refused` to whoever may not, and what the person's
    own act would raise. The person is told who answered."""
    if answer not in {COMES, WAITS, DECLINES}:
        raise DomainError(_("Cette réponse n’existe pas."))
    is_own = actor.pk == user.pk
    if not is_own and not answerable_by(actor, session).filter(user=user).exists():
        raise Refused(_("Vous ne pouvez pas répondre pour cette personne."))
    entered_by = None if is_own else actor
    if answer == DECLINES:
        decline(user=user, session=session, note=note, entered_by=entered_by)
        return Registration.objects.get(session=session, user=user)
    registration = claim_seat(
        user=user,
        session=session,
        accept_clash=accept_clash or answer == WAITS,
        may_wait=answer == WAITS,
        entered_by=entered_by,
        is_invited=not is_own and bool(can_facilitate(actor, membership_for(actor, session.network), session)),
    )
    if entered_by is not None:
        emit(AnsweredFor(registration_id=registration.pk, version=registration.version))
    return registration


@transaction.atomic
def replace_person(*, actor: User, session: PeerSession, user: User, substitute: User) -> Registration:
    """Give the seat of one person to a substitute of the same category and delegation, in one act. Replacing twice by
    the same substitute is replacing once."""
    if actor.pk != user.pk and not answerable_by(actor, session).filter(user=user).exists():
        raise Refused(_("Vous ne pouvez pas répondre pour cette personne."))
    lock_people([user.pk, substitute.pk])
    room = enter(session.pk)
    require(can_answer(room.session, room.now))
    rows = {row.user_id: row for row in Registration.objects.filter(session=session, user__in=[user, substitute])}
    leaving, coming = rows.get(user.pk), rows.get(substitute.pk)
    if coming is not None and coming.is_registered and (leaving is None or not leaving.is_registered):
        return coming
    if leaving is None or not leaving.is_registered:
        raise DomainError(_("Cette personne n’a pas de place à céder."))
    if coming is not None and coming.is_registered:
        raise DomainError(_("Cette personne a déjà une place."))
    membership = _substitute_of(leaving, substitute, room.session)
    if facilitated_clashes_of(substitute, room.session):
        raise DomainError(_("Cette personne facilite une autre séance au même moment."))
    if clashes := clashes_of(substitute, room.session):
        raise Clash(clashes)
    coming = coming or Registration(session=room.session, user=substitute)
    coming.affiliation_id, coming.delegation_id = membership.affiliation_id, leaving.delegation_id
    coming.entered_by = None if actor.pk == substitute.pk else actor
    coming.note = ""
    for row in (leaving, coming):
        room.knows(row)
    leaving.entered_by = None if actor.pk == user.pk else actor
    keep(room, Replaced(holder_of(user.pk), holder_of(substitute.pk)), actor_id=actor.pk)
    if leaving.entered_by_id is not None:
        emit(AnsweredFor(registration_id=leaving.pk, version=leaving.version))
    return coming


@transaction.atomic
def seat_guest(
    *,
    actor: User,
    session: PeerSession,
    name: str,
    email: str = "",
    category: ActorCategory | None = None,
    delegation: Delegation | None = None,
) -> GuestSeat:
    """Give a seat, by the same rules, to somebody without an account. The same name is seated once."""
    _require_facilitator(actor, session)
    room = enter(session.pk)
    require(can_answer(room.session, room.now))
    if not (name := one_line(name)[:120]):
        raise DomainError(_("Donnez le nom de cette personne."))
    seated = GuestSeat.objects.filter(session=session, name=name, removed_at__isnull=True).first()
    if seated is not None:
        return seated
    if delegation is not None and delegation.network_id != room.session.network_id:
        raise DomainError(_("Cette délégation est celle d’un autre réseau."))
    cell = Cell(category.pk if category else None, delegation.pk if delegation else None)
    if why := blocks(room.state, cell):
        raise NoSeat(sentence_of(why))
    guest = GuestSeat.objects.create(
        session=room.session, name=name, email=email, category=category, delegation=delegation, added_by=actor
    )
    keep(room, Claimed(guest_holder(guest.pk), cell), actor_id=actor.pk)
    return guest


@transaction.atomic
def remove_guest(*, actor: User, session: PeerSession, guest_id: int) -> bool:
    """Free the seat of a guest; False when it was done already."""
    _require_facilitator(actor, session)
    room = enter(session.pk)
    require(can_answer(room.session, room.now))
    removed = GuestSeat.objects.filter(session=session, pk=guest_id, removed_at__isnull=True)
    if not removed.update(removed_at=timezone.now()):
        return False
    keep(room, Left(guest_holder(guest_id)), actor_id=actor.pk)
    return True


def _require_facilitator(actor: User, session: PeerSession) -> None:
    membership = Membership.objects.active().filter(user=actor, network=session.network_id).first()
    require(can_facilitate(actor, membership, session))


def _substitute_of(leaving: Registration, substitute: User, session: PeerSession) -> Membership:
    membership = (
        Membership.objects.active()
        .select_related("affiliation")
        .filter(user=substitute, network=session.network_id, delegation=leaving.delegation_id)
        .first()
    )
    is_like = membership is not None and membership.affiliation.category_id == leaving.affiliation.category_id
    if membership is None or not is_like:
        raise DomainError(_("La personne qui remplace doit être de la même catégorie et de la même délégation."))
    if not PeerSession.objects.visible_to(substitute).filter(pk=session.pk).exists():
        raise DomainError(_("Cette séance n’est pas ouverte à la personne qui remplace."))
    return membership
