"""Competences that members of the demo missed in the tree: one that waits, one that was there under another name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.enums import ProposalState
from mentoring.models import Competence, CompetenceProposal
from peerhub.demo.cast import CATALYSTS, Cast
from peerhub.demo.settling import Settled


@dataclass(frozen=True)
class Missed:
    """`author` is the key of an account; `days`: how many ago."""

    author: str
    name: str
    synonyms: str
    family: str
    why: str
    days: int
    became: str = ""
    answer: str = ""


MISSED = (
    Missed(
        author="agent",
        name="Monter une foncière rurale",
        synonyms="foncière, portage immobilier, racheter un commerce",
        family="urbanisme-habitat",
        why="Trois communes autour de chez nous veulent racheter des murs de commerces sans y mettre tout leur budget.",
        days=2,
    ),
    Missed(
        author="elected",
        name="Tenir une réunion de quartier",
        synonyms="réunion publique",
        family="participation-democratie",
        why="Pour trouver qui sait le faire sans que cela tourne au règlement de comptes.",
        days=20,
        became="faciliter-reunion",
        answer="Nous l’avions sous un autre nom : dites-nous si elle ne dit pas tout.",
    ),
)


def write_proposals(cast: Cast, settled: Settled, now: datetime) -> int:
    """Returns how many wait for an answer. Nobody is told: this is past."""
    known = Competence.objects.in_bulk(field_name="slug")
    decider = cast.accounts["animator"].user_id
    for one in MISSED:
        made = CompetenceProposal(
            network=settled.networks[CATALYSTS],
            author_id=cast.accounts[one.author].user_id,
            name=one.name,
            synonyms=one.synonyms,
            parent=known[one.family],
            why=one.why,
            created_at=now - timedelta(days=one.days),
        )
        if one.became:
            made.state, made.became, made.answer = ProposalState.KNOWN, known[one.became], one.answer
            made.decided_by_id, made.decided_at = decider, now - timedelta(days=one.days - 1)
        made.save()
    return CompetenceProposal.objects.filter(state=ProposalState.WAITING).count()
