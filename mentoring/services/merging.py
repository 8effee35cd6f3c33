"""What points to a competence, handed over to the one that it becomes, and taken back.

A merge keeps the keys of what it handed over (`CompetenceMerge.handed`), for as long as it can be undone. Taken back is
what still stands where the merge put it: what was withdrawn, or pointed elsewhere since, stays as its people left it,
and what came since stays with the other. A row that went comes back with the key that it had, so that merges on merges
are undone one after the other.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils import timezone

from mentoring.enums import Level
from mentoring.models import (
    Competence,
    CompetenceBridge,
    CompetenceMerge,
    CompetenceProposal,
    DeclaredCompetence,
    Evidence,
    Mentorship,
    MergedDeclaration,
    Need,
    Support,
    Training,
)

_LEVELS = [Level.NOTIONS.value, Level.PRACTISED.value, Level.EXPERIENCED.value]
# What may stand twice, and is only pointed elsewhere.
_SIMPLE: tuple[tuple[type[Model], str], ...] = (
    (Need, "competence"),
    (Mentorship, "competence"),
    (Training, "competence"),
    (CompetenceProposal, "became"),
    (CompetenceProposal, "parent"),
    (Competence, "merged_into"),
)
# What holds several, each once.
_LISTS: tuple[tuple[Any, str], ...] = ((Support.competences, "support"), (Training.requires, "training"))
_SOURCE = ("user_id", "kind", "session_id", "post_id", "reaction_id", "mentorship_id")
_SAID = ("level", "can_help", "evidence")


def hand_over(one: Competence, other: Competence, merge: CompetenceMerge) -> None:
    """In the caller's transaction, which holds the tree. A person who had both keeps the better of the two."""
    handing = _Handing(one, other, merge)
    handing.declarations()
    handing.evidence()
    handing.bridges()
    for model, field in _SIMPLE:
        handing.point(model, field)
    for relation, owner in _LISTS:
        handing.several(relation.through, f"{owner}_id")
    merge.handed |= {"moved": handing.moved, **handing.gone}
    merge.save()


def forget_merges(now: datetime | None = None) -> int:
    """What can be undone no more; how many."""
    live = CompetenceMerge.objects.undoable(now or timezone.now())
    return CompetenceMerge.objects.exclude(pk__in=live.values("pk")).delete()[1].get(CompetenceMerge._meta.label, 0)


def take_back(merge: CompetenceMerge) -> None:
    """In the caller's transaction, which holds the tree; both competences are live again."""
    for place, pks in merge.handed["moved"].items():
        label, field = place.rsplit(".", 1)
        rows = apps.get_model(label)._base_manager.filter(pk__in=pks, **{field: merge.into_id})
        rows.update(**{field: merge.one_id})
    _return_declarations(merge)
    _return_evidence(merge)
    _return_bridges(merge)
    for place, went in merge.handed.get("lists", {}).items():
        label, owner = place.rsplit(".", 1)
        through = apps.get_model(label)
        held = through._base_manager.filter(competence=merge.into_id).values_list(owner, flat=True)
        still = set(held.filter(**{f"{owner}__in": [whose for _pk, whose in went]}))
        rows_back = [
            through(pk=pk, competence_id=merge.one_id, **{owner: whose}) for pk, whose in went if whose in still
        ]
        through._base_manager.bulk_create(rows_back, ignore_conflicts=True)


