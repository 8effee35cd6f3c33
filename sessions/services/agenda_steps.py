"""The steps of a session: a template for each format, and their edition."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from peerhub.people.errors import DomainError, require
from peerhub.people.models import Membership, User
from peerhub.text.markdown import one_line
from sessions.enums import Format
from sessions.models import AgendaStep, PeerSession
from sessions.policies.around import can_facilitate
from sessions.services.holding import hold_visible

MOST = 30
ROUND = 5


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


def proposal(session: PeerSession) -> list[AgendaStep]:
    """The steps of the format, fitted to the length of the session, in the words of the source; nothing is written."""
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    fitted = _fit(TEMPLATES[session.format], length)
    return _rows(session, [Step(one.title, minutes, one.note) for one, minutes in fitted])


def apply_template(*, session: PeerSession) -> list[AgendaStep]:
    """Give a session without steps those of its format."""
    if session.steps.exists():
        return list(session.steps.all())
    return AgendaStep.objects.bulk_create(proposal(session))


@transaction.atomic
def set_steps(*, actor: User, session: PeerSession, steps: Sequence[Step]) -> list[AgendaStep]:
    """Replace the steps of a session, in order. Raises `Refused`, or `DomainError` with a sentence."""
    current = hold_visible(session.pk, actor)
    membership = Membership.objects.active().filter(user=actor, network=current.network_id).first()
    require(can_facilitate(actor, membership, current))
    if len(steps) > MOST:
        raise DomainError(_("Un déroulé compte %(most)s étapes au plus.") % {"most": MOST})
    AgendaStep.objects.filter(session=current).delete()
    return AgendaStep.objects.bulk_create(_rows(current, steps))


def _rows(session: PeerSession, steps: Sequence[Step]) -> list[AgendaStep]:
    return [
        AgendaStep(
            session=session,
            position=number,
            minutes=one.minutes,
            title=one_line(one.title),
            note=one_line(one.note),
        )
        for number, one in enumerate(steps)
    ]


def _fit(steps: Sequence[Step], length: int) -> list[tuple[Step, int]]:
    """Minutes in fives, in the proportions of the template; the longest step takes what rounding leaves."""
    whole = sum(one.minutes for one in steps)
    minutes = [max(ROUND, round(one.minutes * length / whole / ROUND) * ROUND) for one in steps]
    longest = minutes.index(max(minutes))
    minutes[longest] = max(ROUND, minutes[longest] + length - sum(minutes))
    return list(zip(steps, minutes, strict=True))
