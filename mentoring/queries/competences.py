"""Reads of the tree of competences, and of what people declared."""

from collections.abc import Iterable

from mentoring.models import Competence, DeclaredCompetence
from peerhub.people.models import User


def tree() -> list[Competence]:
    """Every competence that is offered, a parent before its children; the tree in one query."""
    found = list(Competence.objects.filter(is_retired=False).order_by("position", "slug"))
    by_parent: dict[int | None, list[Competence]] = {}
    for one in found:
        by_parent.setdefault(one.parent_id, []).append(one)
    return list(_walk(None, by_parent))


def _walk(parent: int | None, by_parent: dict[int | None, list[Competence]]) -> Iterable[Competence]:
    for one in by_parent.get(parent, []):
        yield one
        yield from _walk(one.pk, by_parent)


def competence_by_slug(slug: str) -> Competence:
    return Competence.objects.select_related("parent").get(slug=slug)


def became_of(competence: Competence) -> Competence:
    """What a competence that was merged is now."""
    return Competence.objects.get(merged=competence)


def declared_by(user: User) -> list[DeclaredCompetence]:
    """A person's own competences, in the order of the tree."""
    return list(
        DeclaredCompetence.objects.filter(user=user)
        .select_related("competence__parent")
        .order_by("competence__parent__position", "competence__position")
    )


def declaration_of(user: User, competence: Competence) -> DeclaredCompetence | None:
    return DeclaredCompetence.objects.filter(user=user, competence=competence).first()


def competences_by_id(pks: Iterable[int]) -> dict[int, Competence]:
    return Competence.objects.in_bulk(list(pks))
