"""Mentorships: proposed, and shown to their people alone. What is agreed then is in `terms`, how it goes on in
`mentorship_course`."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mentoring.days import YEAR, Days
from mentoring.enums import Rhythm
from mentoring.events import MentorshipProposed
from mentoring.models import Competence, Mentorship, MentorshipPeer, Need, Solicitation
from mentoring.policies.mentorships import can_invite, can_lead_group, can_propose_group, present_peers
from mentoring.queries.links import never_with
from mentoring.queries.load import load_of
from mentoring.queries.open_groups import asks_to_read
from mentoring.services.conversations import open_conversation, private_circle
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Membership, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import remove_member

# Unless its people say otherwise: half a year.
USUAL_DAYS = 182
# Nobody agrees on more at once; it can be put off then.
ENDS = Days(1, 3 * YEAR)
LONGEST_GOALS = 4000
MOST_PLACES = 12
NOT_OPEN = gettext_lazy("Ce mentorat ne vous est pas ouvert.")


def hold_mentorship(pk: int, user: User | None = None) -> Mentorship:
    """The row of a mentorship, held to the end of the transaction, then read as it is, with its people. Raises
    `Refused` when it is not open to this person (any more)."""
    if not connection.in_atomic_block:
        raise RuntimeError("A mentorship is held inside a transaction.")
    Mentorship.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
    seen = Mentorship.objects.all() if user is None else Mentorship.objects.visible_to(user)
    loaded = seen.select_related("network", "circle", "mentor", "need", "competence").prefetch_related("peers__user")
    found = loaded.filter(pk=pk).first()
    if found is None:
        raise Refused(NOT_OPEN)
    return found


@transaction.atomic
def propose_mentorship(
    *,
    network: Network,
    mentor: User,
    peers: Iterable[User],
    need: Need | None = None,
    solicitation: Solicitation | None = None,
    is_group: bool = False,
    places: int = 1,
    is_open: bool = False,
    competence: Competence | None = None,
    goals: str = "",
    rhythm: str = Rhythm.MONTHLY,
    ends_on: date | None = None,
    token: UUID | None = None,
    proposed_by: User | None = None,
) -> Mentorship:
    """A mentorship to be agreed upon: terms to begin with, a private circle, a conversation. It runs, and takes a place
    of its mentor's, once they agree (`terms.agree_terms`).

    Born of a solicitation it keeps its circle and conversation; the same solicitation, or the same token, is the same
    mentorship. `proposed_by` (its mentor or one of its peers) agreed to what they wrote. Raises `DomainError`, without
    saying why, when two of these people must not be brought together.
    """
    people = list(peers)
    User.objects.select_for_update(no_key=True).get(pk=mentor.pk)
    before = _same(solicitation, token)
    if before is not None:
        if before.mentor_id != mentor.pk or before.network_id != network.pk:
            raise Refused(NOT_OPEN)
        return before
    _check_people(network, mentor, people)
    today = timezone.localdate()
    mentorship = Mentorship(
        network=network,
        mentor=mentor,
        need=need,
        solicitation=solicitation,
        competence=competence or (need.competence if need else None),
        is_group=is_group,
        places=places,
        is_open=is_open,
        goals=goals.strip()[:LONGEST_GOALS] or _goals_of(need),
        rhythm=Rhythm(rhythm),
        starts_on=today,
        ends_on=ends_on or today + timedelta(days=USUAL_DAYS),
        token=token,
    )
    check_terms(mentorship, peers=len(people))
    if proposed_by is not None and proposed_by.pk == mentor.pk:
        mentorship.mentor_agreed_number = mentorship.terms_number
    # A group is entered with one's agreement.
    _open(mentorship, [mentor, *([] if is_group else people)])
    for user in people:
        MentorshipPeer.objects.create(
            mentorship=mentorship, user=user, agreed_number=1 if proposed_by and proposed_by.pk == user.pk else 0
        )
    emit(MentorshipProposed(mentorship_id=mentorship.pk))
    return mentorship


@transaction.atomic
def propose_group(*, mentor: User, network: Network, token: UUID, fields: dict[str, Any]) -> Mentorship:
    """Offer to accompany several people together; they are asked one by one afterwards. Raises `Refused`."""
    require(can_propose_group(membership_for(mentor, network)))
    return propose_mentorship(
        network=network, mentor=mentor, peers=[], is_group=True, token=token, proposed_by=mentor, **fields
    )


@transaction.atomic
def invite_peer(*, mentor: User, mentorship: Mentorship, peer: User) -> MentorshipPeer:
    """Ask one more person into a group: they read its terms, and agree or leave. Asked twice, they are asked once. Who
    must not be brought together with its people, or with who asks to join, is asked in appearance only, and nothing
    that the mentor reads tells. Raises `Refused`, or `DomainError` for who is away, or who left it before."""
    current = hold_mentorship(mentorship.pk, mentor)
    asked = current.peers.filter(user=peer).first()
    if asked is not None and asked.left_at is None and current.mentor_id == mentor.pk:
        return asked
    require(can_invite(mentor, current))
    if asked is not None:
        raise DomainError(_("Cette personne a quitté ce groupe : elle n’y est plus invitée."))
    require(can_propose_group(membership_for(mentor, current.network)))
    load = load_of(peer.pk, timezone.localdate())
    # Never for whom else is in the group: one would learn who keeps whom apart by asking people in turn.
    if load.is_away or load.is_not_now or not _may_be_in(current.network, mentor, peer):
        raise DomainError(_("Cette personne ne peut pas être invitée en ce moment."))
    apart = never_with(peer.pk, current.network)
    inside = {mentor.pk, *(one.user_id for one in present_peers(current))}
    is_reached = apart.isdisjoint(inside | {one.user_id for one in asks_to_read(current)})
    row = MentorshipPeer.objects.create(mentorship=current, user=peer, is_reached=is_reached)
    emit(MentorshipProposed(mentorship_id=current.pk))
    return row


@transaction.atomic
def withdraw_invitation(*, mentor: User, mentorship: Mentorship, peer_id: int) -> bool:
    """Take back what was not answered: the place is free, and the person may be asked again. False when they answered
    meanwhile. Raises `Refused`."""
    current = hold_mentorship(mentorship.pk, mentor)
    require(can_lead_group(mentor, current))
    waiting = MentorshipPeer.objects.filter(mentorship=current, user=peer_id, left_at__isnull=True, agreed_number=0)
    # Of those who were let in before they agreed.
    for peer in waiting.select_related("user"):
        remove_member(circle=current.circle, user=peer.user)
    return bool(waiting.delete()[0])


def check_terms(mentorship: Mentorship, *, peers: int) -> None:
    """Raise `DomainError` for terms that nobody can keep: an end that is past or out of sight, places that there are
    not."""
    if refusal := ENDS.refusal(mentorship.ends_on):
        raise DomainError(refusal)
    fewest, most = (2, MOST_PLACES) if mentorship.is_group else (1, 1)
    if not max(fewest, peers) <= mentorship.places <= most:
        raise DomainError(
            _("Un groupe a de 2 à %(most)s places, et au moins autant que de personnes.") % {"most": MOST_PLACES}
        )


def _same(solicitation: Solicitation | None, token: UUID | None) -> Mentorship | None:
    if solicitation is not None:
        return Mentorship.objects.filter(solicitation=solicitation).first()
    return Mentorship.objects.filter(token=token).first() if token else None


def _check_people(network: Network, mentor: User, peers: list[User]) -> None:
    if not _may_be_together(network, mentor, peers):
        raise DomainError(_("Ces personnes ne peuvent pas être réunies dans un mentorat."))


def _may_be_together(network: Network, mentor: User, peers: list[User]) -> bool:
    """Members of the network, of whom no two are kept from one another."""
    everyone = {mentor.pk, *(one.pk for one in peers)}
    members = Membership.objects.active().filter(network=network, user__in=everyone)
    apart = any(never_with(one.pk, network) & everyone for one in [mentor, *peers])
    return len(everyone) == 1 + len(peers) and members.count() == len(everyone) and not apart


def _may_be_in(network: Network, mentor: User, peer: User) -> bool:
    return peer.pk != mentor.pk and Membership.objects.active().filter(network=network, user=peer).exists()


def _goals_of(need: Need | None) -> str:
    """What was looked for, to begin the goals with."""
    return "\n\n".join(filter(None, [need.title, need.details]))[:LONGEST_GOALS] if need else ""


def _open(mentorship: Mentorship, people: list[User]) -> None:
    """Give it its circle and conversation: those of the solicitation, which are of the same two."""
    asked = mentorship.solicitation
    if asked is not None and asked.circle is not None and not mentorship.is_group:
        mentorship.circle, mentorship.topic = asked.circle, asked.topic
    else:
        mentorship.circle = private_circle(network=mentorship.network, people=people)
    if mentorship.topic is None:
        mentorship.topic = open_conversation(
            network=mentorship.network, circle=mentorship.circle, author=mentorship.mentor
        )
    mentorship.save()
