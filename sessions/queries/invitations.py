"""What will leave for whom, before any invitation of a peer day is sent."""

from collections import Counter
from dataclasses import dataclass

from peerhub.people.models import ActorCategory, Circle, CircleMember, Membership, User
from sessions.models import PeerDay, PeerSession, Registration
from sessions.queries.programmes import CategoryCount, animators_of


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


def sendable(day: PeerDay) -> list[PeerSession]:
    """The sessions of a day that invitations may leave for: planned, and not begun."""
    rows = day.sessions.scheduled().select_related("network", "circle__category", "opens_to__category")
    return [one for one in rows.order_by("starts_at", "pk") if one.is_draft or not one.has_begun()]


def future_circle(session: PeerSession) -> Circle:
    """Whom the session is for: its circle, or the one that it opens to; needs both loaded."""
    return session.opens_to or session.circle


def recipients_of(session: PeerSession) -> list[int]:
    """The people (user ids) who are to be invited: of its circle, beside those who run it, and not invited yet."""
    circle = future_circle(session)
    known = Registration.objects.filter(session=session).values("user")
    rows = CircleMember.objects.filter(circle=circle).exclude(user__in=circle.chosen).exclude(user__in=known)
    if circle.has_animators:
        rows = rows.exclude(user__in=animators_of(session.network))
    return sorted(rows.values_list("user_id", flat=True))
