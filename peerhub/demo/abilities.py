"""What the people of the demo say they can do: about four competences each, near what their title says."""

import random
from datetime import datetime, timedelta

from mentoring.enums import Level
from mentoring.models import Competence, DeclaredCompetence
from mentoring.services.directory import refresh_entries
from mentoring.services.tree import load_competences
from peerhub.demo.cast import Cast, Person

# Words of titles and organisations, and the branch of the tree that they speak of.
BRANCHES = {
    "aliment": "alimentation-agriculture",
    "restaur": "alimentation-agriculture",
    "maraîch": "alimentation-agriculture",
    "agric": "alimentation-agriculture",
    "agro": "alimentation-agriculture",
    "écoles": "alimentation-agriculture",
    "mobilit": "mobilites",
    "vélo": "mobilites",
    "transports": "mobilites",
    "énergie": "energie-batiment",
    "flux": "energie-batiment",
    "techniques": "energie-batiment",
    "architecte": "energie-batiment",
    "travaux": "energie-batiment",
    "tiers-lieu": "tiers-lieux-lieux",
    "fabrique": "tiers-lieux-lieux",
    "hangar": "tiers-lieux-lieux",
    "sociale": "ess-emploi",
    "insertion": "ess-emploi",
    "coopérative": "ess-emploi",
    "ressourcerie": "ess-emploi",
    "président": "ess-emploi",
    "citoyen": "participation-democratie",
    "habitant": "participation-democratie",
    "conseil de développement": "participation-democratie",
    "sociologie": "participation-democratie",
    "animat": "cooperation-animation",
    "facilit": "cooperation-animation",
    "coordinat": "cooperation-animation",
    "transition": "cooperation-animation",
    "eau": "eau-biodiversite",
    "rivière": "eau-biodiversite",
    "hydrologie": "eau-biodiversite",
    "financ": "financement",
    "leader": "financement",
    "dotations": "financement",
    "trésor": "financement",
    "commande publique": "financement",
    "maire": "urbanisme-habitat",
    "revitalisation": "urbanisme-habitat",
    "géographie": "urbanisme-habitat",
    "aménagement": "urbanisme-habitat",
    "économique": "filieres-economie",
    "scierie": "filieres-economie",
    "développ": "filieres-economie",
    "gérant": "filieres-economie",
}
EVIDENCE = (
    "Deux projets menés de bout en bout depuis quatre ans.",
    "Une réussite, un échec, et j’ai appris davantage du second.",
    "Nous partageons volontiers notre cahier des charges.",
    "Trois éditions, dont une pendant les élections.",
    "Visites possibles sur place, un mardi par mois.",
    "Encore en cours : je peux dire où cela coince.",
)
READINESS = {Level.NOTIONS: 0.1, Level.PRACTISED: 0.5, Level.EXPERIENCED: 0.8}
ACCOUNTS = {
    "animator": ("faciliter-reunion", "codeveloppement", "animer-reseau", "capitaliser"),
    "elected": ("renover-ecole", "budget-participatif", "tarification-eau", "tandem-elu-agent"),
    "agent": ("cantine-bio-locale", "legumerie", "achats-alimentaires", "projet-alimentaire-territorial"),
    "association": ("ouvrir-tiers-lieu", "modele-economique-lieu", "convention-occupation"),
}


def declare(cast: Cast, now: datetime, dice: random.Random) -> int:
    """Write what everyone declared, then the directory of everybody; returns how many declarations."""
    load_competences()
    tree = list(Competence.objects.filter(is_retired=False).select_related("parent").order_by("slug"))
    leaves = [one for one in tree if one.parent]
    rows = [
        DeclaredCompetence(
            user_id=person.user_id,
            competence=competence,
            level=level,
            can_help=is_willing and dice.random() < READINESS[level],
            evidence=dice.choice(EVIDENCE) if level == Level.EXPERIENCED and dice.random() < 0.5 else "",
            created_at=now - timedelta(days=dice.uniform(2, 90)),
        )
        for person in cast.people
        if person.roles
        for is_willing in (bool(person.account) or dice.random() < 0.5,)
        for competence in _competences(person, leaves, dice)
        for level in dice.choices(list(Level), weights=(2, 5, 3))
    ]
    DeclaredCompetence.objects.bulk_create(rows)
    refresh_entries("all")
    return len(rows)


def _competences(person: Person, leaves: list[Competence], dice: random.Random) -> list[Competence]:
    if person.account:
        slugs = ACCOUNTS.get(person.account, ())
        return [one for one in leaves if one.slug in slugs]
    wanted = dice.choice((0, 2, 3, 4, 4, 5, 5, 6))
    words = f"{person.title} {person.organisation[1] if person.organisation else ''}".lower()
    near = {branch for word, branch in BRANCHES.items() if word in words}
    own = [one for one in leaves if one.parent and one.parent.slug in near]
    chosen = dice.sample(own, min(len(own), round(wanted * 0.7)))
    others = [one for one in leaves if one not in chosen]
    return chosen + dice.sample(others, wanted - len(chosen))
