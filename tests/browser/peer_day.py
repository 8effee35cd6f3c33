"""What the test of a whole peer day stands on: a programme of ten delegations, its mails, and its hours moved."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

import vobject
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peerhub.people.models import Delegation, Network, User
from sessions.models import PeerSession, Programme
from sessions.services.programmes import About, create_programme
from tests.builders import make_member, make_network, make_user
from tests.sessions.builders import animator_of

TERRITORIES = (
    *("Vallée de l’Orbe", "Haut-Lieu", "Plateau des Sources", "Rives du Lot", "Bocage uni"),
    *("Les Deux Fleuves", "Terres d’Aubrac", "Cap-Atlantique", "Sud-Vercors", "Marches de l’Est"),
)
CATEGORIES = ("elected", "agent", "association")


@dataclass
class World:
    """The network, its programme, and its people by category: one of each category in each delegation, and a second
    elected official in the last."""

    network: Network
    programme: Programme
    people: dict[str, list[User]] = field(default_factory=dict)

    @property
    def animator(self) -> User:
        return animator_of(self.network)

    def everyone(self) -> list[User]:
        return [user for users in self.people.values() for user in users]


def make_world() -> World:
    network = make_network(slug="catalyseurs", name="Catalyseurs")
    animator = animator_of(network)
    people: dict[str, list[User]] = {category: [] for category in CATEGORIES}
    delegations = [Delegation.objects.create(network=network, name=name) for name in TERRITORIES]
    for number, (delegation, name) in enumerate(zip(delegations, TERRITORIES, strict=True)):
        for category in CATEGORIES:
            user = make_user(f"{category}{number}@example.org", given_name=category.title(), family_name=name)
            people[category].append(make_member(network, user, category=category, delegation=delegation).user)
    late = make_user("solange@example.org", given_name="Solange", family_name="Hoarau")
    people["elected"].append(make_member(network, late, category="elected", delegation=delegations[-1]).user)
    today = timezone.localdate()
    about = About(title="Territoires en chemin", starts_on=today, ends_on=today + timedelta(days=200))
    keys = [one.pk for one in delegations]
    programme = create_programme(author=animator, network=network, about=about, delegations=keys)
    return World(network, programme, people)


def in_a_month() -> date:
    return timezone.localdate() + timedelta(days=30)


def post(user: User, name: str, session: PeerSession, **fields: object) -> None:
    """A form of the session, sent by somebody in a browser that no one looks at; it must be accepted."""
    client = Client()
    client.force_login(user, backend="peerhub.people.backends.AccountBackend")
    response = client.post(reverse(f"sessions:{name}", args=[session.pk]), {key: str(to) for key, to in fields.items()})
    assert response.status_code in {302, 303}, (name, response.status_code)


def hold(session: PeerSession, *, begun: bool = True) -> None:
    """The clock moves: the session has begun, and is too short to have two half-days at whatever hour; or is over since
    an hour."""
    now = timezone.now()
    starts_at = now - (timedelta(minutes=10) if begun else timedelta(hours=2))
    ends_at = now + (timedelta(minutes=19) if begun else timedelta(hours=-1))
    PeerSession.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=ends_at)


# --- Mails ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """What a mail does to a calendar."""

    method: str
    uid: str
    sequence: int
    starts_at: datetime


def mails_to(user: User) -> list[Path]:
    """Those that left for this person, the oldest first."""
    files = sorted(Path(settings.MAILBOX_DIR).glob("*.eml"))
    return [one for one in files if user.email in _read(one)[0]]


def calendars_to(user: User) -> list[Sent]:
    return [sent for one in mails_to(user) if (sent := _read(one)[1])]


@cache
def _read(file: Path) -> tuple[str, Sent | None]:
    """To whom, and what for the calendar."""
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    part = next((one for one in mail.walk() if one.get_content_type() == "text/calendar"), None)
    if part is None:
        return str(mail["To"]), None
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = vobject.readOne(content.decode())
    event = calendar.vevent
    sent = Sent(calendar.method.value, event.uid.value, int(event.sequence.value), event.dtstart.value)
    return str(mail["To"]), sent
