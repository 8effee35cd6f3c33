"""Small worlds of mentoring."""

from mentoring.enums import Level
from mentoring.models import Competence, CompetenceProposal, DeclaredCompetence, DirectoryEntry
from mentoring.services.declarations import declare_competence
from mentoring.services.proposals import propose_competence
from mentoring.services.tree import load_competences
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import TerritoryKind
from peerhub.people.models import Membership, Network, Territory, User
from tests.builders import make_member, make_territory, make_user


def competence(slug: str) -> Competence:
    """One of the real tree, which is loaded on first use."""
    load_competences()
    return Competence.objects.get(slug=slug)


def declare(user: User, slug: str, *, can_help: bool = False, level: Level = Level.PRACTISED) -> DeclaredCompetence:
    return declare_competence(user=user, competence=competence(slug), level=level, can_help=can_help)


def make_place(name: str = "Feurs", departement: str = "Loire", population: int = 8000) -> Territory:
    """A commune in a département in Auvergne-Rhône-Alpes (each made once)."""
    region = Territory.objects.filter(name="Auvergne-Rhône-Alpes").first()
    region = region or make_territory("Auvergne-Rhône-Alpes", kind=TerritoryKind.REGION, population=8_000_000)
    county = Territory.objects.filter(name=departement).first()
    if county is None:
        county = make_territory(departement, kind=TerritoryKind.DEPARTEMENT, population=700_000)
        county.parent = region
        county.save()
    place = make_territory(name, population=population)
    place.parent = county
    place.save()
    return place


def make_listed(
    network: Network,
    given_name: str = "Ève",
    family_name: str = "Martin",
    *,
    category: str = "agent",
    territory: Territory | None = None,
    title: str = "Chargée de mission",
) -> Membership:
    """A member, with the directory in step."""
    user = make_user(given_name=given_name, family_name=family_name)
    member = make_member(network, user, category=category, territory=territory, title=title)
    dispatch_all()
    return member


def entry(member: Membership) -> DirectoryEntry:
    return DirectoryEntry.objects.get(membership=member)


def told(user: User) -> list[str]:
    """The kinds of what the person was told, in order."""
    dispatch_all()
    kinds = Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True)
    return [kind.split(".")[1] for kind in kinds]


def propose(user: User, network: Network, name: str = "Creuser un puits") -> CompetenceProposal:
    return propose_competence(author=user, network=network, name=name, synonyms="forage, puits", why="Pour l’été.")
