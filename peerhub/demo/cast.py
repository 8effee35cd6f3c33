"""Who the people of the demo are, before any row is written: names, hats, networks, and who speaks which part."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peerhub.demo.places import Atlas, Place
from peerhub.demo.texts import DelegationText, PostText, ThemeText, TopicText, delegations, read
from peerhub.people.enums import OrganisationKind, Role, TerritoryKind
from peerhub.people.folding import fold

CATALYSTS, PROGRAMME = "catalyseurs", "territoires-en-chemin"
SIZE = 350
ANIMATORS = 12
# Out of the programme, so many are members of the network too.
IN_BOTH = 34
SHARES = {
    "agent": 34, "association": 26, "elected": 17, "business": 9, "research": 5, "state": 3, "resident": 6,
}  # fmt: skip
# The départements that lend their territories to the invented delegations.
HOMES = {
    "val-d-orsenne": "72",
    "monts-de-lierre": "15",
    "pays-de-brenelle": "59",
    "rives-de-la-haute-ambre": "79",
    "plateau-de-sormay": "52",
    "cote-de-kerlun": "29",
    "collines-du-vernois": "71",
    "grand-marais-d-osse": "62",
    "terres-de-malvaux": "23",
    "hauts-de-tamarine": "974",
}
ACCOUNT_HOMES = {"animator": "35", "newcomer": "974"}
KINDS = {
    "association": OrganisationKind.ASSOCIATION,
    "third_place": OrganisationKind.ASSOCIATION,
    "social_economy": OrganisationKind.ASSOCIATION,
    "residents": OrganisationKind.ASSOCIATION,
    "business": OrganisationKind.BUSINESS,
    "foundation": OrganisationKind.FOUNDATION,
    "university": OrganisationKind.ACADEMIA,
    "state": OrganisationKind.STATE,
}
# « Commune de 6 800 habitants, 520 repas par jour »: a hat beside it must not say something else.
TOLD_SIZE = re.compile(
    r"(?<!avec une )\b(commune|village|EPCI|communauté|au bout) (?:de|à) (\d[\d\s]*) habitants", re.IGNORECASE
)
CALLS = {
    "tiers-lieu": "third_place",
    "insertion": "Chantier",
    "coopérative": "Coopérative",
    "architecte": "d’architecture",
    "maraîch": "Maraîchage",
    "bénévole": "association",
}
# Who opens discussions as a demo account, and how many at most: each then has answers to come back to.
OPENINGS = {"elected": 2, "association": 2}
REPLIES = {"elected": 4, "agent": 4, "association": 4}


@dataclass
class Person:
    given_name: str
    family_name: str
    gender: str
    category: str
    title: str
    place: Place
    email: str
    time_zone: str = "Europe/Paris"
    language: str = "fr"
    account: str = ""  # the key of the demo account, or ""
    organisation: tuple[str, str] | None = None  # kind and name
    roles: dict[str, str] = field(default_factory=dict)  # by network
    delegation: str = ""
    ease: float = 1.0  # how readily the person speaks up
    parts: int = 0  # how many parts the person speaks
    opened: list[str] = field(default_factory=list)  # the network of each topic that the person opens
    spoke_at: dict[str, datetime] = field(default_factory=dict)  # first words, by network
    latest_at: datetime | None = None
    joined_at: dict[str, datetime] = field(default_factory=dict)  # by network
    user_id: int = 0
    hat_id: int = 0

    @property
    def openings(self) -> int:
        return len(self.opened)


@dataclass(frozen=True)
class Scene:
    """A topic with, for each of its posts, who speaks."""

    theme: ThemeText
    topic: TopicText
    speakers: tuple[Person, ...]


class Cast:
    """The people of the demo; every draw comes from one generator, so the same seed gives the same people."""

    def __init__(self, atlas: Atlas, dice: random.Random) -> None:
        self.atlas, self.dice = atlas, dice
        self.people: list[Person] = []
        file = read("people.json")
        self._titles: dict[str, list[dict[str, Any]]] = file["titles"]
        self._organisations: list[dict[str, Any]] = file["organisations"]
        self._names = self._draw_names(file)
        self._emails: set[str] = set()
        self._held: set[tuple[str, int]] = set()
        self.homes = {
            text.slug: atlas.near(HOMES[text.slug], text.territory_kind, text.population) for text in delegations()
        }
        self._enrol_accounts()
        for text in delegations():
            self._enrol_delegation(text)
        self._enrol_network()

    @property
    def accounts(self) -> dict[str, Person]:
        return {person.account: person for person in self.people if person.account}

    def members(self, network: str) -> list[Person]:
        return [person for person in self.people if network in person.roles]

    def scenes(self, themes: tuple[ThemeText, ...]) -> list[Scene]:
        """Give every part to someone; the latest discussions first, since the demo accounts take those."""
        pairs = [(theme, topic) for theme in themes for topic in theme.topics]
        pairs.sort(key=lambda pair: (pair[1].days_ago, pair[1].title))
        return [Scene(theme, topic, self._speakers(theme, topic)) for theme, topic in pairs]

    # --- Enrolling ----------------------------------------------------------------------------------------------

    def _draw_names(self, file: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """(given name, gender, family name), no two alike."""
        taken = {(row["given_name"], row["family_name"]) for row in read("accounts.json")["accounts"]}
        while True:
            given, family = self.dice.choice(file["given_names"]), self.dice.choice(file["family_names"])
            if (given["name"], family) not in taken:
                taken.add((given["name"], family))
                yield given["name"], given["gender"], family

    def _enrol_accounts(self) -> None:
        for row in read("accounts.json")["accounts"]:
            memberships = row["memberships"]
            hat = memberships[0] if memberships else {"category": "", "title": "", "territory_kind": "commune"}
            delegation = next((one["delegation"] for one in memberships if "delegation" in one), "")
            place = self._account_home(row["key"], delegation, hat["territory_kind"])
            person = Person(
                given_name=row["given_name"],
                family_name=row["family_name"],
                gender=row["gender"],
                category=hat["category"],
                title=hat["title"],
                place=place,
                email=row["email"],
                time_zone=row["time_zone"],
                language=row["language"],
                account=row["key"],
                delegation=delegation,
                roles={one["network"]: Role[one["role"]].value for one in memberships},
            )
            person.organisation = self._account_organisation(person)
            self._emails.add(person.email)
            self.people.append(person)

    def _account_home(self, key: str, delegation: str, kind: str) -> Place:
        if delegation:
            home = self.homes[delegation]
            return self.atlas.around(home, kind, self.dice)
        code = ACCOUNT_HOMES.get(key, "69")
        if kind == TerritoryKind.DEPARTEMENT:
            return next(place for place in self.atlas.departements if place.code == code)
        return self.atlas.near(code, kind, 9000)

    def _account_organisation(self, person: Person) -> tuple[str, str] | None:
        names = {
            "animator": ("social_economy", "Coopérative Terres liées – {territory}"),
            "elected": ("commune", "Mairie {de_territory}"),
            "agent": ("epci", "{territory}"),
            "association": ("third_place", "L’Ancienne Poste – {territory}"),
        }
        return _named(*names[person.account], person.place) if person.account in names else None

    def _enrol_delegation(self, text: DelegationText) -> None:
        home = self.homes[text.slug]
        for category, wanted in text.composition.items():
            enrolled = sum(1 for person in self.people if (person.delegation, person.category) == (text.slug, category))
            for _ in range(wanted - enrolled):
                title, gender, place = self._draw_hat(category, allowed=self._kinds_around(home), home=home)
                person = self._invent(category, gender, title, place)
                person.roles[PROGRAMME] = Role.MEMBER.value
                person.delegation = text.slug

    def _kinds_around(self, home: Place) -> set[str]:
        kinds = {"any", TerritoryKind.COMMUNE.value, TerritoryKind.DEPARTEMENT.value}
        return kinds | ({TerritoryKind.EPCI.value} if home.kind == TerritoryKind.EPCI else set())

    def _enrol_network(self) -> None:
        others = [person for person in self.people if PROGRAMME in person.roles and CATALYSTS not in person.roles]
        for person in self.dice.sample(others, IN_BOTH):
            person.roles[CATALYSTS] = Role.MEMBER.value
        missing = SIZE - len(self.members(CATALYSTS))
        kinds = {"any", *TerritoryKind.values}
        for number in range(missing):
            # Each category its share first, so that small ones are there; then by chance.
            category = list(SHARES)[number % len(SHARES)] if number < 42 else self._draw_category()
            title, gender, place = self._draw_hat(category, allowed=kinds)
            person = self._invent(category, gender, title, place)
            person.roles[CATALYSTS] = Role.MEMBER.value
        eligible = [
            person
            for person in self.members(CATALYSTS)
            if person.category in {"association", "agent"} and not person.delegation and not person.account
        ]
        for person in self.dice.sample(eligible, ANIMATORS - 1):
            person.roles[CATALYSTS] = Role.ANIMATOR.value
        # The programme is run by two: one of them facilitates while the other one does.
        second = next(person for person in eligible if person.roles[CATALYSTS] == Role.ANIMATOR)
        second.roles[PROGRAMME] = Role.ANIMATOR.value

    def _draw_category(self) -> str:
        return self.dice.choices(list(SHARES), weights=list(SHARES.values()))[0]

    def _draw_hat(self, category: str, *, allowed: set[str], home: Place | None = None) -> tuple[str, str, Place]:
        """(title, gender, territory): each territory has one mayor, one president, one head of project."""
        for _attempt in range(40):
            row = self.dice.choice([row for row in self._titles[category] if allowed.intersection(row["on"])])
            gender = self.dice.choice("fm")
            kind = self.dice.choice([kind for kind in row["on"] if kind in allowed])
            if kind == "any":
                kind = TerritoryKind.DEPARTEMENT if category == "research" else TerritoryKind.COMMUNE
            place = self.atlas.around(home, kind, self.dice) if home else self.atlas.draw(kind, self.dice)
            if (row["f"], place.id) not in self._held:
                break
        self._held.add((row["f"], place.id))
        return row[gender], gender, place

    def _invent(self, category: str, gender: str, title: str, place: Place) -> Person:
        given, own_gender, family = next(self._names)
        while own_gender != gender:
            given, own_gender, family = next(self._names)
        person = Person(
            given_name=given,
            family_name=family,
            gender=gender,
            category=category,
            title=title,
            place=place,
            email=self._email(given, family),
            time_zone=self.atlas.zone_of(place),
            ease=min(self.dice.paretovariate(1.4), 8.0),
        )
        person.organisation = self._organisation(person)
        self.people.append(person)
        return person

    def _email(self, given: str, family: str) -> str:
        local = fold(f"{given}.{family}").replace(" ", "-").replace("'", "")
        email = f"{local}@example.org"
        if email in self._emails:
            email = f"{local}{len(self._emails)}@example.org"
        self._emails.add(email)
        return email

    def _organisation(self, person: Person) -> tuple[str, str] | None:
        if person.category == "elected" or (person.category == "agent" and person.place.kind == TerritoryKind.COMMUNE):
            return _authority(person.place)
        wanted = [
            (row["kind"], pattern)
            for row in self._organisations
            if person.category in row["categories"] and (person.category != "agent" or row["kind"] == person.place.kind)
            for pattern in row["patterns"]
            if "{de_territory}" not in pattern or person.place.kind == TerritoryKind.COMMUNE
        ]
        # The words of some titles call for some organisations.
        for word, call in CALLS.items():
            if word in person.title:
                wanted = [(kind, pattern) for kind, pattern in wanted if call in {kind, *pattern.split()}]
        if not wanted or (person.category == "resident" and self.dice.random() < 0.6):
            return None
        return _named(*self.dice.choice(wanted), person.place)

    # --- Casting ------------------------------------------------------------------------------------------------

    def _speakers(self, theme: ThemeText, topic: TopicText) -> tuple[Person, ...]:
        parts: dict[str, list[PostText]] = defaultdict(list)
        for number, post in enumerate(topic.posts):
            parts[post.voice or f"post {number}"].append(post)
        taken: list[Person] = []
        by_voice: dict[str, Person] = {}
        for voice, posts in parts.items():
            is_op = posts[0] is topic.posts[0]
            person = (
                self.accounts["animator"]
                if voice == "animator"
                else self._pick(theme.network, topic, posts, taken, is_op=is_op)
            )
            person.parts += 1
            if is_op:
                person.opened.append(theme.network)
            taken.append(person)
            by_voice[voice] = person
        return tuple(by_voice[post.voice or f"post {number}"] for number, post in enumerate(topic.posts))

    def _pick(
        self, network: str, topic: TopicText, posts: list[PostText], taken: list[Person], *, is_op: bool
    ) -> Person:
        category = posts[0].category
        gender = next((post.gender for post in posts if post.gender), "")
        title = next((post.title for post in posts if post.title), "")
        fitting = [
            person
            for person in self.members(network)
            if person.category == category and gender in {"", person.gender} and person not in taken
        ]
        if title and (same := [person for person in fitting if person.title == title]):
            return next((person for person in same if person.account and person.openings < 2), self._readiest(same))
        if not title and not _told_size(posts) and (account := self._account_for(network, fitting, topic, is_op=is_op)):
            return account
        others = [person for person in fitting if not person.account]
        if (size := _told_size(posts)) and not title:
            return self._housed(others, *size)
        if not title:
            return self._readiest(others)
        # Someone who has not spoken yet takes the job that the text takes for granted.
        person = self._readiest([person for person in others if not person.parts] or others)
        self._retrain(person, title)
        return person

    def _account_for(self, network: str, fitting: list[Person], topic: TopicText, *, is_op: bool) -> Person | None:
        if topic.days_ago > 60:
            return None
        limits = OPENINGS if is_op else REPLIES
        for person in fitting:
            used = person.openings if is_op else person.parts - person.openings
            is_fresh = not is_op or network not in person.opened
            if person.account and is_fresh and used < limits.get(person.account, 0):
                return person
        return None

    def _readiest(self, people: list[Person]) -> Person:
        return self.dice.choices(people, weights=[person.ease / (1 + person.parts) for person in people])[0]

    def _housed(self, people: list[Person], kind: str, population: int) -> Person:
        """Someone who has said nothing yet, from a territory of the size that the text tells."""
        person = self._readiest([one for one in people if not one.parts and one.place.kind == kind] or people)
        person.place = self.atlas.of_size(kind, population)
        person.organisation = person.organisation and self._organisation(person)
        return person

    def _retrain(self, person: Person, title: str) -> None:
        person.title = title
        known = next((row for row in self._titles[person.category] if title in {row["f"], row["m"]}), None)
        if known and "any" not in known["on"] and person.place.kind not in known["on"]:
            kind = known["on"][0]
            moved = self.atlas.around(person.place, kind, self.dice)
            person.place = moved if moved.kind == kind else self.atlas.draw(kind, self.dice)
        if known is None and person.category in {"business", "resident"}:
            person.organisation = None
        elif person.organisation:
            person.organisation = self._organisation(person)


def _told_size(posts: list[PostText]) -> tuple[str, int] | None:
    """The kind and the population of the territory that someone speaks from, when the words say so."""
    for post in posts:
        if found := TOLD_SIZE.search(post.body):
            kind = TerritoryKind.EPCI if found[1].lower() in {"epci", "communauté"} else TerritoryKind.COMMUNE
            return kind.value, int("".join(found[2].split()))
    return None


def _authority(place: Place) -> tuple[str, str]:
    patterns = {"epci": "{territory}", "departement": "Département – {territory}", "region": "Région {territory}"}
    commune = "Ville {de_territory}" if place.population >= 10000 else "Mairie {de_territory}"
    return _named(place.kind, patterns.get(place.kind, commune), place)


def _named(kind: str, pattern: str, place: Place) -> tuple[str, str]:
    name = pattern.format(territory=place.shown_name, de_territory=place.de_name)
    return KINDS.get(kind, OrganisationKind.LOCAL_AUTHORITY).value, name[:160]
