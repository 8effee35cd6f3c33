"""Reads of the directory. Each raises the model's `DoesNotExist` for what the person may not see."""

from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast

from mentoring.directory import (
    LAST_PAGE,
    PAGE_SIZE,
    Facets,
    Search,
    beginnings,
    condition,
    facets_for,
    matching_competences,
    singular,
    text_condition,
)
from mentoring.fit import Keys, Likeness, Order, alike, order_for, wanted_of
from mentoring.models import Competence, DeclaredCompetence, DirectoryChoices, DirectoryEntry
from mentoring.queries.competences import tree
from peerhub.caching import recent
from peerhub.people.folding import fold_name
from peerhub.people.models import Membership, Network, User
from peerhub.people.prepared import Marks, Prepared, PreparedInstances
from peerhub.ui.pagination import Page


@dataclass(frozen=True)
class Person:
    """Someone as a directory shows them: first what was asked for, of what they help with and of what they know; and
    what they have in common with who looks."""

    entry: DirectoryEntry
    helps: list[DeclaredCompetence]
    knows: list[DeclaredCompetence]
    alike: tuple[Likeness, ...] = ()


@dataclass(frozen=True)
class DirectoryPage:
    """What a search of the directory answers."""

    page: Page[Person]
    facets: Facets
    competences: list[Competence]
    matched: list[Competence]
    order: Order


class PageTooFar(LookupError):
    """There is no such page."""


