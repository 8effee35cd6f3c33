"""Sessions that are over, what they decided and what people thought of them: of the elected, and of the network."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from peerhub.people.models import Circle, Network, User
from sessions.models import Decision, Evaluation, PeerSession
from sessions.services.decisions import Wish, add_decision, remind_due
from sessions.services.evaluations import ask_due
from sessions.services.registration import register
from sessions.services.reports import chase_due
from tests.sessions.builders import make_session


@dataclass(frozen=True)
class Aftermath:
    """`elected` ended long ago: its opinions are shown; `network` ended four days ago: they are asked for."""

    elected: PeerSession
    network: PeerSession
    decided: dict[str, Decision]


def make_aftermath(
    network: Network, circles: dict[str, Circle], people: dict[str, User], words: dict[str, str]
) -> Aftermath:
    """`words`: the secrets of the elected and of the network."""
    made: dict[str, PeerSession] = {}
    decided: dict[str, Decision] = {}
    for name, days in (("elected", 15), ("network", 4)):
        title = f"Après {words[name]}"
        session = make_session(network, author=people["animator"], circle=circles[name], title=title)
        register(user=people["elected"], session=session, accept_clash=True)
        session.facilitators.add(people["elected"])
        ends_at = timezone.now() - timedelta(days=days)
        PeerSession.objects.filter(pk=session.pk).update(starts_at=ends_at - timedelta(hours=2), ends_at=ends_at)
        session.refresh_from_db()
        tomorrow = timezone.localdate() + timedelta(days=1)
        wish = Wish(f"Décider du potiron {words[name]}", people["elected"].pk, tomorrow)
        decided[name] = add_decision(author=people["elected"], session=session, wish=wish)
        Decision.objects.filter(pk=decided[name].pk).update(reminded_at=None)
        Evaluation.objects.bulk_create(
            Evaluation(
                pk=uuid4(), session=session, usefulness=4, frankness=4, rhythm=3, comment=f"Un avis {words[name]}"
            )
            for _ in range(5)
        )
        made[name] = session
    noon = timezone.localtime().replace(hour=12)
    remind_due(noon)
    ask_due()
    chase_due()
    return Aftermath(made["elected"], made["network"], decided)
