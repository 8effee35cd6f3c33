"""Who may see whom in a directory."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from mentoring.models import DirectoryEntry
from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, Membership, User
from peerhub.people.policies import can_animate
from peerhub.people.verdicts import Allowed, Denied, Verdict


def can_see_entry(user: User | AnonymousUser, entry: DirectoryEntry) -> Verdict:
    """Whether a person's entry in a network is open to `user`; the twin of `DirectoryEntry.objects.visible_to`."""
    own = CircleMember.objects.filter(circle__network=entry.network_id, circle__kind=CircleKind.NETWORK)
    if user.is_authenticated and user.is_active and own.filter(user_id=user.pk).exists():
        return Allowed()
    return Denied(_("L’annuaire d’un réseau est ouvert à ses membres."), hide=True)


def can_export(membership: Membership | None) -> Verdict:
    """Whether the person may take the list of those whom a search finds out of the platform: who animates the network,
    and answers for it. Each export is written in the journal."""
    return can_animate(membership)
