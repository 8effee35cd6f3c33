"""Reads of people. Each raises the model's `DoesNotExist` for what the person may not see."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from peerhub.people.enums import JoinPolicy, MembershipStatus, TerritoryKind
from peerhub.people.folding import fold_name
from peerhub.people.models import Affiliation, Membership, Network, Territory, User


def network_for(user: User | AnonymousUser, slug: str) -> Network:
    return Network.objects.visible_to(user).get(slug=slug)


def own_network_for(user: User | AnonymousUser, slug: str) -> tuple[Network, Membership]:
    """A network that the person is an active member of, and the membership with its hat: one query."""
    if not user.is_authenticated:
        raise Network.DoesNotExist
    membership = (
        Membership.objects.active()
        .with_hat()
        .select_related("network")
        .filter(user_id=user.pk, network__slug=slug)
        .first()
    )
    if membership is None:
        raise Network.DoesNotExist
    return membership.network, membership


def membership_for(user: User | AnonymousUser, network: Network) -> Membership | None:
    """The person's active membership with its hat, or None."""
    if not user.is_authenticated:
        return None
    return Membership.objects.active().with_hat().filter(user_id=user.pk, network=network).first()


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The person's active memberships with network and hat, by name of network."""
    if not user.is_authenticated:
        return Membership.objects.none()
    return (
        Membership.objects.active()
        .with_hat()
        .select_related("network")
        .filter(user_id=user.pk)
        .order_by("network__name")
    )


def joinable_networks(user: User | AnonymousUser) -> QuerySet[Network]:
    """Public networks that the person is not in, the open ones first."""
    networks = Network.objects.filter(is_public=True)
    if user.is_authenticated:
        inside = Membership.objects.filter(user_id=user.pk, status=MembershipStatus.ACTIVE).values("network_id")
        networks = networks.exclude(pk__in=inside)
    return networks.order_by(Case(When(join_policy=JoinPolicy.OPEN, then=0), default=1), "name")


def affiliations_of(user: User) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(user=user).select_related("category", "territory", "organisation").order_by("pk")


def search_territories(words: str, *, kinds: tuple[TerritoryKind, ...] = (), limit: int = 10) -> list[Territory]:
    """Territories by the beginnings of words of their name, by official code, or by postcode.

    Exact names first, then the beginnings of names, then the most peopled. Accents, case and hyphens are free.
    """
    folded = fold_name(words)
    if len(folded) < 2:
        return []
    code = folded.replace(" ", "").upper()
    if code[0].isdigit():
        territories = Territory.objects.filter(Q(code=code) | Q(postcodes__contains=[code]))
    else:
        # Folded words are letters and digits alone, so that none is an operator of the query.
        prefixes = SearchQuery(" & ".join(f"{word}:*" for word in folded.split()), config="simple", search_type="raw")
        territories = Territory.objects.annotate(words=SearchVector("name_folded", config="simple")).filter(
            words=prefixes
        )
    if kinds:
        territories = territories.filter(kind__in=kinds)
    rank = Case(
        When(name_folded=folded, then=Value(0)),
        When(name_folded__startswith=folded, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(
        territories.annotate(rank=rank)
        .select_related("parent")
        .order_by("rank", F("population").desc(nulls_last=True), Length("name"), "pk")[:limit]
    )
