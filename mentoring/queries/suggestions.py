"""Who could help with a need, as its author may see it: candidates found in SQL, facts read for a few hundred of them,
and scored by `mentoring.matching`, which is pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Avg, Count
from django.utils import timezone

from mentoring.enums import SuggestionState
from mentoring.matching.reasons import Reason
from mentoring.matching.score import NEAR, Asked, Declared, Fit, Peer, best_peers, fit_of, may_be_proposed
from mentoring.models import (
    Competence,
    CompetenceBridge,
    DeclaredCompetence,
    DirectoryChoices,
    DirectoryEntry,
    Evidence,
    Feedback,
    MentoringProfile,
    Need,
    NeedSuggestion,
)
from mentoring.naming import named_in
from mentoring.queries.among import among
from mentoring.queries.answers import answers_of
from mentoring.queries.competences import tree
from mentoring.queries.evidence import evidence_for
from mentoring.queries.links import never_with, not_again
from mentoring.queries.load import loads_of
from mentoring.queries.territories import PLACE, place_from, place_of
from peerhub.people.models import User

# Read in full of those whom the statement below finds: many more than are shown, few enough to be read at once.
CANDIDATES = 120
# With fewer than these who offer help with the very thing, those who know something near to it are read too.
FEW = 20
PROVEN = 40
# How long having been proposed weighs on being proposed again.
WINDOW = timedelta(days=30)
# A mean of feedback begins with so many answers of 4: one harsh word does not hide somebody.
PRIOR, PRIOR_MEAN = 2, 4.0

# The narrowest facts that the directory copies stand for the score: mandate, size and region. Among equals, another
# order for each need: the same few are not read each time.
_NEAREST = """
SELECT user_id FROM mentoring_directoryentry
WHERE network_id = %(network)s AND {column} && %(competences)s::bigint[]
  AND NOT user_id = ANY(%(never)s::bigint[])
