"""Small worlds of mentoring."""

from django.db import connection

from mentoring.enums import Level, TreeAct
from mentoring.models import Competence, CompetenceBridge, CompetenceProposal, DeclaredCompetence, DirectoryEntry
from mentoring.services.declarations import declare_competence
from mentoring.services.directory import refresh_entries
from mentoring.services.proposals import propose_competence
from mentoring.services.tree import SUBJECT, load_competences
from mentoring.services.tree_trail import note
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import TerritoryKind
from peerhub.people.models import Edition, Membership, Network, Territory, User
from tests.builders import make_member, make_territory, make_user

_TREE = {model._meta.db_table: "" for model in (Competence, CompetenceBridge, Edition)}


def load_tree() -> None:
    """The real tree, once. Loading it takes long: a test that begins without one is given a copy of the first."""
    if Edition.objects.filter(subject=SUBJECT).exists() or Competence.objects.exists():
        load_competences()
        return
    with connection.cursor() as cursor:
        if all(_TREE.values()):
            for table, rows in _TREE.items():
                copied = f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s::json)"
                cursor.execute(copied, [rows])
            note(TreeAct.LOADED, None, None, added=list(Competence.objects.order_by("pk").values_list("pk", flat=True)))
            refresh_entries("all")
            return
        load_competences()
        for table in _TREE:
            where = "WHERE subject = %s" if table == Edition._meta.db_table else "WHERE %s <> ''"
            cursor.execute(f"SELECT json_agg(t)::text FROM {table} t {where}", [SUBJECT])
            _TREE[table] = cursor.fetchone()[0]


def competence(slug: str) -> Competence:
    """One of the real tree, which is loaded on first use."""
    load_tree()
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
