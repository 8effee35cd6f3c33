"""What is asked of a directory, and what it answers: filters, facets with counts, a page of people.

Each facet counts what the *other* filters leave, so that its numbers say what one would get by choosing another
value of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from operator import and_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db import connection
from django.db.models import Case, F, Q, When
from django.db.models.lookups import GreaterThan

from mentoring.marks import AVAILABLE, LANGUAGES, SUPPORTS, values_in
from mentoring.models import Competence, DirectoryEntry
from peerhub.people.folding import fold_name
from peerhub.people.models import ActorCategory, Network, Territory

Arm = tuple[str, tuple[Any, ...]]
PAGE_SIZE = 20
# Past that a person should say more of whom they look for; nobody reads a whole directory page by page.
LAST_PAGE = 250
# Counts of everybody are kept in networks where a minute's difference cannot be seen.
KEEP_FROM = 2000
KEEP_SECONDS = 60


@dataclass(frozen=True)
class Search:
    """A question to the directory; every part may be left out."""

    words: str = ""
    competence: Competence | None = None
    category: ActorCategory | None = None
    territory: Territory | None = None
    stratum: str = ""
    organisation_kind: str = ""
    support: str = ""
    language: str = ""
    can_help: bool = False
    available: bool = False

    @property
    def filters(self) -> list[str]:
        """The names of the parts that are asked for."""
        return [one.name for one in fields(self) if getattr(self, one.name)]

    @property
    def filter_count(self) -> int:
        """How many filters are set, the words apart."""
        return sum(name != "words" for name in self.filters)

    def without(self, name: str) -> "Search":
        """The same question with one filter left out."""
        blank: dict[str, Any] = {one.name: one.default for one in fields(self)}
        changes: dict[str, Any] = {name: blank[name]}
        return replace(self, **changes)


@dataclass
class Facets:
    """Counts by facet and value (ids, slugs of enumerations; a bit position for branches), and the total."""

    total: int = 0
    counts: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, facet: str) -> Mapping[str, int]:
        return self.counts[facet]


def matching_competences(words: str, competences: Iterable[Competence]) -> list[Competence]:
    """Competences one of whose names or synonyms holds the beginning of every word, in either language.

    Plurals are free: « cantines bios » finds « cantine bio ».
    """
    asked = [singular(word) for word in fold_name(words).split()]
    if not asked or len("".join(asked)) < 2:
        return []
    return [one for one in competences if any(_holds(line.split(), asked) for line in one.words.splitlines())]


def called(words: str, competences: Iterable[Competence]) -> Competence | None:
    """The competence that has this very name or synonym, plurals aside."""
    asked = [singular(word) for word in fold_name(words).split()]
    return next((one for one in competences if any(_same(line, asked) for line in one.words.splitlines())), None)


def _same(line: str, asked: list[str]) -> bool:
    return [singular(word) for word in line.split()] == asked


def singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _holds(words: list[str], asked: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in asked)


def condition(search: Search, matched: Iterable[int] = ()) -> Q:
    """The filters of a search; `matched` are the ids of the competences that its words name."""
    q = words_condition(search.words, matched) if search.words else Q()
    for name, asked in CONDITIONS.items():
        if getattr(search, name):
            q &= asked(search)
    return q


def help_condition(search: Search) -> Q:
    """Offers help: with the competence that is asked for, or with anything."""
    return _declared(search.competence, "helps", "help_branches") if search.competence else Q(help_branches__gt=0)


def _declared(competence: Competence, column: str, branches: str) -> Q:
    """A whole branch, which many declare something of, is a bit in the narrow index; a leaf has an index of its own."""
    if competence.parent_id is None:
        return Q(GreaterThan(F(branches).bitand(1 << competence.position), 0))
    return Q(**{f"{column}__contains": [competence.pk]})


def _marked(bit: int) -> Q:
    return Q(GreaterThan(F("marks").bitand(bit), 0))


CONDITIONS: dict[str, Callable[[Search], Q]] = {
    "competence": lambda search: _declared(search.competence, "competences", "branches") if search.competence else Q(),
    "category": lambda search: Q(category=search.category),
    "territory": lambda search: Q(territory_path__contains=[search.territory and search.territory.pk]),
    "stratum": lambda search: Q(stratum=search.stratum),
    "organisation_kind": lambda search: Q(organisation_kind=search.organisation_kind),
    "support": lambda search: _marked(SUPPORTS[search.support]),
    "language": lambda search: _marked(LANGUAGES[search.language]),
    "can_help": help_condition,
    "available": lambda _search: _marked(AVAILABLE),
}


def words_condition(words: str, matched: Iterable[int]) -> Q:
    """Words are the beginnings of words of a name, a title, an organisation or a territory; or they name a
    competence, and then those who declared it, or a branch of it, are meant."""
    asked = beginnings(words)
    if not asked:
        return Q()
    ids = list(matched)
    return text_condition(asked) | Q(competences__overlap=ids) if ids else text_condition(asked)


def beginnings(words: str) -> str:
    """The text of a tsquery in which each word is the beginning of one."""
    # Folded words are letters and digits alone, so that none is an operator of the query.
    return " & ".join(f"{word}:*" for word in fold_name(words).split())


def text_condition(asked: str) -> Q:
    """What an entry says in words answers `beginnings`."""
    return Q(search=SearchQuery(asked, config="simple", search_type="raw"))


# The facets that are counted by grouping, and the columns of each. Help and the marks are counted as one.
OWN_COLUMNS = {
    "category": ("category_id",),
    "stratum": ("stratum",),
    "organisation_kind": ("organisation_kind",),
    "territory": ("region_id",),
    "competence": ("branches",),
    "marks": ("marks", "helping"),
}
# The facets that are read in the marks: one that is asked for is counted by a pass of its own.
MARKED = {"support": SUPPORTS, "language": LANGUAGES}


def facets_for(
    network: Network, search: Search, matched: Iterable[int] = (), competences: Iterable[Competence] = ()
) -> Facets:
    """All the counts, in one statement: a pass over the people for the facets without a filter of their own (with the
    total), and a pass for each facet that has one.

    The counts of a large network without any filter are kept for a minute: opening the page and setting a first
    filter then need no pass over everybody. `competences` is the tree, for who has read it.
    """
    matched = list(matched)
    if search == Search():
        return _unfiltered(network)
    facets, shared = Facets(), _shared(network, search, matched)
    branch = _branch(search.competence, competences) if search.competence else []
    # Where the words are shared, the passes read those whom they name: they need not ask for them again.
    asked = search.without("words") if shared else search
    free = [name for name in OWN_COLUMNS if not getattr(search, name, None)]
    arms = [_many(network, asked, matched, free, is_main=True)]
    for name in (*OWN_COLUMNS, *MARKED):
        if not getattr(search, name, None):
            continue
        if search.without(name) == Search():
            everybody = _unfiltered(network)
            facets.counts[name] = dict(everybody.of(name))
            if search.competence:
                facets.counts["leaf"] = dict(_unfiltered_leaves(network, branch, everybody.total).of("leaf"))
        else:
            arms.append(_many(network, asked.without(name), matched, [name], is_main=False))
    if search.territory:
        arms.append(_departements(network, asked.without("territory"), search.territory, matched))
    if search.competence and "leaf" not in facets.counts:
        arms.append(_leaves(network, asked.without("competence"), branch, matched))
    return _run(arms, facets, [name for name in MARKED if not getattr(search, name)], shared)


_COUNTED = (
    *("membership_id", "network_id", "category_id", "departement_id", "region_id", "stratum", "organisation_kind"),
    *("marks", "branches", "help_branches"),
)


def _shared(network: Network, search: Search, matched: list[int]) -> Arm | None:
    """With words and a facet that counts on its own: those whom any of the passes counts, found once for all of them.
    They stand under the name of the table, which the passes ask."""
    own = [name for name in (*OWN_COLUMNS, *MARKED) if getattr(search, name, None)]
    if not own or not fold_name(search.words):
        return None
    some = _all_but_one(search, own) & words_condition(search.words, matched)
    found = DirectoryEntry.objects.filter(some, network=network).order_by()
    columns = [*_COUNTED, *(("competences", "helps") if search.competence else ())]
    columns += ["territory_path"] if search.territory else []
    text, params = found.values_list(*columns).query.sql_with_params()
    return f"WITH {DirectoryEntry._meta.db_table} AS MATERIALIZED ({text}) ", params


def _all_but_one(search: Search, own: list[str]) -> Q:
    """What each pass asks at least: all the filters of facets, or all but the one of the facet that it counts."""
    asked = {name: CONDITIONS[name](search) for name in own}
    some = Q()
    for left_out in own:
        some |= reduce(and_, (q for name, q in asked.items() if name != left_out), Q())
    # Help with anything: the pass that leaves the competence out asks no more.
    some &= Q(help_branches__gt=0) if search.can_help else Q()
    return some & CONDITIONS["available"](search) if search.available else some


def _unfiltered(network: Network) -> Facets:
    key = f"directory.facets.{network.pk}"
    facets: Facets | None = cache.get(key)
    if facets is None:
        facets = _run([_many(network, Search(), [], list(OWN_COLUMNS), is_main=True)], Facets())
        if facets.total > KEEP_FROM:
            cache.set(key, facets, KEEP_SECONDS)
    return facets


def _branch(competence: Competence, known: Iterable[Competence]) -> list[int]:
    """The root of a competence, then all below it that is offered."""
    root = competence.path[0]
    found = known or Competence.objects.filter(path__0=root, is_retired=False)
    return [root, *sorted(one.pk for one in found if one.path[0] == root and one.pk != root)]


def _unfiltered_leaves(network: Network, branch: list[int], people: int) -> Facets:
    key = f"directory.leaves.{network.pk}.{branch[0]}"
    facets: Facets | None = cache.get(key)
    if facets is None:
        facets = _run([_leaves(network, Search(), branch, [])], Facets())
        if people > KEEP_FROM:
            cache.set(key, facets, KEEP_SECONDS)
    return facets


def _run(arms: list[Arm], facets: Facets, marked: Iterable[str] = tuple(MARKED), shared: Arm | None = None) -> Facets:
    """Run the passes as one statement. `marked` are the facets that are read in the marks of the main one."""
    before, first = shared or ("", ())
    sql = before + " UNION ALL ".join(f"({text})" for text, _params in arms)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*first, *(param for _text, params in arms for param in params)])
        _read(cursor.fetchall(), facets, marked)
    return facets


def _base(network: Network, search: Search, matched: list[int], *columns: str, **more: Any) -> Arm:
    """The statement of the people that a search finds, with the columns to count by."""
    entries = DirectoryEntry.objects.filter(condition(search, matched), network=network, **more).order_by()
    if "helping" in columns:
        entries = entries.annotate(helping=Case(When(help_condition(search), then=1), default=0))
    sql, params = entries.values_list(*columns).query.sql_with_params()
    return sql, params


def _many(network: Network, search: Search, matched: list[int], names: list[str], *, is_main: bool) -> Arm:
    """One pass that groups by the columns of each facet in turn, and by nothing, for the total of the main pass. Each
    row says which facet, which value, and, of marks, whether the people help."""
    columns = {name: _columns(search, name) for name in names}
    wanted = dict.fromkeys(column for group in columns.values() for column in group)
    base, params = _base(network, search, matched, "membership_id", *wanted)
    total = "total" if is_main else ""
    name = "".join(f" WHEN GROUPING({group[0]}) = 0 THEN '{name}'" for name, group in columns.items())
    value = "".join(f" WHEN GROUPING({group[0]}) = 0 THEN {group[0]}::text" for group in columns.values())
    helping = "helping" if "helping" in wanted else "0"
    sets = ", ".join(["()", *(f"({', '.join(group)})" for group in columns.values())])
    labels = f"CASE{name} ELSE '{total}' END, CASE{value} END, {helping}" if columns else f"'{total}', NULL::text, 0"
    return f"SELECT {labels}, count(*) FROM ({base}) base GROUP BY GROUPING SETS ({sets})", params  # noqa: S608


def _columns(search: Search, name: str) -> tuple[str, ...]:
    if name in MARKED:
        return ("marks",)
    return ("help_branches",) if name == "competence" and search.can_help else OWN_COLUMNS[name]


def _departements(network: Network, others: Search, territory: Territory, matched: list[int]) -> Arm:
    """The départements of the région that was chosen, or that the chosen territory lies in."""
    region = region_of(territory).pk
    base, params = _base(network, others, matched, "membership_id", "departement_id", territory_path__contains=[region])
    sql = f"SELECT 'departement', departement_id::text, 0, count(*) FROM ({base}) base GROUP BY departement_id"  # noqa: S608
    return sql, params


def region_of(territory: Territory) -> Territory:
    """The région of a territory, or the widest perimeter above it (a collectivity has no région)."""
    while territory.parent:
        territory = territory.parent
    return territory


def _leaves(network: Network, others: Search, branch: list[int], matched: list[int]) -> Arm:
    """The competences of a branch, its root first. Each is looked for in what people declared: taking apart all that
    everybody declared would take three times as long."""
    column = "helps" if others.can_help else "competences"
    base, params = _base(network, others, matched, "membership_id", column, **{f"{column}__contains": [branch[0]]})
    each = ", ".join(f"count(*) FILTER (WHERE {column} @> ARRAY[%s::bigint])" for _one in branch)
    sql = (
        "SELECT 'leaf', found.leaf::text, 0, found.number FROM "  # noqa: S608
        f"(SELECT ARRAY[{each}] AS numbers FROM ({base}) base) counted, "
        "unnest(%s::bigint[], counted.numbers) AS found(leaf, number) WHERE found.number > 0"
    )
    return sql, (*branch, *params, branch)


def _read(rows: list[tuple[str, str | None, int | None, int]], facets: Facets, marked: Iterable[str]) -> None:
    for facet, value, helping, number in rows:
        if facet == "total":
            facets.total = number
        elif facet == "competence":
            _add_branches(facets.counts["competence"], int(value or 0), number)
        elif facet == "marks":
            _add(facets.counts["can_help"], str(helping or 0), number)
            _add(facets.counts["available"], str(int(value or 0) & AVAILABLE), number)
            for name in marked:
                _add_marks(facets.counts[name], MARKED[name], int(value or 0), number)
        elif facet in MARKED:
            _add_marks(facets.counts[facet], MARKED[facet], int(value or 0), number)
        elif value:
            facets.counts[facet][value] = number


def _add(counts: dict[str, int], value: str, number: int) -> None:
    counts[value] = counts.get(value, 0) + number


def _add_marks(counts: dict[str, int], known: dict[str, int], marks: int, number: int) -> None:
    for value in values_in(marks, known):
        _add(counts, value, number)


def _add_branches(branches: dict[str, int], mask: int, number: int) -> None:
    """People are grouped by the set of their branches: each of them gets the group's number."""
    while mask:
        bit = mask & -mask
        _add(branches, str(bit.bit_length() - 1), number)
        mask ^= bit
