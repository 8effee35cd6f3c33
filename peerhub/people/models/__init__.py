"""People, what they speak as, where they gather, and the circles that say who sees what."""

from peerhub.people.models.circles import Circle, CircleMember, circle_q
from peerhub.people.models.hats import ActorCategory, Affiliation, Edition, Organisation, Territory
from peerhub.people.models.networks import Delegation, Membership, Network
from peerhub.people.models.users import User, initials_of, name_of

__all__ = [
    "ActorCategory",
    "Affiliation",
    "Circle",
    "CircleMember",
    "Delegation",
    "Edition",
    "Membership",
    "Network",
    "Organisation",
    "Territory",
    "User",
    "circle_q",
    "initials_of",
    "name_of",
]
