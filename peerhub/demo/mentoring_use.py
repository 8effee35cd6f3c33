"""Needs of the last quarters that are told, all closed: what the report of use counts. Rows tell nobody."""

import random
from datetime import datetime, timedelta

from mentoring.enums import NeedClosing, NeedState
from mentoring.models import Competence, Need
from mentoring.queries.use import quarters_told
from mentoring.services.conversations import private_circle
from peerhub.demo.cast import CATALYSTS, Cast
from peerhub.demo.saying import token
from peerhub.demo.settling import Settled
from peerhub.people.models import User

SEED = 5_113
QUARTERS, ASKED = 2, 90
SUBJECTS = (
    ("Monter un plan de financement qui tient", "plan-financement"),
    ("Passer en régie sans perdre un an", "regie-eau"),
    ("Ouvrir une ressourcerie à deux communes", "ressourcerie"),
    ("Remplir nos réunions publiques", "aller-vers"),
    ("Remettre des commerces au rez-de-chaussée", "commerce-multiservice"),
    ("Écrire la convention d’un lieu partagé", "convention-occupation"),
    ("Isoler une école sans la fermer", "renover-ecole"),
    ("Garder les bénévoles après la première année", "vie-associative"),
)


def write_closed_needs(cast: Cast, settled: Settled, now: datetime) -> int:
    """How many. Three in five were answered, most within days."""
    dice = random.Random(SEED)
    network = settled.networks[CATALYSTS]
    subjects = Competence.objects.in_bulk([slug for _title, slug in SUBJECTS], field_name="slug")
    quarters = quarters_told(network, now)[:QUARTERS]
    for quarter in quarters:
        starts, ends = quarter.span
        members = [
            one
            for one in cast.members(CATALYSTS)
            if not one.account and one.joined_at[CATALYSTS] < ends - timedelta(days=14)
        ]
        users = User.objects.in_bulk([one.user_id for one in members])
        for person in dice.sample(members, min(ASKED, len(members))):
            title, slug = dice.choice(SUBJECTS)
            first = max(starts, person.joined_at[CATALYSTS])
            opened = first + (ends - first) * dice.random()
            answered = opened + timedelta(days=dice.triangular(0.3, 20, 2)) if dice.random() < 0.6 else None
            closed = opened + timedelta(days=26)
            Need.objects.create(
                network=network,
                circle=private_circle(network=network, people=[users[person.user_id]]),
                author=users[person.user_id],
                author_affiliation_id=person.hat_id,
                title=title,
                competence=subjects[slug],
                state=NeedState.CLOSED,
                closing=NeedClosing.HELPED if answered else dice.choice((NeedClosing.NOBODY, NeedClosing.DROPPED)),
                token=token(dice),
                created_at=opened,
                opened_at=opened,
                answered_at=answered,
                closed_at=closed,
                updated_at=closed,
            )
    return ASKED * len(quarters)
