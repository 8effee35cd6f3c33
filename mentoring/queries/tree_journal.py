"""The trail of the tree of competences, as those who keep it read it."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mentoring.enums import TreeAct
from mentoring.models import Competence, CompetenceProposal
from mentoring.queries.curating import proposals_to
from mentoring.tree_words import COMPETENCE, Change, changes_of, ids_in
from peerhub.moderation.models import TrailEntry
from peerhub.moderation.targets import verb_label
from peerhub.people.models import Membership, User
from peerhub.ui.pagination import KeysetPage

JOURNAL_SIZE = 30


@dataclass(frozen=True)
class TreeLine:
    """One act: on a competence, on a proposal that was written to the reader, or on the whole tree."""

    entry: TrailEntry
    label: str
    changes: list[Change]
    competence: Competence | None
    proposal: CompetenceProposal | None


def tree_journal(user: User, about: Competence | None = None, before: int | None = None) -> KeysetPage[TreeLine]:
    """The newest first; of one competence, or of all. Answers to proposals are those of networks that the reader
    animates. Four queries at most."""
    tree = TrailEntry.objects.filter(network__isnull=True, target_key=COMPETENCE)
    if about:
        kept = _newest(tree.filter(Q(target_id=about.pk) | Q(facts__into=about.pk)), before)
    else:
        animated = Membership.objects.animating().filter(user=user).values("network")
        answers = TrailEntry.objects.filter(network__in=animated, verb=TreeAct.ANSWERED)
        kept = sorted([*_newest(tree, before), *_newest(answers, before)], key=lambda one: -one.pk)
    page = kept[:JOURNAL_SIZE]
    older = str(page[-1].pk) if len(kept) > JOURNAL_SIZE else None
    return KeysetPage(items=_lines(user, page), older=older)


def _newest(entries: QuerySet[TrailEntry], before: int | None) -> list[TrailEntry]:
    """Each by its index (network, id)."""
    if before is not None:
        entries = entries.filter(pk__lt=before)
    return list(entries.select_related("actor").order_by("-pk")[: JOURNAL_SIZE + 1])


def _lines(user: User, entries: list[TrailEntry]) -> list[TreeLine]:
    answered = {one.target_id for one in entries if one.verb == TreeAct.ANSWERED and one.target_id}
    proposals = proposals_to(user).select_related("became").in_bulk(answered) if answered else {}
    pointed = {one.target_id for one in entries if one.verb != TreeAct.ANSWERED and one.target_id}
    for one in entries:
        pointed |= ids_in(one.facts)
    known = Competence.objects.in_bulk(pointed) if pointed else {}
    names = {pk: one.name for pk, one in known.items()}
    return [
        TreeLine(
            entry=one,
            label=str(verb_label(one.verb)),
            changes=changes_of(one.verb, one.facts, names),
            competence=None if one.verb == TreeAct.ANSWERED else known.get(one.target_id or 0),
            proposal=proposals.get(one.target_id or 0) if one.verb == TreeAct.ANSWERED else None,
        )
        for one in entries
    ]
