"""Needs: written as one types, opened to an audience, closed."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import NeedAudience, NeedClosing, NeedKind, NeedState
from mentoring.events import NeedClosed, NeedOpened
from mentoring.models import DirectoryEntry, Need
from mentoring.policies.needs import can_change_need, can_close_need, can_look_for_help, can_seek_again
from mentoring.queries.solicitations import is_helped
from mentoring.services.conversations import private_circle
from mentoring.services.suggesting import hold_need, suggest_peers
from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Circle, Membership, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import category_circle
from peerhub.text.markdown import one_line

# More open at once is no longer a need, but a search of the directory.
MOST_OPEN = 5
# More than anybody comes back to.
MOST_DRAFTS = 20
WRITTEN = ("kind", "title", "details", "competence", "territory", "wanted_by", "audience", "goes_on")
_CLEAN: dict[str, Callable[[Any], Any]] = {
    "kind": NeedKind,
    "audience": NeedAudience,
    "title": lambda title: one_line(title)[:160],
    "details": str.strip,
}


@transaction.atomic
def save_draft(*, author: User, network: Network, token: UUID, fields: Mapping[str, Any]) -> Need:
    """Keep what was typed so far; the same token is the same draft. Raises `Refused`, also once it is open: a page that
    was left behind in another tab changes nothing any more. What says the same as what is open has nothing to change: a
    form saves itself while it is sent, and the one may come after the other.

    `wanted_peer` (a user id) is whom its author means to ask first, if they find them in the directory.
    """
    membership = membership_for(author, network)
    require(can_look_for_help(membership))
    held = _of_token(token)
    if held is None:
        # The person's row makes two first writes of one form one draft. A need that is there is held before it, as by
        # all who act on one.
        User.objects.select_for_update(no_key=True).get(pk=author.pk)
        held = _of_token(token)
    need = held or Need(network=network, author=author, token=token)
    if need.author_id != author.pk or need.network_id != network.pk:
        raise Refused(_("Ce besoin ne vous est pas ouvert."))
    written = _written(fields)
    if need.pk and not need.is_draft and all(getattr(need, name) == value for name, value in written.items()):
        return need
    require(can_change_need(author, need))
    drafts = Need.objects.filter(author=author, network=network, state=NeedState.DRAFT)
    if held is None and drafts.count() >= MOST_DRAFTS:
        raise DomainError(_("Vous avez déjà %(number)s brouillons : jetez-en un d’abord.") % {"number": MOST_DRAFTS})
    for name, value in written.items():
        setattr(need, name, value)
    if "wanted_peer" in fields:
        need.wanted_peer_id = _found(author, network, fields["wanted_peer"])
    need.author_affiliation = membership.affiliation if membership else None
    need.updated_at = timezone.now()
    need.save()
    return need


@transaction.atomic
def open_need(*, author: User, need: Need) -> Need:
    """Show a draft to its audience, and seek peers for it. Opened twice, it is opened once. Raises `DomainError`."""
    current = hold_need(need.pk)
    membership = membership_for(author, current.network)
    require(can_look_for_help(membership))
    if current.author_id == author.pk and current.is_open:
        return current
    require(can_change_need(author, current))
    if not current.title:
        raise DomainError(_("Dites en une phrase ce que vous cherchez."))
    if Need.objects.open().filter(author=author, network=current.network_id).count() >= MOST_OPEN:
        raise DomainError(
            _("Vous avez déjà %(number)s besoins ouverts : fermez-en un avant d’en ouvrir un autre.")
            % {"number": MOST_OPEN}
        )
    now = timezone.now()
    current.circle = _circle_of(current, author, membership)
    current.state, current.opened_at, current.updated_at = NeedState.OPEN, now, now
    current.save(update_fields=["circle", "state", "opened_at", "updated_at"])
    suggest_peers(need=current)
    emit(NeedOpened(need_id=current.pk))
    return current


@transaction.atomic
def close_need(*, author: User, need: Need, closing: str) -> Need:
    """Say how the search ended; nobody is asked anything for it any more. Raises `Refused`."""
    current = hold_need(need.pk)
    require(can_close_need(author, current))
    current.state, current.closing = NeedState.CLOSED, NeedClosing(closing)
    current.closed_at = current.updated_at = timezone.now()
    current.save(update_fields=["state", "closing", "closed_at", "updated_at"])
    emit(NeedClosed(need_id=current.pk))
    return current


@transaction.atomic
def drop_draft(*, author: User, need: Need) -> None:
    """Throw a draft away. Raises `Refused` for what is open: that is closed, and stays."""
    current = hold_need(need.pk)
    require(can_change_need(author, current))
    current.delete()


def mark_answered(*, need_id: int) -> bool:
    """Somebody accepted to help; in the caller's transaction. False when somebody had before, or it was closed."""
    now = timezone.now()
    changed = Need.objects.filter(pk=need_id, state=NeedState.OPEN).update(
        state=NeedState.ANSWERED, answered_at=now, updated_at=now
    )
    return bool(changed)


@transaction.atomic
def open_again(*, need_id: int) -> bool:
    """Nobody helps any more (a mentorship was left without fault): peers are sought anew. False when it is closed."""
    changed = Need.objects.filter(pk=need_id, state=NeedState.ANSWERED).update(
        state=NeedState.OPEN, updated_at=timezone.now()
    )
    if changed:
        suggest_peers(need=Need(pk=need_id))
        emit(NeedOpened(need_id=need_id))
    return bool(changed)


def _of_token(token: UUID) -> Need | None:
    """The draft that a form made, held to the end of the transaction."""
    return Need.objects.select_for_update(no_key=True).filter(token=token).first()


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of what was typed."""
    kept = {name: fields[name] for name in WRITTEN if name in fields}
    for name, clean in _CLEAN.items():
        if name in kept:
            kept[name] = clean(kept[name])
    return kept


def _found(author: User, network: Network, pk: int | None) -> int | None:
    """Somebody else whom the directory shows to the author; of others nothing is kept, and nothing tells of them."""
    entries = DirectoryEntry.objects.visible_to(author).exclude(user=author).filter(network=network, user=pk or 0)
    return entries.values_list("user", flat=True).first()


@transaction.atomic
def seek_again(*, author: User, need: Need) -> bool:
    """Look for somebody else, once whoever had accepted helps no more. Raises `Refused`."""
    current = hold_need(need.pk)
    require(can_seek_again(author, current, is_helped=is_helped(current)))
    return open_again(need_id=current.pk)


def _circle_of(need: Need, author: User, membership: Membership | None) -> Circle:
    if need.audience == NeedAudience.NETWORK:
        return Circle.objects.of_network(need.network, CircleKind.NETWORK)
    if need.audience == NeedAudience.CATEGORY and membership:
        return category_circle(network=need.network, category=membership.affiliation.category)
    return private_circle(network=need.network, people=[author])
