"""Proposing a competence that the tree lacks, and answering who proposed it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.directory import called
from mentoring.enums import ProposalState
from mentoring.events import CompetenceProposalDecided, CompetenceProposed
from mentoring.models import Competence, CompetenceProposal
from mentoring.policies.curating import can_decide, can_propose
from mentoring.queries.competences import tree
from mentoring.services.curating import add_competence
from mentoring.services.tree_trail import note_answer
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, require
from peerhub.people.folding import fold_name
from peerhub.people.models import Network, User
from peerhub.people.queries import membership_for

# Of one person, at one time: whoever answers them reads each.
MOST_WAITING = 5


@transaction.atomic
def propose_competence(
    *, author: User, network: Network, name: str, synonyms: str = "", parent: Competence | None = None, why: str = ""
) -> CompetenceProposal:
    """Write it to those who animate the network. The same name again, while it waits, is the same proposal. Raises
    `DomainError` with the name under which it is in the tree already."""
    require(can_propose(membership_for(author, network)))
    if known := called(name, tree()):
        raise DomainError(_("Cela existe sous le nom « %(name)s ».") % {"name": known.name})
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    name = " ".join(name.split())
    waiting = list(CompetenceProposal.objects.filter(author=author, network=network, state=ProposalState.WAITING))
    again = next((one for one in waiting if fold_name(one.name) == fold_name(name)), None)
    if again:
        return again
    if len(waiting) >= MOST_WAITING:
        raise DomainError(
            _("Vous avez déjà %(number)s propositions qui attendent une réponse.") % {"number": MOST_WAITING}
        )
    made = CompetenceProposal.objects.create(
        author=author, network=network, name=name, synonyms=synonyms.strip(), parent=parent, why=why.strip()
    )
    emit(CompetenceProposed(made.pk))
    return made


def add_proposed(*, curator: User, proposal: CompetenceProposal, answer: str = "", **fields: Any) -> CompetenceProposal:
    """Add what was proposed, with the names that the curator gives it (`curating.add_competence`)."""
    with transaction.atomic():
        held = _hold(curator, proposal)
        made = add_competence(curator=curator, **fields)
        return _decide(held, curator, ProposalState.ADDED, answer, made)


@transaction.atomic
def point_to_known(
    *, curator: User, proposal: CompetenceProposal, known: Competence, answer: str = ""
) -> CompetenceProposal:
    """It is in the tree already, under another name."""
    held = _hold(curator, proposal)
    if known.is_retired:
        raise DomainError(_("« %(name)s » n’est plus proposée.") % {"name": known.name})
    return _decide(held, curator, ProposalState.KNOWN, answer, known)


@transaction.atomic
def refuse_proposal(*, curator: User, proposal: CompetenceProposal, answer: str) -> CompetenceProposal:
    """Not kept; a sentence says why."""
    held = _hold(curator, proposal)
    if not answer.strip():
        raise DomainError(_("Dites en une phrase pourquoi."))
    return _decide(held, curator, ProposalState.REFUSED, answer, None)


def _hold(curator: User, proposal: CompetenceProposal) -> CompetenceProposal:
    """The row, held: of two who answer at the same time, the second one learns it."""
    held = CompetenceProposal.objects.select_for_update().get(pk=proposal.pk)
    require(can_decide(membership_for(curator, held.network)))
    if held.state != ProposalState.WAITING:
        raise DomainError(_("Quelqu’un a déjà répondu à cette proposition."))
    return held


def _decide(
    held: CompetenceProposal, curator: User, state: ProposalState, answer: str, became: Competence | None
) -> CompetenceProposal:
    held.state, held.answer, held.became = state, " ".join(answer.split()), became
    held.decided_by, held.decided_at = curator, timezone.now()
    held.save()
    note_answer(held, curator)
    emit(CompetenceProposalDecided(held.pk))
    return held


def words_in(typed: str) -> Iterable[str]:
    """Synonyms as they are typed: between commas, or one a line."""
    return [word.strip() for line in typed.splitlines() for word in line.split(",") if word.strip()]
