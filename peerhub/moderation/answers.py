"""The answers that PeerHub proposes to a network that has written none of its own."""

from typing import NamedTuple

from peerhub.moderation.models import CannedAnswer
from peerhub.people.models import Network


class Proposed(NamedTuple):
    title: str
    fr: str
    en: str


PROPOSED = (
    Proposed(
        title="Rappel de la charte",
        fr="Votre message s’en prend à une personne. Ici, on discute des pratiques, jamais des gens. "
        "Vous pouvez le réécrire autrement.",
        en="Your message attacks a person. Here we discuss practices, firmly if need be, never people. "
        "You are welcome to write it again in other words.",
    ),
    Proposed(
        title="Donnée personnelle",
        fr="Votre message contient une information qui permet de reconnaître quelqu’un sans son accord. "
        "Retirez le nom, l’adresse ou la photo, puis publiez-le de nouveau.",
        en="Your message holds information by which somebody can be recognised without having agreed. "
        "Take out the name, the address or the picture, then publish it again.",
    ),
    Proposed(
        title="Publicité",
        fr="Votre message présente une offre commerciale. Vous pouvez parler d’un service que vous avez utilisé, avec "
        "ce que cela a donné ; pour proposer le vôtre, complétez plutôt votre fiche dans l’annuaire.",
        en="Your message is a commercial offer. You may tell of a service that you have used and what came of it. "
        "To offer your own, please complete your entry in the directory instead.",
    ),
    Proposed(
        title="Erreur dangereuse",
        fr="Ce conseil peut mettre quelqu’un en difficulté (juridique, sanitaire ou financière). "
        "Dites-nous d’où il vient : nous le remettrons avec sa source.",
        en="This advice may put somebody in trouble (legal, sanitary or financial). "
        "Tell us where it comes from, and we will put it back with its source.",
    ),
    Proposed(
        title="Hors sujet",
        fr="Votre message a sa place ailleurs : nous l’avons déplacé pour qu’il trouve les bonnes personnes.",
        en="Your message belongs elsewhere: we moved it so that it finds the right people.",
    ),
    Proposed(
        title="Signalement sans suite",
        fr="Après lecture, ce message respecte la charte du réseau : il reste en place.",
        en="Having read it, we find that this message respects the rules of the network: it stays.",
    ),
)


def default_answers(network: Network) -> list[CannedAnswer]:
    """Not written yet: `services.answers.adopt_defaults` does it."""
    return [CannedAnswer(network=network, title=title, text_fr=fr, text_en=en) for title, fr, en in PROPOSED]