ORDER BY (category_id = %(category)s)::int * 2 + (stratum = %(stratum)s)::int * 2
  + coalesce((region_id = %(region)s::bigint)::int, 0) DESC, hashint8(user_id # %(need)s::bigint)
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Suggestion:
    """A peer as the page shows it: who, and why."""

    row: NeedSuggestion
    entry: DirectoryEntry
    reasons: list[Reason]


def best_for(need: Need, *, limit: int, leaving_out: Collection[int] = ()) -> list[Fit]:
    """The peers to propose to the author of the need, the best first. Needs its author, network, competence and
    territory with traits."""
    wanted = wanted_of(need)
    if not wanted:
        return []
    never = never_with(need.author_id, need.network) | not_again(need.author_id) | {need.author_id, *leaving_out}
    asked, mine = _asked(need, wanted)
    found = _candidates(need, wanted, mine, never)
    return best_peers(asked, _peers(need, asked, found), timezone.now(), limit=limit)


def suggestions_for(author: User, need: Need, wanted: Mapping[int, float] | None = None) -> list[Suggestion]:
    """What is proposed now, in the order in which it was found. Who may no longer be proposed is left out, and each
    reason is read anew, as the author may see it today. `wanted` is `wanted_of(need)`, for who has it already."""
    rows = list(NeedSuggestion.objects.filter(need=need, state=SuggestionState.PROPOSED).order_by("rank", "pk"))
    never = never_with(need.author_id, need.network)
    asked, _mine = _asked(need, wanted_of(need) if wanted is None else wanted)
    ids = [row.peer_id for row in rows if row.peer_id not in never]
    peers = {one.user_id: one for one in _peers(need, asked, ids)}
    entries = DirectoryEntry.objects.visible_to(author).with_person().filter(network=need.network_id, user__in=ids)
    shown = {entry.user_id: entry for entry in entries}
    now = timezone.now()
    return [
        Suggestion(row, shown[row.peer_id], list(fit_of(asked, peers[row.peer_id], now).reasons))
        for row in rows
        if row.peer_id in shown
        and row.peer_id in peers
        and may_be_proposed(asked, replace(peers[row.peer_id], shown=0))
    ]


def wanted_of(need: Need) -> dict[int, float]:
    """The competences that answer the need, and how directly: the one it names (of a branch: each of its leaves), what
    it is bridged to, and a little the others of its branch. Without one, those that its words name."""
    chosen = _chosen(need.competence)
    if chosen is None:
        return dict.fromkeys(named_in(f"{need.title} {need.details}", tree()), 1.0)
    family = chosen.path[0] if chosen.path else chosen.pk
    leaves = Competence.objects.filter(parent=family, is_retired=False).order_by("pk").values_list("pk", flat=True)
    wanted = dict.fromkeys(leaves, NEAR)
    if chosen.parent_id is None:
        return dict.fromkeys(wanted, 0.8)
    bridges = CompetenceBridge.objects.filter(needed=chosen, offered__is_retired=False)
    for offered, weight in bridges.values_list("offered", "weight"):
        wanted[offered] = max(wanted.get(offered, 0), weight / 100)
    return wanted | {chosen.pk: 1.0}


def _chosen(competence: Competence | None) -> Competence | None:
    """A competence that was merged is what it became."""
    while competence is not None and competence.merged_into is not None:
        competence = competence.merged_into
    return competence


def _asked(need: Need, wanted: Mapping[int, float]) -> tuple[Asked, DirectoryEntry | None]:
    """The need as matching takes it, and its author's entry in the network."""
    mine = (
        DirectoryEntry.objects.select_related("territory__traits")
        .filter(network=need.network_id, user=need.author_id)
        .first()
    )
    territory = need.territory or (mine.territory if mine else None)
    profile = MentoringProfile.objects.filter(user=need.author_id).first()
    languages = profile.languages if profile else [need.author.language]
    asked = Asked(
        wanted=wanted,
        category_id=mine.category_id if mine else None,
        place=place_of(territory) if territory else None,
        languages=frozenset(languages),
    )
    return asked, mine


def _candidates(
    need: Need, wanted: Mapping[int, float], mine: DirectoryEntry | None, never: Collection[int]
) -> list[int]:
    """People (ids) of the network who offer help with it, nearest first; then who proved it; then who is near it."""
    direct = [pk for pk, worth in wanted.items() if worth > NEAR]
    found = _nearest("helps", direct, need, mine, never)
    proven = (
        Evidence.objects.visible_to(need.author)
        .filter(competence__in=direct, user__memberships__network=need.network_id)
        .exclude(user__in=never)
        .values("user")
        .annotate(number=Count("pk"))
        .order_by("-number", "user")
        .values_list("user", flat=True)[:PROVEN]
    )
    found = list(dict.fromkeys([*found, *proven]))
    if len(found) < FEW:
        found = list(dict.fromkeys([*found, *_nearest("competences", list(wanted), need, mine, never)]))
    return found


def _nearest(
    column: str, competences: list[int], need: Need, mine: DirectoryEntry | None, never: Collection[int]
) -> list[int]:
    if not competences:
        return []
    territory = need.territory or (mine.territory if mine else None)
    traits = getattr(territory, "traits", None) if territory else None
    facts = {
        "network": need.network_id,
        "competences": competences,
        "never": list(never),
        "category": mine.category_id if mine else 0,
        "stratum": territory.stratum if territory else "",
        "region": traits.region_id if traits else (mine.region_id if mine else None),
        "need": need.pk,
        "limit": CANDIDATES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST.format(column=column), facts)
        return [row[0] for row in cursor.fetchall()]


def _peers(need: Need, asked: Asked, user_ids: Iterable[int]) -> list[Peer]:
    """What is known of these people, as the author of the need may see it: eleven queries for any number of them."""
    ids, now = list(user_ids), timezone.now()
    # As tuples: a hundred instances with their places would take as long as all the rest.
    entries = (
        DirectoryEntry.objects.visible_to(need.author)
        .filter(among("user", ids), network=need.network_id)
        .values_list("user", "category", "user__language", "user__directory_choices__shows_availability", *PLACE)
    )
    declared: dict[int, dict[int, Declared]] = {pk: {} for pk in ids}
    hidden = DirectoryChoices.objects.filter(shows_competences=False).values("user")
    rows = DeclaredCompetence.objects.filter(among("user", ids), among("competence", asked.wanted))
    rows = rows.exclude(user__in=hidden)
    for user, competence, level, can_help in rows.values_list("user", "competence", "level", "can_help"):
        declared[user][competence] = Declared(level, can_help)
    evidence = evidence_for(need.author, ids, list(asked.wanted))
    loads, answers = loads_of(ids, timezone.localdate()), answers_of(ids, now)
    shown, feedback = _shown(need, ids, now), _feedback(ids)
    peers = []
    for pk, category, language, shows_availability, *facts in entries:
        load, answer = loads[pk], answers[pk]
        peers.append(
            Peer(
                user_id=pk,
                category_id=category,
                place=place_from(facts),
                declared=declared[pk],
                evidence=evidence.get(pk, {}),
                languages=frozenset(load.languages or [language]),
                room=load.room,
                tells_room=shows_availability is not False,
                is_open=load.is_suggested and not load.is_away and not load.is_not_now,
                pending=load.pending,
                shown=shown[pk],
                asked=answer.asked,
                answered=answer.answered,
                median_hours=answer.median_hours,
                feedback=feedback.get(pk),
            )
        )
    return peers


def _shown(need: Need, ids: list[int], now: datetime) -> Counter[int]:
    """How often each was proposed to others in the window."""
    rows = NeedSuggestion.objects.filter(among("peer", ids), suggested_at__gte=now - WINDOW).exclude(need=need)
    return Counter(dict(rows.values("peer").annotate(number=Count("pk")).values_list("peer", "number")))


def _feedback(ids: list[int]) -> dict[int, float]:
    """What was said of each in private, drawn towards the middle; of whom nobody spoke, nothing."""
    rows = Feedback.objects.filter(among("about", ids)).values("about")
    rows = rows.annotate(number=Count("pk"), mean=Avg("usefulness"))
    return {
        about: (mean * number + PRIOR * PRIOR_MEAN) / (number + PRIOR)
        for about, number, mean in rows.values_list("about", "number", "mean")
    }
