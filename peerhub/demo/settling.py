"""The people of the demo as rows: accounts, hats, networks, delegations, memberships and circles.

Many rows are written at once, past the services that would tell 350 people of it; networks and circles go through
their services, whose repair fills the circles from the memberships.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress

from peerhub.demo.accounts import PASSWORD
from peerhub.demo.cast import CATALYSTS, PROGRAMME, Cast, Person
from peerhub.demo.copying import run
from peerhub.demo.texts import CircleText, delegations, networks
from peerhub.people.categories import ensure_categories
from peerhub.people.enums import CircleKind, JoinPolicy
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Circle,
    Delegation,
    Membership,
    Network,
    Organisation,
    User,
)
from peerhub.people.services.accounts import create_user, set_staff
from peerhub.people.services.circles import category_circle, delegation_circle, public_circle, repair_circle
from peerhub.people.services.memberships import create_network

# Who signs in by e-mailed code alone has no password; the mark is Django's own.
NO_PASSWORD = "!" + "x" * 40
PROGRAMME_DAYS = 124
FOUNDED_DAYS = 430


@dataclass(frozen=True)
class Settled:
    """What the rest of the world is hung on."""

    networks: dict[str, Network]
    categories: dict[str, ActorCategory]
    public: Circle

    def circle(self, network: str, text: CircleText) -> Circle:
        """The circle that a text names; made and filled on first use."""
        if text.kind == "public":
            return self.public
        if text.kind == "network":
            return Circle.objects.of_network(self.networks[network], CircleKind.NETWORK)
        return category_circle(
            network=self.networks[network],
            category=self.categories[text.category or ""],
            confidential=text.is_confidential,
        )


def settle(cast: Cast, now: datetime, dice: random.Random) -> Settled:
    """Write everyone, and set the ids on the people of the cast."""
    ensure_categories()
    categories = {category.slug: category for category in ActorCategory.objects.all()}
    settled = Settled(_networks(now), categories, public_circle())
    _write_users(cast, now, dice)
    _write_hats(cast, categories, now)
    _write_memberships(cast, settled, now, dice)
    # A fresh table has no statistics, and without them the next statements may take minutes.
    run("ANALYZE people_user, people_membership, people_affiliation, people_circle, people_circlemember")
    for circle in Circle.objects.filter(network__in=settled.networks.values()):
        repair_circle(circle, write=True)
    return settled


def _networks(now: datetime) -> dict[str, Network]:
    founded = {CATALYSTS: now - timedelta(days=FOUNDED_DAYS), PROGRAMME: now - timedelta(days=PROGRAMME_DAYS)}
    made = {}
    for row in networks():
        network = create_network(
            slug=row["slug"],
            name=row["name"],
            tagline=row["tagline"],
            description=row["description"],
            is_public=row["is_public"],
            join_policy=JoinPolicy[row["join_policy"]],
        )
        network.created_at = founded[row["slug"]]
        network.save(update_fields=["created_at"])
        made[network.slug] = network
    return made


def joined_at(person: Person, network: str, now: datetime, dice: random.Random) -> datetime:
    """Before the first words there; else over the network's life, a few in the last weeks."""
    if person.account == "newcomer":
        return now - timedelta(days=2, hours=5)
    if network == PROGRAMME:
        return now - timedelta(days=PROGRAMME_DAYS - 1, minutes=dice.randrange(0, 2000))
    spoke = person.spoke_at.get(network)
    is_recent = spoke is None and not person.account and dice.random() < 0.06
    days = dice.uniform(1, 20) if is_recent else dice.triangular(1, FOUNDED_DAYS - 2, 300)
    if person.account or person.roles[network] == "animator":
        days = dice.uniform(200, FOUNDED_DAYS - 5)
    drawn = now - timedelta(days=days)
    return drawn if spoke is None else min(drawn, spoke - timedelta(days=dice.uniform(1, 40)))


def _write_users(cast: Cast, now: datetime, dice: random.Random) -> None:
    for person in cast.accounts.values():
        user = create_user(
            email=person.email,
            given_name=person.given_name,
            family_name=person.family_name,
            language=person.language,
            time_zone=person.time_zone,
            password=PASSWORD,
        )
        if person.account == "administrator":
            set_staff(user=user, is_staff=True)
            User.objects.filter(pk=user.pk).update(is_superuser=True)
        person.user_id = user.pk
    others = [person for person in cast.people if not person.account]
    users = User.objects.bulk_create(
        User(
            email=person.email,
            given_name=person.given_name,
            family_name=person.family_name,
            language=person.language,
            time_zone=person.time_zone,
            password=NO_PASSWORD,
            last_login=_last_login(person, now, dice),
        )
        for person in others
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    for person, user in zip(others, users, strict=True):
        person.user_id = user.pk


def _last_login(person: Person, now: datetime, dice: random.Random) -> datetime | None:
    """Who spoke came back since; of the silent, one in seven never came."""
    if person.latest_at:
        return person.latest_at - timedelta(minutes=dice.randrange(2, 30))
    if dice.random() < 1 / 7:
        return None
    return now - timedelta(days=dice.triangular(0.1, 60, 4))


def _write_hats(cast: Cast, categories: dict[str, ActorCategory], now: datetime) -> None:
    wearers = [person for person in cast.people if person.category]
    keys = {(person.organisation, person.place.id) for person in wearers if person.organisation}
    ordered = sorted(((kind, name), place_id) for (kind, name), place_id in keys)
    organisations = Organisation.objects.bulk_create(
        Organisation(kind=kind, name=name, territory_id=place_id) for (kind, name), place_id in ordered
    )
    known = dict(zip(ordered, organisations, strict=True))
    hats = Affiliation.objects.bulk_create(
        Affiliation(
            user_id=person.user_id,
            category=categories[person.category],
            organisation=known[person.organisation, person.place.id] if person.organisation else None,
            territory_id=person.place.id,
            title=person.title,
            starts_on=(now - timedelta(days=700)).date(),
        )
        for person in wearers
    )
    for person, hat in zip(wearers, hats, strict=True):
        person.hat_id = hat.pk


def _write_memberships(cast: Cast, settled: Settled, now: datetime, dice: random.Random) -> None:
    made = Delegation.objects.bulk_create(
        Delegation(network=settled.networks[PROGRAMME], name=text.name, territory_id=cast.homes[text.slug].id)
        for text in delegations()
    )
    slugs = dict(zip((text.slug for text in delegations()), made, strict=True))
    for person in cast.people:
        person.joined_at = {network: joined_at(person, network, now, dice) for network in person.roles}
    rows = [
        Membership(
            network=settled.networks[network],
            user_id=person.user_id,
            affiliation_id=person.hat_id,
            delegation=slugs.get(person.delegation) if network == PROGRAMME else None,
            role=role,
            joined_at=person.joined_at[network],
            hat_confirmed_at=person.joined_at[network],
        )
        for person in cast.people
        for network, role in person.roles.items()
    ]
    Membership.objects.bulk_create(sorted(rows, key=lambda row: row.joined_at))
    first: dict[int, datetime] = {}
    for row in rows:
        first[row.user_id] = min(row.joined_at, first.get(row.user_id, now))
    people = list(User.objects.filter(pk__in=first))
    for user in people:
        user.date_joined = first[user.pk]
    User.objects.bulk_update(people, ["date_joined"])
    for delegation in made:
        delegation_circle(delegation=delegation)
