"""Resource actors of the demo: what some organisations offer, and what the platform saw its people do.

By the services that production calls; what they announce is taken back, as for all that is past.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from mentoring.models import Competence, Evidence, Support
from mentoring.services.actors import Contact, name_keeper, offer_support
from mentoring.services.directory import refresh_entries
from mentoring.services.evidence import refresh_everybody
from peerhub.demo.cast import CATALYSTS, Cast, Person
from peerhub.demo.places import Place
from peerhub.demo.settling import Settled
from peerhub.outbox.models import OutboxEvent
from peerhub.people.enums import TerritoryKind
from peerhub.people.folding import fold
from peerhub.people.models import Organisation, Territory, User

COUNTY = (TerritoryKind.DEPARTEMENT.value, TerritoryKind.COLLECTIVITY.value)


@dataclass(frozen=True)
class Offer:
    """Of the first member whose organisation is named so, or of a demo account."""

    whose: str
    kind: str
    summary: str
    details: str = ""
    where: tuple[str, ...] = COUNTY  # kinds of territory around the organisation; none: everywhere
    subjects: tuple[str, ...] = ()
    office: str = "accueil"
    days: int = 240  # how long it is valid yet


OFFERS = (
    Offer(
        "agent", "technical", "Une demi-journée pour relire votre cahier des charges alimentaire",
        "Pour les communes et les associations qui achètent en commun. Envoyez le projet une semaine avant.",
        subjects=("achats-alimentaires", "cantine-bio-locale"), office="commande publique", days=22,
    ),
    Offer(
        "agent", "political", "Un courrier de soutien du président à une candidature, sous dix jours",
        "Sur présentation du projet en deux pages.", where=(TerritoryKind.EPCI.value,), office="cabinet",
    ),
    Offer(
        "association", "material", "Une salle de 40 places et un atelier équipé, prêtés deux soirées par mois",
        "Contre une participation au ménage. Le matériel de l’atelier s’apprend avec nous.",
        subjects=("tiers-lieux-lieux",), office="réservations",
    ),
    Offer(
        "elected", "material", "Un local vide en centre-bourg, prêté le temps d’un essai de six mois",
        "Soixante mètres carrés, accessibles, chauffés. La commune prend l’assurance.",
        where=(TerritoryKind.COMMUNE.value,), office="secrétariat de mairie",
    ),
    Offer(
        "Fonds de dotation Racines", "funding", "De 2 000 à 8 000 euros pour un premier essai, réponse en six semaines",
        "Une lettre de deux pages suffit. Les salaires et l’ingénierie sont éligibles.", where=(), office="dossiers",
    ),
    Offer(
        "Fondation territoriale", "funding", "Un cofinancement pour les projets portés à plusieurs structures",
        "Deux appels par an, en mars et en octobre.", where=(TerritoryKind.REGION.value,), office="appels à projets",
        days=310,
    ),
    Offer(
        "Préfecture", "funding", "Un rendez-vous pour trier les dotations auxquelles votre projet peut prétendre",
        "Trois quarts d’heure par téléphone, avec le plan de financement sous les yeux.", office="bureau des dotations",
    ),
    Offer(
        "Direction départementale", "technical", "Un avis sur un projet d’eau ou de sol avant le dépôt du dossier",
        subjects=("eau-biodiversite",), office="guichet unique",
    ),
    Offer(
        "Département", "funding", "L’ingénierie financée à moitié pour les communes de moins de 2 000 habitants",
        office="ingénierie territoriale",
    ),
    Offer(
        "Région", "funding", "Un fonds pour les lieux partagés, investissement et première année",
        where=(TerritoryKind.REGION.value,), subjects=("tiers-lieux-lieux",), office="guichet des lieux", days=-12,
    ),
    Offer(
        "Université des territoires", "technical", "Un stage collectif de six étudiant·es pour un diagnostic",
        "De février à juin, avec un tuteur sur place.", where=(TerritoryKind.REGION.value,), office="stages",
    ),
    Offer(
        "École d’agronomie", "technical", "Des analyses de sol et une lecture commentée des résultats",
        subjects=("alimentation-agriculture",), office="laboratoire",
    ),
    Offer(
        "Atelier d’architecture", "technical", "Une visite conseil avant d’acheter ou de rénover un bâtiment",
        "Deux heures sur place, sans suite obligée.", subjects=("energie-batiment",), office="agence",
    ),
    Offer(
        "Ressourcerie", "material", "Du mobilier et des matériaux de réemploi mis de côté pour les projets du réseau",
        office="collecte",
    ),
    Offer(
        "SCIC Énergies", "technical", "Une étude rapide du potentiel solaire d’une toiture publique",
        subjects=("energie-batiment",), office="études",
    ),
    Offer("Pôle territorial", "political", "Une mise en relation avec le conseil syndical", office="direction"),
)  # fmt: skip


def write_actors(cast: Cast, settled: Settled, now: datetime) -> str:
    """What was written, in words."""
    last = OutboxEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    network = settled.networks[CATALYSTS]
    animator = User.objects.get(pk=cast.accounts["animator"].user_id)
    for number, (offer, person, place) in enumerate(_cast(cast)):
        keeper, organisation = User.objects.get(pk=person.user_id), _organisation(person)
        name_keeper(actor=animator, network=network, organisation=organisation, user_id=keeper.pk)
        support = offer_support(
            actor=keeper,
            network=network,
            organisation=organisation,
            kind=offer.kind,
            fields={
                "summary": offer.summary,
                "details": offer.details,
                "website": "",
                "valid_until": timezone.localdate(),
                "competences": list(Competence.objects.filter(slug__in=offer.subjects)),
                "territories": [Territory.objects.get(pk=place.id)] if place else [],
            },
            contacts=[
                Contact(offer.office, email=f"{fold(offer.office).split()[0]}.{number}@acteurs.example.org"),
                Contact("référent·e dans le réseau", user_id=keeper.pk),
            ],
        )
        written = now - timedelta(days=100 + 7 * number)
        Support.objects.filter(pk=support.pk).update(
            created_at=written, updated_at=written, valid_until=now.date() + timedelta(days=offer.days)
        )
        refresh_entries("organisation", organisation.pk)
    refresh_everybody()
    OutboxEvent.objects.filter(pk__gt=last).delete()
    return f"{Support.objects.count()} supports, {Evidence.objects.count()} pieces of evidence"


def _cast(cast: Cast) -> Iterator[tuple[Offer, Person, Place | None]]:
    """Each offer with who keeps it and what it covers; none for an organisation that nobody is of."""
    taken: set[int] = set()
    for offer in OFFERS:
        members = [one for one in cast.members(CATALYSTS) if one.organisation and one.user_id not in taken]
        person = cast.accounts.get(offer.whose) or next(
            (one for one in members if one.organisation and one.organisation[1].startswith(offer.whose)), None
        )
        if person:
            taken.add(person.user_id)
            yield offer, person, _around(cast, person.place, offer.where)


def _around(cast: Cast, place: Place, kinds: tuple[str, ...]) -> Place | None:
    """The territory of such a kind in which a place lies, or itself."""
    if not kinds:
        return None
    step: Place | None = place
    while step and step.kind not in kinds:
        step = cast.atlas.by_id.get(step.parent_id or 0)
    return step or place


def _organisation(person: Person) -> Organisation:
    return Organisation.objects.get(affiliations=person.hat_id)
