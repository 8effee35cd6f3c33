"""Groups that have met, their conclusions, and the agora where these are opened; made by the services."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from peerhub.people.models import Network, User
from sessions.enums import Format, Voice
from sessions.models import Conclusion, PeerDay, PeerSession, Programme
from sessions.services import conclusions
from tests.builders import make_member, make_network
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session, network_circle

TEXT = "Nous demandons **du temps**."


@dataclass
class Day:
    """A peer day of a programme: one group per category, which have met, and an agora that has begun."""

    network: Network
    programme: Programme
    peer_day: PeerDay
    agora: PeerSession
    groups: dict[str, PeerSession] = field(default_factory=dict)
    people: dict[str, list[User]] = field(default_factory=dict)

    @property
    def animator(self) -> User:
        return animator_of(self.network)


def make_day(categories: tuple[str, ...] = ("elected", "agent", "association"), *, people: int = 2) -> Day:
    network = make_network()
    programme = Programme.objects.create(
        network=network,
        circle=network_circle(network),
        title="Parcours",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=90),
    )
    peer_day = PeerDay.objects.create(programme=programme, title="Journée", on=timezone.localdate())
    animator = animator_of(network)
    later = timezone.now() + timedelta(days=12)
    agora = make_session(network, author=animator, format=Format.AGORA, title="L’agora", starts_at=later)
    day = Day(network, programme, peer_day, agora)
    for category in categories:
        circle = confidential_circle(network, category)
        day.people[category] = [make_member(network, category=category).user for _ in range(people)]
        session = make_session(network, author=animator, circle=circle, title=f"Entre {category}")
        for user in day.people[category]:
            make_registration(session, user)
            make_registration(agora, user)
        day.groups[category] = session
    for one in (agora, *day.groups.values()):
        begin(one, programme=programme, peer_day=peer_day)
    return day


def begin(session: PeerSession, **fields: object) -> None:
    """The session has begun an hour ago."""
    now = timezone.now()
    fields |= {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
    for name, value in fields.items():
        setattr(session, name, value)
    session.save(update_fields=list(fields))


def write(day: Day, category: str = "elected", body: str = TEXT) -> Conclusion:
    session, author = day.groups[category], day.people[category][0]
    known = Conclusion.objects.filter(session=session).first()
    return conclusions.write_conclusion(
        author=author, session=session, body=body, version=known.version if known else 0
    )


def propose(day: Day, category: str = "elected", body: str = TEXT) -> Conclusion:
    version = write(day, category, body).version
    return conclusions.propose(actor=day.people[category][0], session=day.groups[category], version=version)


def seal(day: Day, category: str = "elected", body: str = TEXT) -> Conclusion:
    """Everyone agrees, and the first closes the envelope."""
    proposed = propose(day, category, body)
    session = day.groups[category]
    for user in day.people[category]:
        conclusions.give_voice(user=user, session=session, version=proposed.version, voice=Voice.AGREES)
    return conclusions.seal(actor=day.people[category][0], session=session, version=proposed.version)
