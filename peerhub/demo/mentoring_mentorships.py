"""The mentorships of the demo: one that runs, one to agree upon, a group whose end has come, one that is over. Rows
are written without telling anybody."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.enums import EvidenceKind, MentorshipEnd, MentorshipState, Rhythm
from mentoring.models import Competence, Evidence, Mentorship, MentorshipMeeting, MentorshipPeer
from mentoring.services.conversations import open_conversation, private_circle
from peerhub.demo.cast import CATALYSTS, Cast, Person
from peerhub.demo.dates import PARIS
from peerhub.demo.saying import Said, converse, token
from peerhub.demo.settling import Settled
from peerhub.people.models import Network, User
from sessions.models import PeerSession, Registration

SEED = 5_021


@dataclass(frozen=True)
class Story:
    """`mentor` and `peers` are keys of accounts, or categories: then somebody of the network (with "another", never the
    account). Days are counted from today; `said`: who (0 the mentor, 1 the first peer), how many days ago, what."""

    mentor: str
    peers: tuple[str, ...]
    competence: str
    goals: str
    state: MentorshipState
    begins: int
    ends: int
    rhythm: Rhythm = Rhythm.MONTHLY
    places: int = 1
    said: tuple[tuple[int, int, str], ...] = ()
    meets: tuple[int, ...] = ()


STORIES = (
    Story(
        mentor="agent",
        peers=("elected",),
        competence="cantine-bio-locale",
        goals="Passer nos deux cantines à la moitié de bio local, sans augmenter le prix du repas.\n\n"
        "D’ici l’été : un marché en lots que nos maraîchers peuvent prendre, une cuisine formée, un trimestre tenu.",
        state=MentorshipState.ACTIVE,
        begins=-49,
        ends=131,
        rhythm=Rhythm.FORTNIGHTLY,
        said=(
            (1, 33, "Le devis du grossiste est arrivé : onze centimes de plus par repas. Je ne sais pas le présenter."),
            (0, 32, "Pesez les restes **deux semaines** : le conseil verra où sont les onze centimes.."),
            (1, 11, "Pesé : 140 g par enfant. Le premier adjoint a changé d’avis en lisant le chiffre."),
        ),
        meets=(-21, 6),
    ),
    Story(
        mentor="business",
        peers=("association",),
        competence="modele-economique-lieu",
        goals="Tenir le lieu deux ans de plus sans dépendre d’une seule subvention : des prix, un calendrier, "
        "et ce que nous arrêtons de faire.",
        state=MentorshipState.PROPOSED,
        begins=-2,
        ends=180,
    ),
    Story(
        mentor="animator",
        peers=("another association", "another agent", "another elected"),
        competence="faciliter-reunion",
        goals="Animer une réunion publique chacun·e, avec un retour des autres, puis recommencer.",
        state=MentorshipState.ACTIVE,
        begins=-184,
        ends=-1,
        places=4,
    ),
    Story(
        mentor="association",
        peers=("resident",),
        competence="ouvrir-tiers-lieu",
        goals="Passer de l’idée au premier samedi d’ouverture.",
        state=MentorshipState.ENDED,
        begins=-230,
        ends=-48,
        said=((1, 50, "Soixante-deux personnes samedi. Merci d’avoir dit non au bar la première année."),),
    ),
)  # fmt: skip


def write_mentorships(cast: Cast, settled: Settled, now: datetime) -> int:
    """Returns how many. The draws of the rest of the world are not touched."""
    dice, taken = random.Random(SEED), [*cast.accounts.values()]
    network = settled.networks[CATALYSTS]
    for story in STORIES:
        begun = now + timedelta(days=story.begins)
        people = [_person(cast, key, taken, begun) for key in (story.mentor, *story.peers)]
        _write(story, network, people, now, dice)
    return len(STORIES)


def _person(cast: Cast, key: str, taken: list[Person], since: datetime) -> Person:
    """The account of that key; else the first member of the category who had joined then, and has no part yet."""
    if key in cast.accounts:
        return cast.accounts[key]
    category = key.removeprefix("another ")
    members = [one for one in cast.members(CATALYSTS) if one.category == category and one not in taken]
    found = next((one for one in members if one.joined_at[CATALYSTS] < since), members[0])
    taken.append(found)
    return found


def _write(story: Story, network: Network, people: list[Person], now: datetime, dice: random.Random) -> None:
    users = User.objects.in_bulk([one.user_id for one in people])
    mentor, *peers = (users[one.user_id] for one in people)
    circle = private_circle(network=network, people=[mentor, *peers])
    competence = Competence.objects.get(slug=story.competence)
    topic = open_conversation(network=network, circle=circle, author=mentor)
    begun, ended = now + timedelta(days=story.begins), now + timedelta(days=story.ends)
    today = now.astimezone(PARIS).date()
    is_over, agreed = story.state == MentorshipState.ENDED, int(story.state != MentorshipState.PROPOSED)
    mentorship = Mentorship.objects.create(
        network=network,
        circle=circle,
        topic=topic,
        mentor=mentor,
        competence=competence,
        is_group=story.places > 1,
        places=story.places,
        is_open=story.places > 1,
        goals=story.goals,
        rhythm=story.rhythm,
        starts_on=today + timedelta(days=story.begins),
        ends_on=today + timedelta(days=story.ends),
        mentor_agreed_number=agreed,
        state=story.state,
        ending=MentorshipEnd.DONE if is_over else "",
        ended_at=ended if is_over else None,
        created_at=begun,
        updated_at=begun,
    )
    MentorshipPeer.objects.bulk_create(
        MentorshipPeer(mentorship=mentorship, user=user, agreed_number=agreed, joined_at=begun) for user in peers
    )
    if is_over:
        Evidence.objects.create(
            user=mentor,
            competence=competence,
            kind=EvidenceKind.MENTORSHIP,
            mentorship=mentorship,
            circle=circle,
            happened_at=ended,
        )
    users_there = [one.user_id for one in people]
    converse(topic, users_there, _said(story, people, now), opened_at=begun, now=now, dice=dice)
    for days in story.meets:
        _meet(mentorship, people, now + timedelta(days=days), begun, dice)


def _said(story: Story, people: list[Person], now: datetime) -> list[Said]:
    return [
        Said(
            people[who].user_id,
            people[who].hat_id,
            body,
            (now - timedelta(days=days_ago)).astimezone(PARIS).replace(hour=18, minute=5 * number),
        )
        for number, (who, days_ago, body) in enumerate(story.said, start=1)
    ]


def _meet(mentorship: Mentorship, people: list[Person], day: datetime, made_at: datetime, dice: random.Random) -> None:
    """An hour at two, by video: in their agendas, and nobody waits for a report of it."""
    starts_at = day.astimezone(PARIS).replace(hour=14, minute=0, second=0, microsecond=0)
    session = PeerSession.objects.create(
        network=mentorship.network,
        circle=mentorship.circle,
        title="Échange",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        video_url="https://visio.example.org/echange",
        report_waived_at=made_at,
        evaluation_asked_at=made_at,
        registered_count=len(people),
        uid=token(dice),
        created_by_id=people[0].user_id,
        created_at=made_at,
        updated_at=made_at,
    )
    session.facilitators.add(people[0].user_id)
    MentorshipMeeting.objects.create(mentorship=mentorship, session=session)
    Registration.objects.bulk_create(
        Registration(session=session, user_id=one.user_id, affiliation_id=one.hat_id, registered_at=made_at)
        for one in people
    )
