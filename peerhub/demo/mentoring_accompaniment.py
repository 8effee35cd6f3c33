"""Around the mentorships of the demo: notes, a check-in that waits, thanks on a profile; and who is free when. Rows are
written without telling anybody."""

import random
from datetime import datetime, timedelta

from mentoring.enums import CheckInAnswer, CheckInStage, MentorshipState
from mentoring.models import Absence, CheckIn, Feedback, Mentorship, MentorshipNote, Thanks
from mentoring.services.profiles import save_availability
from mentoring.services.thanks import place_evidence
from peerhub.demo.cast import CATALYSTS, Cast
from peerhub.demo.dates import PARIS
from peerhub.demo.saying import token
from peerhub.demo.settling import Settled
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Network, User
from peerhub.text.markdown import RENDER_VERSION, render

SEED = 5_022
# Of the one that runs: by its mentor or its peer, how many days ago, shared or not, what.
NOTES = (
    (
        True,
        20,
        True,
        "**Ce qui a marché**\n\n- peser les restes avant de parler du prix ;\n- un lot par famille de légumes.",
    ),
    (False, 19, False, "Lui demander comment le marché a été alloti : notre service craint le recours."),
    (True, 5, False, "Ne pas aller plus vite que son premier adjoint. Reparler de la formation en mars."),
)
# What each account can give: places, hours a month.
AVAILABLE = {"agent": (3, 6), "association": (2, 4), "elected": (1, 2)}


def write_accompaniment(cast: Cast, settled: Settled, now: datetime) -> int:
    """Returns how many notes. The draws of the rest of the world are not touched."""
    dice, network = random.Random(SEED), settled.networks[CATALYSTS]
    users = User.objects.in_bulk([one.user_id for one in cast.accounts.values()])
    today = now.astimezone(PARIS).date()
    Absence.objects.create(
        user=users[cast.accounts["agent"].user_id],
        starts_on=today + timedelta(days=25),
        ends_on=today + timedelta(days=39),
    )
    # The directory is told of what is free once all of it is said.
    for key, (people, hours) in AVAILABLE.items():
        user = users[cast.accounts[key].user_id]
        save_availability(user=user, fields={"people_at_a_time": people, "hours_a_month": hours})
    mine = Mentorship.objects.filter(network=network, mentor=cast.accounts["agent"].user_id)
    for mentorship in mine.filter(state=MentorshipState.ACTIVE, is_group=False):
        _note(mentorship, now, dice)
        _ask(mentorship, now)
    for mentorship in Mentorship.objects.filter(network=network, state=MentorshipState.ENDED):
        _thank(mentorship, network, dice)
    return len(NOTES)


def _note(mentorship: Mentorship, now: datetime, dice: random.Random) -> None:
    peer_id = mentorship.peers.get().user_id
    for is_mentor, days_ago, is_shared, body in NOTES:
        at = now - timedelta(days=days_ago)
        MentorshipNote.objects.create(
            mentorship=mentorship,
            author_id=mentorship.mentor_id if is_mentor else peer_id,
            is_shared=is_shared,
            body=body,
            body_html=render(body, names={}).html,
            render_version=RENDER_VERSION,
            token=token(dice),
            created_at=at,
            updated_at=at,
        )


def _ask(mentorship: Mentorship, now: datetime) -> None:
    """The mentor has answered; the peer will."""
    asked_at = now - timedelta(days=2)
    said = {"answer": CheckInAnswer.WELL, "answered_at": now - timedelta(days=1)}
    for user_id, answered in ((mentorship.mentor_id, said), (mentorship.peers.get().user_id, {})):
        CheckIn.objects.create(
            mentorship=mentorship,
            user_id=user_id,
            stage=CheckInStage.THIRD,
            due_on=asked_at.astimezone(PARIS).date(),
            asked_at=asked_at,
            **answered,
        )


def _thank(mentorship: Mentorship, network: Network, dice: random.Random) -> None:
    """A word that both show."""
    peer_id, ended_at = mentorship.peers.get().user_id, mentorship.ended_at
    if ended_at is None:
        return
    Thanks.objects.create(
        circle=Circle.objects.of_network(network, CircleKind.NETWORK),
        author_id=peer_id,
        recipient_id=mentorship.mentor_id,
        mentorship=mentorship,
        body="Six mois pour passer d’une idée à un samedi plein. Merci pour les questions, et pour les non.",
        may_be_public=True,
        published_at=ended_at + timedelta(days=2),
        token=token(dice),
        created_at=ended_at + timedelta(days=1),
    )
    Feedback.objects.create(
        mentorship=mentorship,
        author_id=peer_id,
        about_id=mentorship.mentor_id,
        usefulness=5,
        created_at=ended_at + timedelta(days=1),
    )
    place_evidence(mentorship.pk)