class _Handing:
    """What one merge moves, by model and field, and what it takes away."""

    def __init__(self, one: Competence, other: Competence, merge: CompetenceMerge) -> None:
        self.one, self.other, self.merge = one, other, merge
        self.moved: defaultdict[str, list[int]] = defaultdict(list)
        self.gone: dict[str, Any] = {}

    def point(self, model: type[Model], field: str) -> None:
        """All that is left at the one."""
        rows = model._base_manager.filter(**{field: self.one.pk})
        if pks := list(rows.order_by("pk").values_list("pk", flat=True)):
            self.moved[f"{model._meta.label_lower}.{field}"] += pks
            model._base_manager.filter(pk__in=pks).update(**{field: self.other.pk})

    def several(self, through: type[Model], owner: str) -> None:
        rows = through._base_manager
        both = rows.filter(competence=self.other.pk).values(owner)
        double = rows.filter(competence=self.one.pk, **{f"{owner}__in": both})
        if went := [[*row] for row in double.values_list("pk", owner)]:
            self.gone.setdefault("lists", {})[f"{through._meta.label_lower}.{owner}"] = went
            double.delete()
        self.point(through, "competence")

    def declarations(self) -> None:
        declared = DeclaredCompetence.objects.select_for_update().order_by("pk")
        theirs = {row.user_id: row for row in declared.filter(competence=self.other.pk)}
        for row in declared.filter(competence=self.one.pk, user__in=theirs):
            kept = theirs[row.user_id]
            before, went = _said(kept), {"pk": row.pk, "created_at": row.created_at.isoformat(), **_said(row)}
            kept.level = max(kept.level, row.level, key=_LEVELS.index)
            kept.can_help = kept.can_help or row.can_help
            kept.evidence = kept.evidence or row.evidence
            kept.save()
            MergedDeclaration.objects.create(
                merge=self.merge, user_id=row.user_id, gone=went, kept=before, became=_said(kept)
            )
            row.delete()
        self.point(DeclaredCompetence, "competence")

    def evidence(self) -> None:
        """What its owner hid stays hidden."""
        people = Evidence.objects.filter(competence=self.one.pk).values("user")
        theirs = Evidence.objects.filter(competence=self.other.pk, user__in=people)
        known = {tuple(getattr(row, name) for name in _SOURCE): row.pk for row in theirs}
        went = []
        for row in Evidence.objects.filter(competence=self.one.pk).order_by("pk"):
            twin = known.get(tuple(getattr(row, name) for name in _SOURCE))
            if twin is None:
                continue
            shown = Evidence.objects.filter(pk=twin, hidden_at__isnull=True)
            hidden = row.hidden_at.isoformat() if row.hidden_at else None
            went.append([row.pk, twin, hidden, bool(row.hidden_at and shown.update(hidden_at=row.hidden_at))])
            row.delete()
        self.gone["evidence"] = went
        self.point(Evidence, "competence")

    def bridges(self) -> None:
        """Those between the two are no use any more; of two that become the same, the stronger stays."""
        one, other = self.one.pk, self.other.pk
        ends = CompetenceBridge.objects.filter(Q(needed=one, offered=other) | Q(needed=other, offered=one))
        went, raised = [_built(row) for row in ends], []
        ends.delete()
        for end, far in (("needed", "offered_id"), ("offered", "needed_id")):
            theirs = {getattr(row, far): row for row in CompetenceBridge.objects.filter(**{end: other})}
            for row in CompetenceBridge.objects.filter(**{end: one, f"{far}__in": theirs}):
                twin = theirs[getattr(row, far)]
                if twin.weight < row.weight:
                    raised.append([twin.pk, twin.weight, row.weight])
                    CompetenceBridge.objects.filter(pk=twin.pk).update(weight=row.weight)
                went.append(_built(row))
                row.delete()
            self.point(CompetenceBridge, end)
        self.gone |= {"bridges": went, "raised": raised}


def _said(row: DeclaredCompetence) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SAID}


def _built(row: CompetenceBridge) -> list[int]:
    return [row.pk, row.needed_id, row.offered_id, row.weight]


def _return_declarations(merge: CompetenceMerge) -> None:
    """Of who had declared both: what the one said, and what the other did unless they said it anew; nothing of who
    withdrew it."""
    declared = DeclaredCompetence.objects.select_for_update().order_by("pk").filter(competence=merge.into_id)
    both = {row.user_id: row for row in merge.declarations.all()}
    for row in declared.filter(user__in=both):
        was = both[row.user_id]
        gone = dict(was.gone)
        made = datetime.fromisoformat(gone.pop("created_at"))
        DeclaredCompetence.objects.create(user_id=row.user_id, competence_id=merge.one_id, created_at=made, **gone)
        if _said(row) == was.became:
            DeclaredCompetence.objects.filter(pk=row.pk).update(**was.kept)


def _return_evidence(merge: CompetenceMerge) -> None:
    """From the twin that stayed: while it is there, so is its source. What its owner hid since is hidden in both."""
    twins = Evidence.objects.filter(competence=merge.into_id).in_bulk([row[1] for row in merge.handed["evidence"]])
    for pk, twin_pk, hidden, hid_twin in merge.handed["evidence"]:
        twin = twins.get(twin_pk)
        if twin is None:
            continue
        was_hidden = datetime.fromisoformat(hidden) if hidden else None
        if hid_twin:
            Evidence.objects.filter(pk=twin_pk, hidden_at=was_hidden).update(hidden_at=None)
        twin.pk, twin.competence_id, twin.hidden_at = pk, merge.one_id, was_hidden or twin.hidden_at
        twin._state.adding = True
        twin.save(force_insert=True)


def _return_bridges(merge: CompetenceMerge) -> None:
    """To what their other end has become, where it was merged since."""
    for pk, before, after in merge.handed["raised"]:
        CompetenceBridge.objects.filter(pk=pk, weight=after).update(weight=before)
    became = dict(Competence.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    rows = []
    for pk, needed, offered, weight in merge.handed["bridges"]:
        while needed in became or offered in became:
            needed, offered = became.get(needed, needed), became.get(offered, offered)
        if needed != offered:
            rows.append(CompetenceBridge(pk=pk, needed_id=needed, offered_id=offered, weight=weight))
    CompetenceBridge.objects.bulk_create(rows, ignore_conflicts=True)
