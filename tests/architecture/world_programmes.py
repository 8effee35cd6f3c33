"""A programme of the world's delegation: a course, a day whose invitations left, and one that is still proposed."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from peerhub.people.models import Delegation, Network, User
from sessions.enums import DayPattern, Format
from sessions.models import Delegate, Milestone, PeerDay, PeerSession, Programme
from sessions.services.peer_days import Change, create_peer_day, edit_slot, send_invitations
from sessions.services.programmes import About, add_milestone, create_programme
from tests.builders import make_category


@dataclass(frozen=True)
class Plan:
    """`sent` is the day whose invitations left, `draft` the other."""

    programme: Programme
    delegation: Delegation
    milestone: Milestone
    sent: PeerDay
    draft: PeerDay
    elected: PeerSession


def plan(network: Network, delegation: Delegation, animator: User, *, words: dict[str, str]) -> Plan:
    """`words`: the secrets of the programme, of the animators and of the elected officials."""
    today = timezone.localdate()
    about = About(
        title=f"Parcours potiron {words['programme']}",
        starts_on=today,
        ends_on=today + timedelta(days=300),
        description=f"Le potiron {words['programme']} ensemble.",
    )
    programme = create_programme(author=animator, network=network, about=about, delegations=[delegation.pk])
    milestone = add_milestone(
        actor=animator,
        programme=programme,
        kind="deadline",
        title=f"Échéance {words['programme']}",
        note=f"Potiron {words['programme']}",
        on=today + timedelta(days=4),
        delegation=delegation.pk,
    )
    sent = _day(programme, animator, 20, {Format.PEER_GROUP: words["elected"], Format.AGORA: words["programme"]})
    draft = _day(programme, animator, 40, dict.fromkeys((Format.PEER_GROUP, Format.AGORA), words["animators"]))
    send_invitations(actor=animator, peer_day=sent)
    return Plan(programme, delegation, milestone, sent, draft, sent.sessions.get(format=Format.PEER_GROUP))


def _day(programme: Programme, animator: User, days: int, words: dict[Format, str]) -> PeerDay:
    """In which the animator facilitates nothing, so reads nothing of what is confidential."""
    day = create_peer_day(
        author=animator,
        programme=programme,
        on=timezone.localdate() + timedelta(days=days),
        pattern=DayPattern.PARALLEL,
        categories=[make_category("elected")],
        title="Journée du parcours"
        if words[Format.AGORA] == words[Format.PEER_GROUP]
        else f"Journée {words[Format.AGORA]}",
    )
    for session in day.sessions.all():
        change = Change(
            title=f"Séance {words[Format(session.format)]}",
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            facilitators=frozenset(),
            capacity=session.capacity,
            per_delegation=1,
        )
        edit_slot(actor=animator, session=session, change=change)
    return day


def delegate_of(network: Network) -> int:
    return Delegate.objects.filter(network=network).order_by("pk")[0].pk
