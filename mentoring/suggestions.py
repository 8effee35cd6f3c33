"""Peers who declared what a text is about."""

import re

from django.contrib.auth.models import AnonymousUser

from mentoring.models import Competence, DirectoryEntry
from mentoring.queries import tree
from peerhub.people.folding import fold_name
from peerhub.people.models import Network, User

LIMIT = 3
_SMALL = {"de", "du", "des", "la", "le", "les", "et", "en", "un", "une", "au", "aux", "pour", "par", "sur", "dans"}
_SMALL |= {"the", "of", "and", "for", "in", "on", "a", "d", "l"}


def peers_for(user: User | AnonymousUser, network: Network, text: str, limit: int = LIMIT) -> list[DirectoryEntry]:
    """Others of the network that the person may see, who offer help with a competence that the text names; those who
    help with the most of it first, then by name."""
    named = [one.pk for one in tree() if one.parent_id is not None and _names(one, _roots(text))]
    if not named:
        return []
    entries = DirectoryEntry.objects.visible_to(user).with_person().filter(network=network, helps__overlap=named)
    found = list(entries.exclude(user=user.pk).order_by("name_folded", "membership_id")[:100])
    return sorted(found, key=lambda entry: -len(set(named).intersection(entry.helps)))[:limit]


def _names(competence: Competence, roots: set[str]) -> bool:
    """Whether all the words of one of its names or synonyms stand in the text."""
    return any(line and (wanted := _roots(line)) and wanted <= roots for line in competence.words.splitlines())


def _roots(text: str) -> set[str]:
    """Words without plural, and without the small ones that join them."""
    words = re.findall(r"[a-z0-9]{2,}", fold_name(text))
    return {word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words if word not in _SMALL}
