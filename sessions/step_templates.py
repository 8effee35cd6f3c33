"""The steps that each format of session begins with, in the words of the source."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sessions.enums import Format


@dataclass(frozen=True)
class Step:
    title: str
    minutes: int
    note: str = ""


_WELCOME = Step(gettext_noop("Accueil et tour de table"), 15)
_CLOSE = Step(gettext_noop("Ce que chacun·e emporte"), 15)
# The proportions are what counts: minutes are fitted to the length of the session.
TEMPLATES: dict[str, Sequence[Step]] = {
    Format.PEER_GROUP: [
        _WELCOME,
        Step(gettext_noop("Rappel de la confidentialité"), 5),
        Step(gettext_noop("Ce qui nous occupe : un fait par personne"), 30),
        Step(gettext_noop("Deux sujets creusés ensemble"), 80),
        Step(gettext_noop("Ce que nous voulons restituer"), 35, gettext_noop("Rien ne sort sans l’accord du groupe.")),
        _CLOSE,
    ],
    Format.CODEVELOPMENT: [
        Step(gettext_noop("Exposé de la situation"), 15, gettext_noop("La personne cliente expose ; on écoute.")),
        Step(gettext_noop("Clarification"), 20, gettext_noop("Des questions seulement, sans conseil.")),
        Step(gettext_noop("Contrat"), 10, gettext_noop("Ce que la personne cliente attend du groupe.")),
        Step(gettext_noop("Consultation"), 35, gettext_noop("Le groupe propose ; la personne cliente écoute.")),
        Step(gettext_noop("Synthèse et plan d’action"), 15, gettext_noop("Ce qu’elle retient, et ce qu’elle fera.")),
        Step(gettext_noop("Apprentissages"), 15, gettext_noop("Ce que chacun·e a appris pour soi.")),
    ],
    Format.AGORA: [
        Step(gettext_noop("Accueil"), 10),
        Step(gettext_noop("Ouverture des restitutions"), 30, gettext_noop("Toutes les enveloppes s’ouvrent ensemble.")),
        Step(gettext_noop("Réactions croisées entre catégories"), 50),
        Step(gettext_noop("Engagements et suites"), 30),
    ],
    Format.THEMATIC: [
        _WELCOME,
        Step(gettext_noop("Apports"), 60),
        Step(gettext_noop("Ateliers"), 90),
        Step(gettext_noop("Mise en commun"), 30),
        _CLOSE,
    ],
    Format.TRAINING: [
        _WELCOME,
        Step(gettext_noop("Notions"), 45),
        Step(gettext_noop("Mise en pratique"), 75),
        Step(gettext_noop("Questions"), 20),
        _CLOSE,
    ],
    Format.WEBINAR: [
        Step(gettext_noop("Accueil"), 5),
        Step(gettext_noop("Présentation"), 35),
        Step(gettext_noop("Questions"), 20),
    ],
    Format.FIELD: [
        Step(gettext_noop("Accueil par le territoire"), 30),
        Step(gettext_noop("Visite"), 120),
        Step(gettext_noop("Repas partagé"), 60),
        Step(gettext_noop("Échange entre pairs"), 90),
        _CLOSE,
    ],
}
_WORDS = {words for steps in TEMPLATES.values() for one in steps for words in (one.title, one.note) if words}


def in_own_language(words: str) -> str:
    """The words of a template are kept in French and said in the reader's language; those of a person stay."""
    return _(words) if words in _WORDS else words
