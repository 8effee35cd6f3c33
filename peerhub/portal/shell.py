"""What surrounds every page of a person: the networks, the hat worn here, what is unread."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from peerhub.people.models import Membership, Network
from peerhub.people.queries import memberships_of
from peerhub.portal.queries import NOTHING_UNREAD, Unread, unread_for

NETWORK_COOKIE = "peerhub_network"


@dataclass
class Shell:
    """Read lazily, so that a page pays only for what it shows; one query for a member."""

    request: HttpRequest
    page_network: Network | None

    @cached_property
    def memberships(self) -> list[Membership]:
        return memberships_of(self.request.user)

    @cached_property
    def networks(self) -> list[Network]:
        return [membership.network for membership in self.memberships]

    def membership_in(self, slug: str) -> Membership | None:
        """The active membership in the network of this slug, without a further query."""
        return next((one for one in self.memberships if one.network.slug == slug), None)

    @cached_property
    def membership(self) -> Membership | None:
        """Of the page's network; on pages of none, of the last network that was visited, else of the first."""
        if self.page_network:
            return next((one for one in self.memberships if one.network_id == self.page_network.pk), None)
        visited = self.request.COOKIES.get(NETWORK_COOKIE)
        first = self.memberships[0] if self.memberships else None
        return next((one for one in self.memberships if one.network.slug == visited), first)

    @cached_property
    def network(self) -> Network | None:
        if self.page_network:
            return self.page_network
        return self.membership.network if self.membership else None

    @cached_property
    def _unread(self) -> Unread:
        """When the page is written, not before: what it shows may have been read by then."""
        user = self.request.user
        return unread_for(user, self.membership) if user.is_authenticated else NOTHING_UNREAD

    @property
    def unread_notifications(self) -> int:
        return self._unread.notifications

    @property
    def unread_topics(self) -> int:
        return self._unread.topics

    @property
    def can_animate(self) -> bool:
        return self.membership is not None and self.membership.is_animator

    @property
    def hat_slug(self) -> str:
        return self.membership.affiliation.category.slug if self.membership else ""

    @property
    def hat_label(self) -> str:
        return self.membership.affiliation.category.label if self.membership else ""
