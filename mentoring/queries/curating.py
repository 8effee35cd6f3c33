"""Reads of those who keep the tree of competences. Each raises the model's `DoesNotExist` for what one may not see."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from mentoring.enums import ProposalState
from mentoring.models import Competence, CompetenceBridge, CompetenceMerge, CompetenceProposal
from peerhub.people.models import Membership, Network, User

# Of what was decided, what a page recalls.
RECENT = 10


def animates(user: User) -> bool:
    """Whether the person animates some network."""
    return Membership.objects.animating().filter(user=user).exists()


@dataclass(frozen=True)
class Branch:
    family: Competence
    competences: list[Competence]  # with `people`: how many declared it, in all networks


def whole_tree() -> list[Branch]:
    """The families with what is in them, those that are offered no more last: one query."""
    rows = list(
        Competence.objects.filter(merged_into__isnull=True)
        .annotate(people=Count("declarations"))
        .order_by("is_retired", "position", "slug")
    )
    below: dict[int, list[Competence]] = {}
    for one in rows:
        if one.parent_id:
            below.setdefault(one.parent_id, []).append(one)
    return [Branch(one, below.get(one.pk, [])) for one in rows if one.parent_id is None]


def curated(slug: str) -> Competence:
    return (
        Competence.objects.select_related("parent", "merged_into").annotate(people=Count("declarations")).get(slug=slug)
    )


def bridges_of(needed: Competence) -> list[CompetenceBridge]:
    return list(needed.answered_by.select_related("offered").order_by("-weight", "offered__slug"))


def undoable_merges(competence: Competence) -> list[CompetenceMerge]:
    """What was merged into it and can be two again, the latest first."""
    found = CompetenceMerge.objects.undoable(timezone.now()).filter(into=competence)
    return list(found.select_related("one", "made_by").order_by("-pk"))


def proposals_to(user: User) -> QuerySet[CompetenceProposal]:
    """Those written to this person: to the networks that they animate."""
    own = Membership.objects.animating().filter(user=user)
    return CompetenceProposal.objects.filter(network__in=own.values("network"))


def waiting_proposals(user: User) -> list[CompetenceProposal]:
    """The longest waiting first."""
    found = proposals_to(user).filter(state=ProposalState.WAITING)
    return list(found.select_related("network", "author", "parent").order_by("created_at", "pk"))


def proposal_to(user: User, pk: int) -> CompetenceProposal:
    return proposals_to(user).select_related("network", "author", "parent", "became", "decided_by").get(pk=pk)


def own_proposals(user: User, network: Network) -> list[CompetenceProposal]:
    """What the person proposed here, the latest first."""
    found = CompetenceProposal.objects.filter(author=user, network=network).select_related("became")
    return list(found.order_by("-created_at", "-pk")[:RECENT])


def told_of(user: User, pks: set[int]) -> dict[int, CompetenceProposal]:
    """Of proposals that somebody is told of: their own, and those written to them."""
    own = Q(author=user) & ~Q(state=ProposalState.WAITING)
    to_them = Q(pk__in=proposals_to(user).filter(state=ProposalState.WAITING).values("pk"))
    rows = CompetenceProposal.objects.filter(own | to_them).select_related("network", "became")
    return rows.in_bulk(list(pks))
