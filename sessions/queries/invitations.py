"""What will leave for whom, before any invitation of a peer day is sent."""

from collections import Counter
from dataclasses import dataclass

from peerhub.people.models import ActorCategory, Membership, User
from sessions.models import PeerDay, PeerSession
from sessions.queries.programmes import CategoryCount
from sessions.services.peer_days import future_circle, recipients_of, sendable


@dataclass(frozen=True)
class Group:
    """The recipients of one session, and who is left out of it and why."""

    session: PeerSession
    category: ActorCategory | None
    recipients: list[User]
    by_delegation: list[tuple[str, int]]
    by_category: list[CategoryCount]
    unconfirmed: list[Membership]
    without_address: list[User]
    is_confidential: bool

    @property
    def slug(self) -> str:
        return self.category.slug if self.category else ""


def groups_of(day: PeerDay) -> list[Group]:
    """One for each session that invitations may leave for, in order: a query for the people, one for each session."""
    people = list(
        Membership.objects.active()
        .with_hat()
        .filter(network=day.programme.network_id, delegation__in=day.programme.circle.delegations)
        .order_by("user__family_name", "user__given_name", "pk")
    )
    return [_group(session, people) for session in sendable(day)]


def _group(session: PeerSession, people: list[Membership]) -> Group:
    circle = future_circle(session)
    category = circle.category
    wanted = set(recipients_of(session))
    invited = [one for one in people if one.user_id in wanted]
    delegations = Counter(one.delegation.name for one in invited if one.delegation)
    categories = Counter(one.affiliation.category for one in invited)
    unconfirmed = (
        [one for one in people if one.affiliation.category == category and one.hat_confirmed_at is None]
        if category and circle.is_confidential
        else []
    )
    return Group(
        session=session,
        category=category,
        recipients=[one.user for one in invited],
        by_delegation=sorted(delegations.items()),
        by_category=[
            CategoryCount(one, categories[one]) for one in sorted(categories, key=lambda one: (one.position, one.slug))
        ],
        unconfirmed=[one for one in unconfirmed if one.user_id not in circle.chosen],
        without_address=[one.user for one in invited if not one.user.email],
        is_confidential=circle.is_confidential,
    )
