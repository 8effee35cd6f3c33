"""Who may ask to be introduced, and what the people of an introduction may do with it. Pure."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from mentoring.enums import IntroductionState
from mentoring.models import Introduced, Introduction
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict

Person = User | AnonymousUser


def can_be_introduced(membership: Membership | None) -> Verdict:
    """Whether the person may ask for a meeting each month in the network."""
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour y rencontrer des pairs."), hide=True)
    if membership.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    return Allowed()


def present(introduction: Introduction) -> list[Introduced]:
    """Who is still of it. Needs `people` loaded."""
    return sorted((one for one in introduction.people.all() if one.declined_at is None), key=lambda one: one.pk)


def place_of(user: Person, introduction: Introduction) -> Introduced | None:
    """The person's own row, whatever they answered."""
    return next((one for one in introduction.people.all() if one.user_id == user.pk), None)


def can_answer(user: Person, introduction: Introduction) -> Verdict:
    """Whether the person may accept it, decline it, or propose another moment."""
    place = place_of(user, introduction)
    if place is None:
        return Denied(_("Cette rencontre ne vous est pas ouverte."), hide=True)
    if introduction.state == IntroductionState.PLANNED:
        return Denied(_("Cette rencontre est dans vos agendas : c’est dans la séance qu’on la déplace ou l’annule."))
    if introduction.state != IntroductionState.PROPOSED or place.declined_at is not None:
        return Denied(_("Cette rencontre n’attend plus de réponse."))
    return Allowed()


def awaits(user: Person, introduction: Introduction) -> bool:
    """Whether the others wait for the person's answer."""
    place = place_of(user, introduction)
    return bool(can_answer(user, introduction)) and place is not None and place.accepted_at is None