def directory_page(
    network: Network,
    search: Search,
    number: int = 1,
    *,
    mine: DirectoryEntry | None = None,
    is_by_name: bool = False,
) -> DirectoryPage:
    """One page of the people that a search finds, with every facet: those first who fit best who has the entry `mine`
    in the network; or by name. Raises `PageTooFar`."""
    competences = tree()
    matched = matching_competences(search.words, competences)
    ids = [one.pk for one in matched]
    facets = facets_for(network, search, ids, competences)
    page_count = min(LAST_PAGE, max(1, -(-facets.total // PAGE_SIZE)))
    if number > page_count:
        raise PageTooFar
    found = DirectoryEntry.objects.filter(condition(search, ids), network=network)
    order = Order(is_by_name=True) if is_by_name else order_for(search, ids, mine, facets.total)
    keys = Keys(found, search, ids, mine, order).page((number - 1) * PAGE_SIZE, PAGE_SIZE)
    wanted = set(wanted_of(search, ids)) | set(ids)
    return DirectoryPage(
        page=Page(
            items=[_person(entry, wanted, mine) for entry in _in_order(keys)],
            number=number,
            page_count=page_count,
            total=facets.total,
        ),
        facets=facets,
        competences=competences,
        matched=matched,
        order=order,
    )


def own_entry(membership: Membership) -> DirectoryEntry | None:
    """The entry of a member in their network; None for who is not listed."""
    return DirectoryEntry.objects.filter(pk=membership.pk).first()


def _person(entry: DirectoryEntry, wanted: set[int], mine: DirectoryEntry | None) -> Person:
    """What they know without helping shows only where it was asked for: it is why they were found."""

    def asked(one: DeclaredCompetence) -> bool:
        return not wanted.isdisjoint(one.competence.path)

    return Person(
        entry=entry,
        helps=sorted(entry.helps_with, key=lambda one: not asked(one)),
        knows=[one for one in entry.knows if asked(one)],
        alike=alike(mine, entry) if mine and mine.pk != entry.pk else (),
    )


def _in_order(pks: list[int]) -> list[DirectoryEntry]:
    """The entries of these keys in this order: only they are joined with their people, not all that were sorted."""
    entries = DirectoryEntry.objects.with_person().prefetch_related(declared_of_user()).in_bulk(pks)
    return [entries[pk] for pk in pks if pk in entries]


def declared_of_user() -> Prefetch[str]:
    declared = DeclaredCompetence.objects.select_related("competence").order_by(
        "-can_help", "competence__parent__position", "competence__position"
    )
    return Prefetch("user__declared_competences", queryset=declared, to_attr="declared")


def entry_for(user: User | AnonymousUser, network: Network, user_pk: int) -> DirectoryEntry:
    """A person's entry in a network that `user` is in, with `declared` on its user."""
    return (
        DirectoryEntry.objects.visible_to(user)
        .with_person()
        .select_related("membership__network")
        .prefetch_related(declared_of_user())
        .get(network=network, user_id=user_pk)
    )


def own_profile(membership: Membership) -> DirectoryEntry:
    """One's own entry, as others see it; for who is not listed, a blank one that nobody else can open."""
    entries = (
        DirectoryEntry.objects.with_person().select_related("membership__network").prefetch_related(declared_of_user())
    )
    entry = entries.filter(pk=membership.pk).first()
    if entry is None:
        entry = DirectoryEntry(
            membership=membership,
            network=membership.network,
            user=membership.user,
            category=membership.affiliation.category,
        )
        entry.user.declared = []  # type: ignore[attr-defined]
    return entry


def choices_of(user_id: int) -> DirectoryChoices:
    """What the person lets the directory show; the defaults, not yet written, without a row."""
    return DirectoryChoices.objects.filter(pk=user_id).first() or DirectoryChoices(user_id=user_id)


PEOPLE = 10
_PLACES = [f"entry_{number}" for number in range(PEOPLE)]
_SHOWN = (
    *("network__slug", "user__given_name", "user__family_name", "category__slug", "territory__name"),
    "title",
)
_shown = PreparedInstances(
    lambda marks: (
        DirectoryEntry.objects.select_related("user", "network", "category", "territory")
        .only(*_SHOWN)
        .filter(pk__in=[marks.integer(place) for place in _PLACES])
    )
)


class _BeginsWith(Func):
    """A pattern that holds no sign of its own but the last: Django's own lookup writes one around a value."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()


@cache
def _found(limit: int, *, in_network: bool) -> Prepared:
    """(0, person, entry) of those whose family name begins so, (1, ...) of the others. Each is read by the order of
    names: of thousands who know a thing, the first few. A person has an entry in each network: twice the limit leaves
    enough after taking each once."""

    def build(marks: Marks) -> QuerySet[DirectoryEntry, tuple[int, int, int]]:
        entries = DirectoryEntry.objects.visible_to(marks.person())
        if in_network:
            entries = entries.filter(network=marks.integer("network"))
        competences = Cast(Value(marks.text("competences")), ArrayField(BigIntegerField()))
        found = entries.filter(text_condition(marks.text("words")) | Q(competences__overlap=competences))
        is_named_so = _BeginsWith(F("name_folded"), Value(marks.text("beginning")))
        found = found.order_by("name_folded", "membership_id")
        named = found.filter(is_named_so).values_list(Value(0), "user_id", "pk")
        others = found.exclude(is_named_so).values_list(Value(1), "user_id", "pk")
        return named[: limit * 2].union(others[: limit * 2], all=True)

    return Prepared(build, is_planned_once=False)


def search_people(
    user: User | AnonymousUser, network: Network | None, words: str, limit: int = PEOPLE
) -> list[DirectoryEntry]:
    """The people that `user` may see (of one network, or of all theirs, each once) whom the words name, or whose
    competences they name; those whose family name begins with the words first. PEOPLE of them at most. Two queries."""
    folded = fold_name(words)
    if len(folded) < 2 or not user.is_active:
        return []
    asked = {
        "user": user.pk,
        "words": beginnings(words),
        "competences": f"{{{','.join(map(str, _named(words)))}}}",
        "beginning": f"{folded}%",
    }
    in_network = {"network": network.pk} if network else {}
    once: dict[int, int] = {}
    rows = _found(limit, in_network=bool(network)).rows(**asked, **in_network)
    for _arm, user_id, pk in sorted(rows, key=itemgetter(0)):
        once.setdefault(user_id, pk)
    # Only those that are shown are joined with what is shown of them.
    wanted = list(once.values())[:limit]
    places = dict.fromkeys(_PLACES, 0) | dict(zip(_PLACES, wanted, strict=False))
    shown = {entry.pk: entry for entry in _shown.all(**places)} if wanted else {}
    return [shown[pk] for pk in wanted if pk in shown]


def person_seen(user: User, network: int | None, pk: int) -> User:
    """Somebody else of the directory (of one network, or of all those of `user`), as a form means them; raises
    `DirectoryEntry.DoesNotExist`."""
    entries = DirectoryEntry.objects.visible_to(user).exclude(user=user).select_related("user").filter(user_id=pk)
    found = (entries.filter(network=network) if network else entries).first()
    if found is None:
        raise DirectoryEntry.DoesNotExist
    return found.user


def _named(words: str) -> list[int]:
    """Keys of the competences that the words name; most of the tree is set aside by the first word."""
    first = singular(fold_name(words).split()[0])
    return [one.pk for one in matching_competences(words, (one for one in _offered() if first in one.words))]


@recent
def _offered() -> list[Competence]:
    """The same for everyone, kept for a moment."""
    return list(Competence.objects.filter(is_retired=False).only("pk", "words"))
