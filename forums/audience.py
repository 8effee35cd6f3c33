"""Who reads what one writes, in words: nobody should ever wonder."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.queries.lens import every_category
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle


def circle_label(circle: Circle) -> str:
    """« Réseau · 350 membres »: for the badge of a space. Needs `category` and `delegation` loaded."""
    if circle.kind == CircleKind.PUBLIC:
        return _("Ouvert à tout le monde")
    people = ngettext("%(count)s personne", "%(count)s personnes", circle.member_count) % {"count": circle.member_count}
    if circle.kind == CircleKind.NETWORK:
        people = ngettext("%(count)s membre", "%(count)s membres", circle.member_count) % {"count": circle.member_count}
    return f"{capfirst(name_of_circle(circle))} · {people}"


def name_of_circle(circle: Circle) -> str:
    """Whom it gathers, in the active language."""
    if circle.kind == CircleKind.CATEGORIES:
        return ", ".join(str(one.plural) for one in every_category() if one.pk in circle.categories)
    return str(circle.label)


def readers_sentence(circle: Circle) -> str:
    """« Sera lu par les 350 membres du réseau »: for a composer. Needs `category` and `delegation` loaded."""
    count = {"count": circle.member_count, "name": name_of_circle(circle)}
    if circle.kind == CircleKind.PUBLIC:
        return _("Sera lisible par tout le monde, sur le web")
    if circle.kind == CircleKind.NETWORK:
        return (
            ngettext(
                "Sera lu par le seul membre du réseau",
                "Sera lu par les %(count)s membres du réseau",
                circle.member_count,
            )
            % count
        )
    if circle.is_confidential:
        return (
            ngettext(
                "Confidentiel : lu par %(count)s personne, et nulle autre",
                "Confidentiel : lu par ces %(count)s personnes, et nulle autre",
                circle.member_count,
            )
            % count
        )
    return (
        ngettext(
            "Sera lu par %(count)s personne : %(name)s",
            "Sera lu par %(count)s personnes : %(name)s",
            circle.member_count,
        )
        % count
    )
