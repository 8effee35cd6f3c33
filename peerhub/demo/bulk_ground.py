"""What every part of the world of the bench stands on: its sizes, dice, texts, territories and first ids."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from peerhub.demo.bulk_texts import Texts
from peerhub.demo.cast import SHARES
from peerhub.demo.copying import Say, next_id
from peerhub.demo.places import Atlas
from peerhub.people.enums import JoinPolicy
from peerhub.people.models import ActorCategory, Affiliation, Network, User
from peerhub.people.services.circles import public_circle
from peerhub.people.services.memberships import create_network

SEED = 71_000_000
SLUG = "banc-d-essai"
# One discussion that goes on and on: the figures of depth read its last page.
LONGEST = 1500
YEARS = 3
# The first members are those that measurements sign in as: bench1@example.org, bench2@example.org...
READERS = 50
SECONDS_OF_DAY = 86_400


@dataclass(frozen=True)
class Scale:
    members: int
    forums: int
    topics: int
    posts: int
    sessions: int


class Ground:
    """The network of the bench and the first of its people's ids; members are known by their index from there."""

    def __init__(self, scale: Scale, now: datetime, say: Say) -> None:
        self.scale, self.now, self.say = scale, now, say
        self.dice = random.Random(SEED)
        self.atlas = Atlas()
        self.texts = Texts(self.atlas, self.dice)
        self.now_s = int(now.timestamp())
        public_circle()
        self.network = create_network(
            slug=SLUG, name="Banc d’essai", tagline="Pour mesurer", is_public=True, join_policy=JoinPolicy.OPEN
        )
        Network.objects.filter(pk=self.network.pk).update(created_at=now - timedelta(days=YEARS * 366))
        slugs = list(SHARES)
        ids = dict(ActorCategory.objects.values_list("slug", "pk"))
        drawn = self.dice.choices(slugs, weights=list(SHARES.values()), k=scale.members)
        self.category_slugs = drawn
        self.category_ids = [ids[slug] for slug in drawn]
        self.first_user, self.first_hat = next_id(User), next_id(Affiliation)

    def moment(self, from_days: float, to_days: float) -> int:
        """Some second between so many days ago; every day alike."""
        return self.now_s - int(self.dice.uniform(from_days, to_days) * SECONDS_OF_DAY)

    def token(self) -> str:
        return f"{self.dice.getrandbits(128):032x}"


def at(seconds: int) -> str:
    """An instant as COPY reads it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
