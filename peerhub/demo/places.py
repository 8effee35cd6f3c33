"""Real territories for invented people: drawn from the official list, spread over the country and its strata."""

import random
from collections import defaultdict
from dataclasses import dataclass

from peerhub.people.enums import TerritoryKind
from peerhub.people.models import Territory

# How often a person comes from a commune of each size: a network of territories, not of metropolises.
SIZES = ((500, 2000, 24), (2000, 10000, 34), (10000, 20000, 16), (20000, 50000, 14), (50000, 400000, 12))
ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}
# More often than chance would: the network was born there.
STRONGHOLDS = ("29", "35", "38", "63", "974", "12", "59", "26")


@dataclass(frozen=True)
class Place:
    id: int
    kind: str
    code: str
    name: str
    population: int
    parent_id: int | None
    grouping_id: int | None

    @property
    def shown_name(self) -> str:
        return self.name.replace("'", "’")

    @property
    def de_name(self) -> str:
        """« de Lyon », « d’Arles », « du Mans », « des Sables »."""
        name = self.shown_name
        if name.startswith("Le "):
            return f"du {name[3:]}"
        if name.startswith("Les "):
            return f"des {name[4:]}"
        return f"d’{name}" if name[0] in "AEIOUYÀÂÉÈÊÎÔ" else f"de {name}"


class Atlas:
    """The official list, in memory; every draw comes from the dice that it is given."""

    def __init__(self) -> None:
        rows = Territory.objects.exclude(kind=TerritoryKind.OTHER).order_by("kind", "code")
        fields = rows.values_list("id", "kind", "code", "name", "population", "parent_id", "grouping_id")
        self.places = [
            Place(pk, kind, code, name, population or 0, parent_id, grouping_id)
            for pk, kind, code, name, population, parent_id, grouping_id in fields
        ]
        self.by_id = {place.id: place for place in self.places}
        self.departements = [place for place in self.places if place.kind == TerritoryKind.DEPARTEMENT]
        self._departement_of_code = {place.code: place for place in self.departements}
        self._inside: dict[tuple[int | None, str], list[Place]] = defaultdict(list)
        self._grouped: dict[int | None, list[Place]] = defaultdict(list)
        for place in self.places:
            self._inside[place.parent_id, place.kind].append(place)
            if place.kind == TerritoryKind.COMMUNE:
                self._grouped[place.grouping_id].append(place)
        self._rounds: list[Place] = []

    def departement(self, dice: random.Random) -> Place:
        """Each département in turn, in an order of its own for each round, with the strongholds in between."""
        if dice.random() < 0.2:
            return self._departement_of_code[dice.choice(STRONGHOLDS)]
        if not self._rounds:
            self._rounds = list(self.departements)
            dice.shuffle(self._rounds)
        return self._rounds.pop()

    def draw(self, kind: str, dice: random.Random) -> Place:
        """A territory of this kind, somewhere."""
        departement = self.departement(dice)
        if kind == TerritoryKind.DEPARTEMENT:
            return departement
        if kind == TerritoryKind.REGION:
            return self.by_id[departement.parent_id or 0]
        if kind == TerritoryKind.EPCI:
            epcis = self._inside[departement.id, TerritoryKind.EPCI]
            return dice.choice(epcis) if epcis else departement
        return self._commune(self._inside[departement.id, TerritoryKind.COMMUNE], dice)

    def near(self, code: str, kind: str, population: int) -> Place:
        """The territory of this kind in the département of this code whose population comes closest."""
        return self._closest(self._inside[self._departement_of_code[code].id, kind], population)

    def of_size(self, kind: str, population: int) -> Place:
        """The territory of this kind whose population comes closest, in the whole country."""
        return self._closest([place for place in self.places if place.kind == kind], population)

    def around(self, home: Place, kind: str, dice: random.Random) -> Place:
        """A territory of this kind that belongs to `home`, lies around it, or is it."""
        if kind == TerritoryKind.COMMUNE and home.kind == TerritoryKind.EPCI:
            return self._commune(self._grouped[home.id], dice)
        if kind == TerritoryKind.EPCI and home.grouping_id:
            return self.by_id[home.grouping_id]
        if kind == TerritoryKind.DEPARTEMENT and home.parent_id:
            return self.by_id[home.parent_id]
        return home

    def zone_of(self, place: Place) -> str:
        """The IANA zone of the clocks there."""
        above = self.by_id.get(place.parent_id or 0)
        return ZONES.get(place.code) or ZONES.get(above.code if above else "", "Europe/Paris")

    @staticmethod
    def _closest(places: list[Place], population: int) -> Place:
        return min(places, key=lambda place: (abs(place.population - population), place.code))

    @staticmethod
    def _commune(communes: list[Place], dice: random.Random) -> Place:
        low, high, _weight = dice.choices(SIZES, weights=[size[2] for size in SIZES])[0]
        fitting = [place for place in communes if low <= place.population < high and not place.name.startswith("H")]
        return dice.choice(fitting or [place for place in communes if place.population >= SIZES[0][0]] or communes)
