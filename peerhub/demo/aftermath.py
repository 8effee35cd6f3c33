"""What the past peer day of the demo left: who was there, minutes, decisions, opinions, and the envelopes that its
groups opened at the agora. Rows of the past are written without telling anybody."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from peerhub.demo.cast import Cast
from peerhub.demo.dates import PARIS
from peerhub.demo.saying import token
from peerhub.people.models import User
from peerhub.text.markdown import RENDER_VERSION, render
from sessions.enums import CheckInMethod, ConclusionState, Format
from sessions.minutes.document import MinutesDocument, client_of
from sessions.minutes.template import as_kept, html_of, markdown_of
from sessions.models import (
    Attendance,
    Conclusion,
    Decision,
    Evaluated,
    Evaluation,
    Minutes,
    MinutesUpdate,
    PeerSession,
    Programme,
)
from sessions.queries.minutes import sections_of
from sessions.services.sealing import append_seal

AGORA = "agora"
# How many of ten who took a seat came, and how many of ten who came gave an opinion.
CAME, SAID = 9, 7
LEAST = 6


@dataclass(frozen=True)
class Left:
    """What one session left. A decision: what, in how many days from today (None: no date), whether it is done."""

    minutes: Sequence[str]
    decisions: Sequence[tuple[str, int | None, bool]]
    comments: Sequence[str]
    conclusion: str = ""


LEFT = {
    "elected": Left(
        minutes=(
            "Chacun·e raconte une décision prise **sans tout savoir** : une école gardée, un captage, une friche.",
            "Ce qui aide : dire tout haut ce que l’on ignore, et fixer d’avance la date où l’on reviendra dessus.",
        ),
        decisions=(
            ("Partager nos délibérations « à revoir » : une par commune", 12, False),
            ("Rédiger une page sur ce que l’on dit aux habitant·es quand on ne sait pas", 26, False),
            ("Inviter l’agence de l’eau à la prochaine journée", None, True),
        ),
        comments=("On s’est parlé sans détour.", "Plus de temps pour les cas, moins pour le tour de table."),
        conclusion="Nous décidons mieux quand la délibération dit ce que nous ignorons, et **quand nous y reviendrons**"
        ". Nous demandons à nos services un bilan à un an, même court, même mauvais.",
    ),
    "agent": Left(
        minutes=(
            "Être entre deux : porter une commande politique, et entendre le terrain qui n’en veut pas.",
            "Ce que nous faisons sans le dire : traduire, ralentir, attendre le bon moment.",
        ),
        decisions=(
            ("Écrire une fiche « quand la commande change en route »", 9, False),
            ("Se rappeler à trois, une fois par mois, sur un dossier qui coince", None, False),
            ("Envoyer à tout le monde le modèle de note d’une page", -12, True),
        ),
        comments=("Utile dès le lendemain.", "Le rythme était bon.", "Je me suis senti moins seul."),
        conclusion="Nous tenons mieux quand **l’élu·e et nous disons la même chose au terrain**. Nous proposons "
        "un point de dix minutes avant chaque réunion publique.",
    ),
    "association": Left(
        minutes=(
            "Quand la convention devient un cahier des charges : trois histoires, deux ruptures, une réparation.",
            "Nous acceptons trop vite des indicateurs que nous ne savons pas remplir.",
        ),
        decisions=(
            ("Comparer nos trois conventions pluriannuelles, ligne à ligne", 16, False),
            ("Proposer une clause de relecture à mi-parcours", 30, False),
        ),
        comments=("Enfin un endroit pour le dire.", "J’aurais aimé un exemple de convention."),
        conclusion="Nous voulons être **consultées avant l’appel à projets**, pas après. En échange, nous dirons nos "
        "limites dès le premier rendez-vous.",
    ),
    AGORA: Left(
        minutes=(
            "Les trois enveloppes s’ouvrent ensemble. Les trois groupes parlent de *dire ce que l’on ne sait pas*.",
            "Chaque délégation choisit une phrase d’un autre groupe et dit ce qu’elle en fera.",
        ),
        decisions=(
            ("Réunir élu·es, agents et associations avant le prochain appel à projets", 20, False),
            ("Publier les trois restitutions dans le réseau", -20, True),
        ),
        comments=("L’ouverture des enveloppes, un vrai moment.", "Salle un peu froide.", "À refaire."),
    ),
}


def write_aftermath(cast: Cast, programme: Programme, now: datetime) -> None:
    """Of the sessions of the peer day that took place; and nobody is chased for what is past."""
    dice = random.Random(len(LEFT))
    sessions = PeerSession.objects.filter(programme=programme, peer_day__isnull=False, ends_at__lt=now)
    held = list(sessions.select_related("circle__category", "network").order_by("starts_at", "pk"))
    for session in held:
        left = LEFT[AGORA if session.format == Format.AGORA else session.category_slug]
        people = _people(session)
        facilitator = session.facilitators.order_by("pk").first() or people[0]
        session.facilitators.add(facilitator)
        there = _attend(session, people, facilitator, cast)
        _take_minutes(session, facilitator, left.minutes, dice)
        _decide(session, there, left.decisions, now.astimezone(PARIS).date())
        _evaluate(session, there, left.comments, dice)
    _open_envelopes([one for one in held if one.format != Format.AGORA])
    past = PeerSession.objects.filter(ends_at__lte=now)
    past.update(evaluation_asked_at=now)
    past.filter(ends_at__lt=now - timedelta(days=2)).update(report_chases=1)
    past.filter(ends_at__lt=now - timedelta(days=6)).update(report_chases=2)


def _people(session: PeerSession) -> list[User]:
    """Who took a seat: the demo accounts first, so that there is something for them to do."""
    rows = session.registrations.registered().select_related("user").order_by("pk")
    return [row.user for row in rows]


def _attend(session: PeerSession, people: list[User], facilitator: User, cast: Cast) -> list[User]:
    """Returns who was there: all but one of ten, and the demo accounts always."""
    accounts = {person.user_id for person in cast.accounts.values()}
    there = [one for number, one in enumerate(people) if number % 10 < CAME or one.pk in accounts]
    Attendance.objects.bulk_create(
        Attendance(
            session=session,
            user=one,
            is_present=one in there,
            method=CheckInMethod.LIST,
            recorded_by=facilitator,
            recorded_at=session.ends_at,
        )
        for one in people
    )
    return sorted(there, key=lambda one: (one.pk not in accounts, one.pk))


def _take_minutes(session: PeerSession, author: User, paragraphs: Sequence[str], dice: random.Random) -> None:
    """Under the first steps of the session, after those who were there: the change that wrote them, then the word that
    they were published."""
    sections = sections_of(session, None)
    document = MinutesDocument([one.key for one in sections], client=client_of(author.pk))
    update = document.rewrite(dict(zip([one.key for one in sections[1:]], paragraphs, strict=False)))
    published_at = session.ends_at + timedelta(days=2, hours=1)
    minutes = Minutes.objects.create(
        session=session,
        sections=as_kept(sections),
        state=document.state,
        number=2,
        body=markdown_of(sections, document.texts),
        body_html=html_of(sections, document.texts),
        published_at=published_at,
        published_by=author,
        updated_at=published_at,
    )
    MinutesUpdate.objects.bulk_create(
        MinutesUpdate(minutes=minutes, number=number, update=change, token=token(dice), author=author, written_at=at)
        for number, change, at in ((1, update, session.ends_at), (2, b"", published_at))
    )


def _decide(
    session: PeerSession, there: list[User], decisions: Sequence[tuple[str, int | None, bool]], today: date
) -> None:
    Decision.objects.bulk_create(
        Decision(
            session=session,
            text=text,
            owner=there[number % len(there)],
            due_on=None if days is None else today + timedelta(days=days),
            done_at=session.ends_at + timedelta(days=9) if is_done else None,
            created_by=there[0],
            created_at=session.ends_at + timedelta(minutes=number),
        )
        for number, (text, days, is_done) in enumerate(decisions)
    )


def _evaluate(session: PeerSession, there: list[User], comments: Sequence[str], dice: random.Random) -> None:
    """From six of those who were there on, in the order of random keys."""
    count = min(len(there), max(LEAST, round(len(there) * SAID / 10)))
    rows = [
        Evaluation(
            pk=token(dice),
            session=session,
            usefulness=dice.choices((3, 4, 5), (1, 4, 3))[0],
            frankness=dice.choices((2, 3, 4, 5), (1, 2, 4, 3))[0],
            rhythm=dice.choices((2, 3, 4), (1, 5, 2))[0],
            comment=comments[number] if number < len(comments) else "",
        )
        for number in range(count)
    ]
    Evaluation.objects.bulk_create(sorted(rows, key=lambda row: row.pk))
    Evaluated.objects.bulk_create(Evaluated(session=session, user=one) for one in there[:count])


def _open_envelopes(groups: list[PeerSession]) -> None:
    """Each group wrote, agreed by silence, and sealed before the agora, where all were opened."""
    agora = PeerSession.objects.get(peer_day=groups[0].peer_day_id, format=Format.AGORA)
    sealed_at = agora.starts_at - timedelta(minutes=20)
    for session in groups:
        body = LEFT[session.category_slug].conclusion
        conclusion = Conclusion.objects.create(
            session=session,
            body=body,
            body_html=render(body, names={}, groups={}).html,
            render_version=RENDER_VERSION,
            version=1,
            proposed_by=_people(session)[0],
            proposed_at=sealed_at - timedelta(hours=1),
            approved_by_date=sealed_at,
            state=ConclusionState.REVEALED,
            sealed_at=sealed_at,
            revealed_at=agora.starts_at + timedelta(minutes=35),
            agora=agora,
            updated_at=sealed_at,
        )
        append_seal(conclusion=conclusion, sealed_at=sealed_at)
