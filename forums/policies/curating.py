"""Who looks after a theme and its topics: the network's animators, and those named for the theme."""

from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership
from peerhub.people.verdicts import Allowed, Denied, Verdict


def can_curate(membership: Membership | None, *, looks_after: bool) -> Verdict:
    """`looks_after`: whether the person is named for the theme (`queries.standing.looks_after`). The topic or theme is
    one that the person can see: no role opens a circle."""
    may = membership and membership.is_active and not membership.is_silenced
    if may and membership and (membership.is_animator or looks_after):
        return Allowed()
    return Denied(_("C’est l’animation du réseau qui peut faire cela."))


def can_edit_tags(membership: Membership | None) -> Verdict:
    """The list of a network's tags is one for all its themes: it is kept by its animators."""
    if membership and membership.is_animator:
        return Allowed()
    return Denied(_("Les mots-clés du réseau sont tenus par son animation."))


def can_open_themes(membership: Membership | None) -> Verdict:
    if membership and membership.is_animator:
        return Allowed()
    return Denied(_("C’est l’animation du réseau qui ouvre des thèmes."))
