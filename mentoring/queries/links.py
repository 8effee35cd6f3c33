"""Who must never be brought together: by hierarchy, or because somebody asked for it."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from mentoring.models import HierarchicalLink, KeptApart
from peerhub.people.models import Affiliation, Network
from sessions.models import Delegate


def linked_to(user_id: int, network: Network) -> set[int]:
    """Those (ids) with whom the person has, or may have, a hierarchical link: the people of the organisations that they
    speak for now, whoever one of them declared above or below the other, and whoever answers for an elected official.

    The members of one organisation are colleagues: a peer is somebody from elsewhere.
    """
    organisations = _current_hats().filter(user=user_id, organisation__isnull=False).values("organisation")
    colleagues = _current_hats().filter(organisation__in=organisations).values_list("user", flat=True)
    declared = HierarchicalLink.objects.filter(Q(senior=user_id) | Q(junior=user_id), ended_at__isnull=True)
    delegates = Delegate.objects.active().filter(Q(principal=user_id) | Q(user=user_id), network=network)
    pairs = [*declared.values_list("senior", "junior"), *delegates.values_list("principal", "user")]
    return ({*colleagues} | {one for pair in pairs for one in pair}) - {user_id}


def kept_apart_from(user_id: int, network: Network) -> set[int]:
    """Those (ids) whom the person must not be suggested to, nor be suggested: whoever of the two asked for it."""
    rows = KeptApart.objects.filter(Q(user=user_id) | Q(other=user_id)).filter(
        Q(network=network) | Q(network__isnull=True)
    )
    return {one for pair in rows.values_list("user", "other") for one in pair} - {user_id}


def never_with(user_id: int, network: Network) -> set[int]:
    """Everyone (ids) with whom the person is never paired, for whatever reason: nothing that shows may tell which."""
    return linked_to(user_id, network) | kept_apart_from(user_id, network)


def may_be_paired(user_id: int, other_id: int, network: Network) -> bool:
    return user_id != other_id and other_id not in never_with(user_id, network)


def _current_hats() -> QuerySet[Affiliation]:
    today = timezone.localdate()
    return Affiliation.objects.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=today), Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    )
