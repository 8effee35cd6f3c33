"""Sessions for tests, made by the services that production calls."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from peerhub.people.enums import CircleKind, Role
from peerhub.people.models import Circle, Membership, Network, User
from peerhub.people.services.circles import category_circle
from sessions.models import PeerSession, Registration
from sessions.services.registration import register
from sessions.services.scheduling import create_session
from tests.builders import make_animator, make_category, make_member, make_network, make_user

_numbers = count(1)


def animator_of(network: Network) -> User:
    """An animator of the network, made when there is none."""
    membership = network.memberships.active().filter(role=Role.ANIMATOR).select_related("user").first()
    return (membership or make_animator(network)).user


def network_circle(network: Network) -> Circle:
    return Circle.objects.of_network(network, CircleKind.NETWORK)


def confidential_circle(network: Network, category: str = "elected") -> Circle:
    return category_circle(network=network, category=make_category(category), confidential=True)


def make_session(network: Network | None = None, *, author: User | None = None, **fields: Any) -> PeerSession:
    """A session of two hours in ten days, for the network's members, unless said otherwise."""
    network = network or make_network()
    starts_at = fields.pop("starts_at", None) or (timezone.now() + timedelta(days=10)).replace(
        minute=0, second=0, microsecond=0
    )
    defaults: dict[str, Any] = {
        "circle": fields.pop("circle", None) or network_circle(network),
        "title": f"Séance {next(_numbers)}",
        "starts_at": starts_at,
        "ends_at": fields.pop("ends_at", None) or starts_at + timedelta(hours=2),
        "time_zone": "Europe/Paris",
        "reminder_minutes": [1440, 60],
    }
    return create_session(author=author or animator_of(network), network=network, **{**defaults, **fields})


def make_past_session(network: Network | None = None, *, days: int = 10, **fields: Any) -> PeerSession:
    """A session that took place so many days ago."""
    session = make_session(network, **fields)
    shift = timedelta(days=days) + (session.starts_at - timezone.now())
    session.starts_at -= shift
    session.ends_at -= shift
    session.save(update_fields=["starts_at", "ends_at"])
    return session


def make_registration(session: PeerSession, user: User | None = None, **fields: Any) -> Registration:
    """The registration of a person, who becomes a member of the network when needed."""
    user = user or make_user(**fields)
    if not Membership.objects.filter(user=user, network=session.network).exists():
        make_member(session.network, user)
    return register(user=user, session=session)
