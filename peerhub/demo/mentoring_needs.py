"""What people of the demo look for, and whom they asked: one who waits for an answer, one to answer, a conversation of
two, a need that nobody accepts. Rows are written without telling anybody; peers are those whom matching proposes."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.enums import DeclineReason, NeedAudience, NeedKind, NeedState, SolicitationState, SuggestionState
from mentoring.models import Competence, Need, NeedSuggestion, NeedTask, Solicitation
from mentoring.services.conversations import enter, open_conversation, private_circle
from mentoring.services.handing_on import LAPSES_AFTER, REMINDED_AFTER
from mentoring.services.need_tasks import STEPS
from mentoring.services.suggesting import suggest_peers
from peerhub.demo.cast import CATALYSTS, Cast, Person
from peerhub.demo.dates import PARIS
from peerhub.demo.saying import Said, converse, token
from peerhub.demo.settling import Settled
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Membership, Network, User

SEED = 5_041
TO = SolicitationState


@dataclass(frozen=True)
class Asked:
    """`peer`: the key of an account, or empty: the next whom matching proposes; `days`: how many ago."""

    state: SolicitationState
    days: float = 0
    peer: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Story:
    """`author` is the key of an account, or a category: then somebody of it."""

    author: str
    title: str
    competence: str
    days: int
    details: str = ""
    kind: NeedKind = NeedKind.ADVICE
    audience: NeedAudience = NeedAudience.ASKED
    question: str = ""
    asked: tuple[Asked, ...] = ()
    said: tuple[str, ...] = ()


STORIES = (
    Story(
        author="elected",
        title="Garder l’épicerie du bourg ouverte après le départ du gérant",
        competence="commerce-multiservice",
        days=9,
        details="Le bail finit en juin. Deux personnes du village seraient prêtes, aucune n’a tenu de commerce.",
        question="Bonjour,\n\nnous avons trois mois pour trouver qui reprend l’épicerie du bourg.\n\n"
        "Ma question : qu’avez-vous fait la première semaine, et que ne referiez-vous pas ?",
        asked=(
            Asked(TO.DECLINED, 8, reason=DeclineReason.TIME, note="Pas avant les vacances. Gardez le bail au conseil."),
            Asked(TO.SENT, 2),
            Asked(TO.QUEUED),
        ),
    ),
    Story(
        author="another elected",
        title="Convaincre le conseil de passer la cantine en bio local",
        competence="cantine-bio-locale",
        days=6,
        details="Quatre-vingts repas par jour, une cuisine sur place, un conseil partagé.",
        question="Bonjour,\n\nle vote est dans six semaines.\n\n"
        "Ma question : quel chiffre a fait bouger les hésitants chez vous ?",
        asked=(Asked(TO.SENT, 5, peer="agent"),),
    ),
    Story(
        author="association",
        title="Faire vivre une ressourcerie à six bénévoles",
        competence="ressourcerie",
        days=24,
        question="Bonjour,\n\nnous ouvrons deux jours par semaine et nous fatiguons.\n\n"
        "Ma question : par quoi commencer pour embaucher une première personne ?",
        asked=(Asked(TO.ACCEPTED, 20),),
        said=(
            "Par **le tri** : tant que deux bénévoles trient tout, personne ne peut être embauché pour vendre.",
            "Merci, nous n’y avions pas pensé. Peut-on se parler dix minutes du contrat ?",
        ),
    ),
    Story(
        author="another agent",
        title="Relancer une régie de l’eau après dix ans de délégation",
        competence="regie-eau",
        days=12,
        kind=NeedKind.MENTORING,
        question="Bonjour,\n\nMa question : qui avez-vous recruté en premier ?",
        asked=(Asked(TO.LAPSED, 11), Asked(TO.SENT, 3)),
    ),
    Story(
        author="another association",
        title="Des jardins partagés sur un terrain qui n’est pas à nous",
        competence="jardins-partages",
        days=4,
        audience=NeedAudience.NETWORK,
    ),
)  # fmt: skip


def write_needs(cast: Cast, settled: Settled, now: datetime) -> int:
    """Returns how many. The draws of the rest of the world are not touched."""
    dice, taken = random.Random(SEED), [*cast.accounts.values()]
    network = settled.networks[CATALYSTS]
    for story in STORIES:
        _write(cast, story, network, _person(cast, story.author, taken), now, dice)
    return len(STORIES)


def _person(cast: Cast, key: str, taken: list[Person]) -> Person:
    """The account of that key; else the last member of the category who has no part yet."""
    if key in cast.accounts:
        return cast.accounts[key]
    category = key.removeprefix("another ")
    members = [one for one in cast.members(CATALYSTS) if one.category == category and one not in taken]
    taken.append(members[-1])
    return members[-1]


def _write(cast: Cast, story: Story, network: Network, person: Person, now: datetime, dice: random.Random) -> None:
    author, opened = User.objects.get(pk=person.user_id), now - timedelta(days=story.days)
    if story.audience == NeedAudience.NETWORK:
        circle = Circle.objects.of_network(network, CircleKind.NETWORK)
    else:
        circle = private_circle(network=network, people=[author])
    need = Need.objects.create(
        network=network,
        circle=circle,
        author=author,
        author_affiliation_id=person.hat_id,
        kind=story.kind,
        title=story.title,
        details=story.details,
        competence=Competence.objects.get(slug=story.competence),
        audience=story.audience,
        state=NeedState.OPEN,
        token=token(dice),
        opened_at=opened,
        created_at=opened,
        updated_at=opened,
    )
    proposed = [one.peer_id for one in suggest_peers(need=need)]
    for position, asked in enumerate(story.asked, start=1):
        peer_id = cast.accounts[asked.peer].user_id if asked.peer else (proposed.pop(0) if proposed else None)
        if peer_id is not None:
            _ask(story, need, asked, User.objects.get(pk=peer_id), position, now, dice)
    _set_clock(need, now)


def _ask(story: Story, need: Need, asked: Asked, peer: User, position: int, now: datetime, dice: random.Random) -> None:
    NeedSuggestion.objects.filter(need=need, peer=peer).update(state=SuggestionState.ASKED)
    one = Solicitation(
        need=need,
        network=need.network,
        asker=need.author,
        peer=peer,
        position=position,
        question=story.question,
        state=asked.state,
        decline_reason=asked.reason,
        decline_note=asked.note,
        token=token(dice),
        created_at=need.created_at,
    )
    if asked.state != TO.QUEUED:
        sent = now - timedelta(days=asked.days)
        one.circle = private_circle(network=need.network, people=[need.author, peer])
        one.sent_at, one.remind_at, one.due_at = sent, sent + REMINDED_AFTER, sent + LAPSES_AFTER
        one.seen_at = sent + timedelta(hours=20)
        one.reminded_at = one.remind_at if one.remind_at < now and asked.state in {TO.SENT, TO.LAPSED} else None
        if asked.state != TO.SENT:
            one.ended_at = one.due_at if asked.state == TO.LAPSED else sent + timedelta(hours=26)
        if need.audience == NeedAudience.ASKED and need.circle is not None:
            enter(circle=need.circle, user=peer)
    if asked.state == TO.ACCEPTED and one.circle is not None and one.ended_at is not None:
        one.topic = open_conversation(network=need.network, circle=one.circle, author=peer)
        said, people = _said(story, one, one.ended_at), (one.peer_id, one.asker_id)
        converse(one.topic, people, said, opened_at=one.ended_at, now=now, dice=dice)
        need.state, need.answered_at = NeedState.ANSWERED, one.ended_at
        need.save(update_fields=["state", "answered_at"])
    one.save()


def _said(story: Story, one: Solicitation, answered_at: datetime) -> list[Said]:
    """The two in turn, the peer first, a day apart."""
    people = (one.peer_id, one.asker_id)
    hats = dict(Membership.objects.filter(network=one.network_id, user__in=people).values_list("user", "affiliation"))
    first = answered_at.astimezone(PARIS).replace(hour=8, minute=40)
    return [
        Said(people[number % 2], hats[people[number % 2]], body, first + timedelta(days=number + 1))
        for number, body in enumerate(story.said)
    ]


def _set_clock(need: Need, now: datetime) -> None:
    """The animators have heard of what has waited for three days."""
    if need.state != NeedState.OPEN or need.opened_at is None:
        return
    past = [days for days in STEPS if need.opened_at + timedelta(days=days) <= now]
    step = next((days for days in STEPS if days not in past), STEPS[-1])
    NeedTask.objects.create(
        need=need,
        network=need.network,
        step_days=step,
        due_at=need.opened_at + timedelta(days=step),
        rung_at=need.opened_at + timedelta(days=past[-1]) if past else None,
    )
