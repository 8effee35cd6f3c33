"""Groups of the elected officials that have met: one writes, one has sealed, one was revealed; their agoras,
and their minutes."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from peerhub.outbox.services import emit
from peerhub.people.models import Circle, Network, User
from sessions.enums import Format
from sessions.events import LoweringAsked
from sessions.models import LoweringRequest, LoweringVoice, PeerDay, PeerSession, Programme
from sessions.services.conclusions import propose, seal, write_conclusion
from sessions.services.minutes import publish_minutes, save_texts
from sessions.services.registration import register
from sessions.services.revealing import open_envelopes
from tests.sessions.builders import make_session


@dataclass(frozen=True)
class Envelopes:
    """`waiting` and `opened` are the agoras of `sealed` and of `revealed`."""

    draft: PeerSession
    sealed: PeerSession
    waiting: PeerSession
    revealed: PeerSession
    opened: PeerSession
    request: LoweringRequest


def make_envelopes(
    network: Network, group: Circle, everyone: Circle, people: dict[str, User], *, secret: str, released: str
) -> Envelopes:
    """`secret` is written and named in the circle `group`; only `released` was revealed to the circle `everyone`."""
    programme = Programme.objects.create(
        network=network,
        circle=everyone,
        title="Rencontres du Val",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=30),
    )
    animator = people["animator"]
    made: dict[str, PeerSession] = {}
    for number, name in enumerate(("draft", "sealed", "revealed")):
        on = timezone.localdate() + timedelta(days=number)
        day = PeerDay.objects.create(programme=programme, title="Rencontre", on=on)
        made[name] = make_session(network, author=animator, circle=group, title=f"Groupe {name} {secret}")
        register(user=people["elected"], session=made[name], accept_clash=True)
        about: dict[str, object] = {"peer_day": day, "programme": programme}
        if name != "draft":
            agora = make_session(network, author=animator, circle=everyone, title="Agora", format=Format.AGORA)
            for kind in ("elected", "agent"):
                register(user=people[kind], session=agora, accept_clash=True)
            _begin(agora, number, about)
            made[f"{name} agora"] = agora
        _begin(made[name], number, about)
        text = f"Nous gardons {secret} pour nous." if name != "revealed" else f"Nous disons {released}."
        write_conclusion(author=people["elected"], session=made[name], body=text, version=0)
    for name in ("sealed", "revealed"):
        propose(actor=people["elected"], session=made[name], version=1)
        seal(actor=people["elected"], session=made[name], version=1)
    for name in ("draft", "sealed"):
        _take_minutes(made[name], people["elected"], f"Chacun dit {secret}.")
    made["sealed"].facilitators.add(people["elected"])
    publish_minutes(actor=people["elected"], session=made["sealed"])
    open_envelopes(actor=people["animator"], agora=made["revealed agora"])
    return Envelopes(
        made["draft"],
        made["sealed"],
        made["sealed agora"],
        made["revealed"],
        made["revealed agora"],
        _ask(network, group, people, secret),
    )


def _begin(session: PeerSession, number: int, about: dict[str, object]) -> None:
    ends_at = timezone.now() + timedelta(hours=2 + number)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=ends_at - timedelta(hours=4), ends_at=ends_at, **about)
    session.refresh_from_db()


def _take_minutes(session: PeerSession, author: User, text: str) -> None:
    save_texts(author=author, session=session, texts={"s2": text}, number=0, token=uuid4())


def _ask(network: Network, group: Circle, people: dict[str, User], secret: str) -> LoweringRequest:
    """That a session be opened; nobody has answered."""
    session = make_session(network, author=people["animator"], circle=group, title=f"Groupe ouvert {secret}")
    with transaction.atomic():
        asked = LoweringRequest.objects.create(
            session=session, asked_in=group, target="network", asked_by=people["elected"], reason=f"Parce que {secret}."
        )
        LoweringVoice.objects.create(request=asked, user=people["elected"])
        emit(LoweringAsked(request_id=asked.pk))
    return asked
