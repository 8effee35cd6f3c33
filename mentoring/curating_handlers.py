"""A proposal is told to those who animate its network, and its answer to its author. Keys make each once."""

from mentoring.enums import ProposalState
from mentoring.events import CompetenceProposalDecided, CompetenceProposed
from mentoring.models import CompetenceProposal
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.models import Membership


@handles(CompetenceProposed)
def on_competence_proposed(event: CompetenceProposed) -> None:
    proposal = CompetenceProposal.objects.filter(pk=event.proposal_id, state=ProposalState.WAITING).first()
    if proposal is None:
        return
    animators = Membership.objects.animating().filter(network=proposal.network_id)
    notify(
        kind="mentoring.competence_proposed",
        recipients=list(animators.exclude(user=proposal.author_id).values_list("user", flat=True)),
        target_id=proposal.pk,
        dedupe_key=f"mentoring.proposal.{proposal.pk}",
        actor_id=proposal.author_id,
        network_id=proposal.network_id,
    )


@handles(CompetenceProposalDecided)
def on_competence_proposal_decided(event: CompetenceProposalDecided) -> None:
    proposal = CompetenceProposal.objects.filter(pk=event.proposal_id).exclude(state=ProposalState.WAITING).first()
    if proposal is None:
        return
    notify(
        kind="mentoring.competence_proposal_decided",
        recipients=[proposal.author_id],
        target_id=proposal.pk,
        dedupe_key=f"mentoring.proposal.{proposal.pk}.decided",
        actor_id=proposal.decided_by_id,
        network_id=proposal.network_id,
    )
