"""Who may see and change a series. Pure, as `sessions.policies.sessions`."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership, User
from peerhub.people.policies import can_animate, can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import PeerSession, SessionSeries


def can_see_series(user: User | AnonymousUser, series: SessionSeries) -> Verdict:
    """Whether its page may be opened; the twin of `SessionSeries.objects.visible_to`. Each of its dates has a circle
    of its own, and is judged by it."""
    if can_see_circle(user, series.circle):
        return Allowed()
    return Denied(_("Cette série ne vous est pas ouverte."), hide=True)


def can_change_series(membership: Membership | None, series: SessionSeries) -> Verdict:
    if membership and membership.network_id == series.network_id and can_animate(membership):
        return Allowed()
    return Denied(_("Cette page est réservée à l’animation du réseau."))


def can_change_others(session: PeerSession) -> Verdict:
    """Whether an act on this date may reach other dates of its series."""
    if session.series_id is not None and session.occurs_at is not None:
        return Allowed()
    return Denied(_("Cette date ne suit plus le rythme de la série : elle se change seule."))
