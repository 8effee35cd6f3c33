"""Secrets of mentoring: needs in confidence, in the open of the network, and drafts."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from mentoring.enums import NeedAudience
from mentoring.models import Mentorship, Need, Solicitation
from mentoring.services.directory import refresh_entries
from mentoring.services.mentorships import propose_mentorship
from mentoring.services.need_tasks import arm_task, ring_tasks
from mentoring.services.needs import open_need, save_draft
from mentoring.services.solicitations import send_solicitations
from mentoring.services.terms import agree_terms
from peerhub.people.models import Network, User


def make_needs(network: Network, people: dict[str, User], words: dict[str, str]) -> dict[str, Need]:
    """One shown to those who are asked alone (nobody was yet), one of an agent for the whole network, one draft."""
    return {
        "chosen": open_need(
            author=people["elected"], need=_draft(people["elected"], network, words["chosen"], NeedAudience.ASKED)
        ),
        "network": open_need(
            author=people["agent"], need=_draft(people["agent"], network, words["network"], NeedAudience.NETWORK)
        ),
        "draft": _draft(people["elected"], network, words["elected"], NeedAudience.NETWORK),
    }


def _draft(author: User, network: Network, word: str, audience: NeedAudience) -> Need:
    """About the garden that the elected official declared."""
    fields = {"title": f"Potager : un potiron {word}", "details": f"Le potiron {word} pousse.", "audience": audience}
    return save_draft(author=author, network=network, token=uuid4(), fields=fields)


def make_group_of(network: Network, people: dict[str, User], word: str) -> Mentorship:
    """The delegate of the delegation, whom its elected official accompanies."""
    mentor, peer = people["elected"], people["delegate"]
    made = propose_mentorship(
        network=network, mentor=mentor, peers=[peer], is_group=True, places=3, goals=f"Un potiron {word}.",
        proposed_by=mentor,
    )  # fmt: skip
    return agree_terms(actor=peer, mentorship=made, number=1)


def make_asks(network: Network, people: dict[str, User], word: str) -> dict[str, Solicitation]:
    """The delegate asks the elected official of the delegation, then the agent, about a need shown to nobody else; it
    has waited for so long that the animators hear of it."""
    asker = people["delegate"]
    for user in people.values():
        refresh_entries("user", user.pk)
    need = open_need(author=asker, need=_draft(asker, network, word, NeedAudience.ASKED))
    arm_task(need_id=need.pk)
    sent, queued = send_solicitations(
        asker=asker,
        need=need,
        peers=[people["elected"].pk, people["agent"].pk],
        question=f"Mon potiron {word} ?",
        wants_call=True,
        token=uuid4(),
    )
    ring_tasks(timezone.now() + timedelta(days=4))
    return {"sent": sent, "queued": queued}
