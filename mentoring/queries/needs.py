"""Reads of needs. Each raises `Need.DoesNotExist` for what the person may not see."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from mentoring.enums import NeedState
from mentoring.models import Need
from mentoring.models.needs import NeedQuerySet
from peerhub.people.models import Membership, Network, User

LATEST = 30


@dataclass(frozen=True)
class NeedsPage:
    """A person's own needs, then those of others that are open to them and still looked after."""

    mine: list[Need]
    others: list[Need]


def needs_page(user: User, network: Network) -> NeedsPage:
    """Two queries. Who left the network looks for nothing there any more."""
    present = Membership.objects.active().filter(network=network, user=OuterRef("author"))
    mine = _shown(Need.objects.visible_to(user)).filter(network=network, author=user)
    others = _shown(Need.objects.visible_to(user)).filter(network=network, state=NeedState.OPEN).exclude(author=user)
    others = others.filter(Exists(present))
    return NeedsPage(
        mine=list(mine.order_by("-created_at", "-pk")[:LATEST]),
        others=list(others.order_by("-opened_at", "-pk")[:LATEST]),
    )


def need_for(user: User, pk: int) -> Need:
    return _shown(Need.objects.visible_to(user)).get(pk=pk)


def own_need_for(user: User, pk: int) -> Need:
    """One of the person's own needs."""
    return _shown(Need.objects.visible_to(user)).get(pk=pk, author=user)


def _shown(needs: NeedQuerySet) -> NeedQuerySet:
    return needs.select_related(
        "network",
        "circle__category",
        "circle__delegation",
        "author__directory_choices",
        "author_affiliation__category",
        "author_affiliation__organisation",
        "competence__parent",
        "territory",
    )
