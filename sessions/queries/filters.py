"""What lists of sessions are narrowed to."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from peerhub.people.models import ActorCategory, Network, User
from sessions.enums import Format
from sessions.models import PeerSessionQuerySet


@dataclass(frozen=True)
class Filters:
    """`networks` are the person's own ones, when sessions of all of them are wished, and not of the page's alone."""

    format: str = ""
    category: ActorCategory | None = None
    is_mine: bool = False
    networks: tuple[Network, ...] = ()

    @property
    def chosen(self) -> dict[str, tuple[str, str]]:
        """The value on the address and the words of each filter that is set, by its name on the address."""
        found: dict[str, tuple[str, str]] = {}
        if self.format:
            found["format"] = (self.format, capfirst(str(Format(self.format).label)))
        if self.category is not None:
            found["categorie"] = (self.category.slug, capfirst(self.category.plural))
        if self.is_mine:
            found["miennes"] = ("1", _("Les miennes"))
        if self.networks:
            found["reseaux"] = ("tous", _("Tous mes réseaux"))
        return found

    @property
    def query(self) -> str:
        """To go on an address: "&format=agora&miennes=1"."""
        return self.without("")

    def without(self, name: str) -> str:
        """`query` but for one filter."""
        return "".join(f"&{key}={value}" for key, (value, _words) in self.chosen.items() if key != name)

    def network_name(self, session_network_id: int) -> str:
        """Said beside a session where several networks meet; "" where there is one."""
        return next((one.name for one in self.networks if one.pk == session_network_id), "")

    def apply(self, sessions: PeerSessionQuerySet, user: User | AnonymousUser, network: Network) -> PeerSessionQuerySet:
        """Those of visible sessions that are wished, on the page of a network."""
        sessions = sessions.filter(network__in=self.networks) if self.networks else sessions.filter(network=network)
        if self.format:
            sessions = sessions.filter(format=self.format)
        if self.category is not None:
            of_category = Q(circle__category=self.category) | Q(circle__categories__contains=[self.category.pk])
            sessions = sessions.filter(of_category)
        return sessions.joined_by(user) if self.is_mine else sessions


EVERYTHING = Filters()
