"""Secrets of resource actors, and of what the platform saw people do."""

from datetime import timedelta

from django.utils import timezone

from forums.models import Post, Topic
from mentoring.enums import EvidenceKind, SupportKind
from mentoring.models import Competence, Evidence, Support
from mentoring.services.actors import USUAL, Contact, name_keeper, offer_support
from mentoring.services.directory import refresh_entries
from peerhub.people.models import Affiliation, Network, Organisation, User


def make_supports(network: Network, people: dict[str, User], words: dict[str, str]) -> dict[str, Support]:
    """One that the agent keeps for all members; one whose date is past, which who animates alone still sees."""
    office, fund = (Organisation.objects.create(name=name) for name in ("Mairie du Val", "Fondation du Val"))
    Affiliation.objects.filter(user=people["agent"]).update(organisation=office)
    Affiliation.objects.filter(user=people["delegate"]).update(organisation=fund)
    refresh_entries("network", network.pk)
    name_keeper(actor=people["animator"], network=network, organisation=office, user_id=people["agent"].pk)
    made = {
        name: offer_support(
            actor=author,
            network=network,
            organisation=organisation,
            kind=SupportKind.FUNDING,
            fields={
                "summary": f"Un potiron {words[name]}",
                "details": f"Demander le potiron {words[name]}.",
                "website": f"https://example.org/{words[name]}",
                "valid_until": timezone.localdate() + USUAL,
            },
            contacts=[Contact(f"Accueil {words[name]}", email=f"{words[name]}@example.org")],
        )
        for name, author, organisation in (
            ("network", people["agent"], office),
            ("animators", people["animator"], fund),
        )
    }
    Support.objects.filter(pk=made["animators"].pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    return made


def make_traces(topics: dict[str, Topic], people: dict[str, User]) -> None:
    """What the elected official reported in confidence, and what somebody said before they left."""
    subject = Competence.objects.get(slug="potager")
    for name, author in (("elected", "elected"), ("network", "former")):
        Evidence.objects.create(
            user=people[author],
            competence=subject,
            kind=EvidenceKind.REPORT,
            post=Post.objects.get(topic=topics[name], number=1),
            happened_at=timezone.now(),
        )
