"""Declaring competences."""

from django.db import transaction
from django.utils.translation import gettext as _

from mentoring.enums import Level
from mentoring.models import Competence, DeclaredCompetence, MergedDeclaration
from mentoring.services.directory import refresh_entries
from peerhub.people.errors import DomainError
from peerhub.people.models import User

# More than that is no longer what a person is asked for.
MOST = 40


@transaction.atomic
def declare_competence(
    *, user: User, competence: Competence, level: Level, can_help: bool, evidence: str = ""
) -> DeclaredCompetence:
    """Declare a competence, or say it anew. Raises `DomainError` for a branch, a retired one, and past `MOST`."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    # Before anything is written: a merge holds the tree, and moves declarations to where this one would stand.
    current = Competence.objects.select_for_update(no_key=True).get(pk=competence.pk)
    if current.is_retired or current.children.filter(is_retired=False).exists():
        raise DomainError(_("Choisissez une compétence précise dans cette famille."))
    others = DeclaredCompetence.objects.filter(user=user).exclude(competence=competence).count()
    if others >= MOST:
        raise DomainError(
            _("Vous avez déjà déclaré %(number)s compétences : retirez-en une pour en ajouter.") % {"number": MOST}
        )
    declared, _created = DeclaredCompetence.objects.update_or_create(
        user=user,
        competence=competence,
        defaults={"level": Level(level), "can_help": can_help, "evidence": " ".join(evidence.split())},
    )
    refresh_entries("user", user.pk)
    return declared


@transaction.atomic
def withdraw_competence(*, user: User, competence: Competence) -> DeclaredCompetence | None:
    """Take a competence back; returns what was declared, so that it can be declared again. None if it was not."""
    declared = DeclaredCompetence.objects.filter(user=user, competence=competence).first()
    if declared:
        DeclaredCompetence.objects.filter(pk=declared.pk).delete()
        MergedDeclaration.objects.filter(user=user, merge__into=competence).delete()
        refresh_entries("user", user.pk)
    return declared
