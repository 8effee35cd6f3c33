"""What happens to the tree of competences, in the platform's trail: whoever keeps the tree reads it, in any network."""

from typing import Any

from mentoring.enums import TreeAct
from mentoring.models import Competence, CompetenceProposal
from mentoring.tree_words import COMPETENCE, PROPOSAL
from peerhub.moderation.services.trail import record
from peerhub.people.models import User

WORDS = ("name_fr", "name_en", "synonyms_fr", "synonyms_en")


def note(act: TreeAct, one: Competence | None, actor: User | None, **facts: Any) -> None:
    """One act, in the caller's transaction. `facts` hold competences by id and the words of the tree: a change is a
    list of what was and what is."""
    target_id = one.pk if one else None
    record(network_id=None, actor=actor, verb=act.value, target_key=COMPETENCE, target_id=target_id, **facts)


def note_answer(proposal: CompetenceProposal, curator: User) -> None:
    """A proposal is read by those who animate its network, and so is its answer: neither's words are in the trail."""
    record(
        network_id=proposal.network_id,
        actor=curator,
        verb=TreeAct.ANSWERED.value,
        target_key=PROPOSAL,
        target_id=proposal.pk,
        about_id=proposal.author_id,
        state=proposal.state,
    )


def words_of(one: Competence) -> dict[str, Any]:
    return {name: getattr(one, name) for name in WORDS}


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """What differs, and how it reads on both sides."""
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}
