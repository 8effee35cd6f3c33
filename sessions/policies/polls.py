"""Who may do what with date polls. Pure: callers give what they loaded."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Circle, Membership, Network, User
from peerhub.people.policies import can_animate, can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.enums import PollState
from sessions.models import DatePoll
from sessions.policies.sessions import runs


def can_see_poll(user: User | AnonymousUser, poll: DatePoll) -> Verdict:
    """Whether the poll may be opened; the twin of `DatePoll.objects.visible_to`."""
    if can_see_circle(user, poll.circle):
        return Allowed()
    return Denied(_("Ce sondage ne vous est pas ouvert."), hide=True)


def can_create_poll(membership: Membership | None, network: Network, circle: Circle | None = None) -> Verdict:
    """`circle`: who is asked."""
    if runs(membership, network.pk, circle):
        return Allowed()
    return Denied(_("Les sondages de dates sont proposés par l’animation du réseau."))


def can_manage_poll(membership: Membership | None, poll: DatePoll) -> Verdict:
    """Whether the person may change, chase, close and abandon a poll that the person sees."""
    if not runs(membership, poll.network_id, poll.circle):
        return Denied(_("Cette page est réservée à l’animation du réseau."))
    if poll.state == PollState.CLOSED:
        return Denied(_("Ce sondage est clos : la date est choisie."))
    if poll.state == PollState.CANCELLED:
        return Denied(_("Ce sondage est abandonné."))
    return Allowed()


def can_answer(poll: DatePoll, now: datetime | None = None) -> Verdict:
    """Whether answers are taken now, from those who are asked."""
    if poll.state == PollState.CLOSED:
        return Denied(_("Ce sondage est clos : la date est choisie."))
    if poll.state == PollState.CANCELLED:
        return Denied(_("Ce sondage est abandonné : il n’attend plus de réponse."))
    if not poll.takes_answers(now):
        return Denied(_("Le délai pour répondre est passé."))
    return Allowed()


def can_choose_slot(membership: Membership | None, poll: DatePoll, now: datetime | None = None) -> Verdict:
    """Whether the person may close the poll on a slot: never blindly, while answers are hidden."""
    if not (verdict := can_manage_poll(membership, poll)):
        return verdict
    if not poll.shows_answers(now):
        return Denied(_("Les réponses sont cachées : arrêtez-les d’abord, puis choisissez la date en les voyant."))
    return Allowed()


@dataclass(frozen=True)
class PollAbilities:
    """What the person may do on a poll's page, judged once."""

    answer: Verdict
    manage: Verdict
    choose: Verdict
    animate: bool


def poll_abilities(membership: Membership | None, poll: DatePoll, now: datetime | None = None) -> PollAbilities:
    now = now or timezone.now()
    return PollAbilities(
        answer=can_answer(poll, now),
        manage=can_manage_poll(membership, poll),
        choose=can_choose_slot(membership, poll, now),
        animate=bool(membership and membership.network_id == poll.network_id and can_animate(membership)),
    )
