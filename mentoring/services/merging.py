"""What points to a competence, handed over to the one that it becomes."""

from typing import Any

from django.db.models import Model, Q

from mentoring.enums import Level
from mentoring.models import (
    Competence,
    CompetenceBridge,
    CompetenceProposal,
    DeclaredCompetence,
    Evidence,
    Mentorship,
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


def hand_over(one: Competence, other: Competence) -> None:
    """In the caller's transaction, which holds the tree. A person who had both keeps the better of the two."""
    _declarations(one, other)
    _evidence(one, other)
    _bridges(one, other)
    for model, field in _SIMPLE:
        model._default_manager.filter(**{field: one.pk}).update(**{field: other.pk})
    for relation, owner in _LISTS:
        rows = relation.through.objects
        both = rows.filter(competence=other.pk).values(owner)
        rows.filter(competence=one.pk, **{f"{owner}__in": both}).delete()
        rows.filter(competence=one.pk).update(competence=other.pk)


def _declarations(one: Competence, other: Competence) -> None:
    theirs = {row.user_id: row for row in DeclaredCompetence.objects.select_for_update().filter(competence=other.pk)}
    for row in DeclaredCompetence.objects.select_for_update().filter(competence=one.pk, user__in=theirs):
        kept = theirs[row.user_id]
        kept.level = max(kept.level, row.level, key=_LEVELS.index)
        kept.can_help = kept.can_help or row.can_help
        kept.evidence = kept.evidence or row.evidence
        kept.save()
        row.delete()
    DeclaredCompetence.objects.filter(competence=one.pk).update(competence=other.pk)


def _evidence(one: Competence, other: Competence) -> None:
    """What its owner hid stays hidden."""
    people = Evidence.objects.filter(competence=one.pk).values("user")
    theirs = {row.pop("pk"): tuple(row.values()) for row in _sources(other).filter(user__in=people)}
    known = {source: pk for pk, source in theirs.items()}
    for row in Evidence.objects.filter(competence=one.pk):
        twin = known.get(tuple(getattr(row, name) for name in _SOURCE))
        if twin is None:
            continue
        if row.hidden_at:
            Evidence.objects.filter(pk=twin, hidden_at__isnull=True).update(hidden_at=row.hidden_at)
        row.delete()
    Evidence.objects.filter(competence=one.pk).update(competence=other.pk)


def _sources(competence: Competence) -> Any:
    return Evidence.objects.filter(competence=competence.pk).values("pk", *_SOURCE)


def _bridges(one: Competence, other: Competence) -> None:
    """Those between the two are no use any more; of two that become the same, the stronger stays."""
    ends = Q(needed=one.pk, offered=other.pk) | Q(needed=other.pk, offered=one.pk)
    CompetenceBridge.objects.filter(ends).delete()
    for end, far in (("needed", "offered_id"), ("offered", "needed_id")):
        theirs = {getattr(row, far): row for row in CompetenceBridge.objects.filter(**{end: other.pk})}
        for row in CompetenceBridge.objects.filter(**{end: one.pk}):
            twin = theirs.get(getattr(row, far))
            if twin is None:
                CompetenceBridge.objects.filter(pk=row.pk).update(**{end: other.pk})
                continue
            CompetenceBridge.objects.filter(pk=twin.pk, weight__lt=row.weight).update(weight=row.weight)
            row.delete()
