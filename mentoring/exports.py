"""A list of people as a file for a spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.utils.translation import gettext as _

from mentoring.queries.exports import Exported
from peerhub.people.enums import Language

# A spreadsheet runs what begins so, whoever wrote it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: str) -> str:
    """The same words, which no spreadsheet takes for a formula."""
    text = " ".join(cell.split()) if cell.startswith(("\t", "\r", "\n", " ")) else cell
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_of(people: Iterable[Exported]) -> str:
    """Semicolons and a byte order mark: what a French spreadsheet opens without a question."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_header())
    for one in people:
        writer.writerow([harmless(cell) for cell in _cells(one)])
    return "\ufeff" + out.getvalue()


def _header() -> list[str]:
    return [
        _("Nom"),
        _("Prénom"),
        _("Catégorie"),
        _("Fonction"),
        _("Organisation"),
        _("Territoire"),
        _("Département"),
        _("Région"),
        _("Peut aider"),
        _("Connaît aussi"),
        _("Langues"),
        _("Disponible maintenant"),
    ]


def _cells(one: Exported) -> list[str]:
    entry, user = one.entry, one.entry.user
    languages = [str(Language(value).label) for value in entry.speaks]
    return [
        user.family_name,
        user.given_name,
        str(entry.category.label),
        entry.title,
        entry.organisation.name if entry.organisation else "",
        entry.territory.name if entry.territory else "",
        one.departement,
        one.region,
        ", ".join(declared.competence.name for declared in entry.helps_with),
        ", ".join(declared.competence.name for declared in entry.knows),
        ", ".join(languages),
        _("oui") if entry.is_available else "",
    ]
