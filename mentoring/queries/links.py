"""Who must never be brought together: by hierarchy, or because somebody asked for it."""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mentoring.models import Feedback, HierarchicalLink, KeptApart
from peerhub.people.models import Affiliation, Network
from sessions.models import Delegate


def never_with(user_id: int, network: Network) -> set[int]:
    """Everyone (ids) with whom the person is never paired, for whatever reason: nothing that shows may tell which."""
    return never_with_each([user_id], network)[user_id]


def never_with_each(user_ids: Collection[int], network: Network) -> dict[int, set[int]]:
    """The same of each of these people: four queries, however many they are."""
    ids = set(user_ids)
    linked, apart = _linked_to_each(ids, network), _kept_apart_from_each(ids, network)
    return {pk: linked[pk] | apart[pk] for pk in ids}


def kept_apart_from(user_id: int, network: Network) -> set[int]:
    """Those (ids) whom the person must not be suggested to, nor be suggested: whoever of the two asked for it."""
    return _kept_apart_from_each({user_id}, network)[user_id]


def is_kept_apart(user_id: int, network: Network, of: str) -> Exists:
    """The condition, on rows whose person is `of`, that this person and the user are kept apart."""
    either = Q(user=user_id, other=OuterRef(of)) | Q(user=OuterRef(of), other=user_id)
    return Exists(KeptApart.objects.filter(either, _here_or_everywhere(network)))


def not_again(user_id: int) -> set[int]:
    """Those (ids) with whom the person said in private that they would not begin again: they are proposed to the person
    no more. It holds for nobody else and refuses nothing, so that the other can tell nothing."""
    rows = Feedback.objects.filter(author=user_id, would_again=False)
    return set(rows.values_list("about", flat=True))


def may_be_paired(user_id: int, other_id: int, network: Network) -> bool:
    return user_id != other_id and other_id not in never_with(user_id, network)


def _linked_to_each(ids: set[int], network: Network) -> dict[int, set[int]]:
    """Those with whom each has, or may have, a hierarchical link: the people of the organisations that they speak for
    now, whoever one of them declared above or below the other, and whoever answers for an elected official. The members
    of one organisation are colleagues: a peer is somebody from elsewhere."""
    own = _current_hats().filter(user__in=ids, organisation__isnull=False).values("organisation")
    colleagues: dict[int, set[int]] = {}
    for organisation, user in _current_hats().filter(organisation__in=own).values_list("organisation", "user"):
        colleagues.setdefault(organisation, set()).add(user)
    declared = HierarchicalLink.objects.filter(Q(senior__in=ids) | Q(junior__in=ids), ended_at__isnull=True)
    delegates = Delegate.objects.active().filter(Q(principal__in=ids) | Q(user__in=ids), network=network)
    pairs = [*declared.values_list("senior", "junior"), *delegates.values_list("principal", "user")]
    return _others(ids, [*colleagues.values(), *map(set, pairs)])


def _kept_apart_from_each(ids: set[int], network: Network) -> dict[int, set[int]]:
    """Whoever of the two asked for it, here or everywhere."""
    rows = KeptApart.objects.filter(Q(user__in=ids) | Q(other__in=ids)).filter(_here_or_everywhere(network))
    return _others(ids, map(set, rows.values_list("user", "other")))


def _here_or_everywhere(network: Network) -> Q:
    return Q(network=network) | Q(network__isnull=True)


def _others(ids: set[int], groups: Iterable[set[int]]) -> dict[int, set[int]]:
    """For each of these, everyone else of the groups that they are in."""
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    for group in groups:
        for pk in group & ids:
            found[pk] |= group - {pk}
    return found


def _current_hats() -> QuerySet[Affiliation]:
    today = timezone.localdate()
    return Affiliation.objects.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=today), Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    )
