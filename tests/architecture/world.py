"""One world with a secret in every kind of container, and every kind of person around it.

Each secret is a word that nothing else contains; `SECRETS` says which kinds of person may ever be shown it. The word
`potiron` stands beside each, so that a search that is not limited would find all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from django.utils import timezone

from forums.models import Forum, Post, Topic
from forums.queries.search import Asked
from forums.services.drafts import save_draft
from forums.services.feed_tokens import open_feeds
from forums.services.files import withdraw_files_of
from forums.services.holding import Held
from forums.services.saved_searches import save_search
from forums.services.tags import create_tag, edit_tag, set_tags
from mentoring.enums import Level
from mentoring.models import (
    Competence,
    CompetenceProposal,
    Introduction,
    Mentorship,
    Need,
    Solicitation,
    Support,
    Training,
)
from mentoring.services.declarations import declare_competence
from mentoring.services.proposals import propose_competence
from peerhub.files.markdown import markdown_of
from peerhub.files.models import StoredFile
from peerhub.files.services.storing import store_file
from peerhub.moderation.enums import Reason
from peerhub.moderation.models import CannedAnswer, Case
from peerhub.moderation.services.conversation import write_to_author
from peerhub.moderation.services.reports import report
from peerhub.moderation.services.settings import adopt_defaults, plan_duty
from peerhub.notifications.models import Notification
from peerhub.people.enums import CircleKind, MembershipStatus, Role
from peerhub.people.models import Circle, Delegation, Membership, Network, User
from peerhub.people.services.circles import (
    categories_circle,
    category_circle,
    create_circle,
    delegation_circle,
    public_circle,
)
from peerhub.people.services.memberships import end_membership
from sessions.models import AgendaStep, DatePoll, PeerSession, SessionSeries
from sessions.services.charters import write_charter
from sessions.services.feeds import open_feed
from sessions.services.registration import register
from tests.architecture.world_accompaniment import make_accompaniment
from tests.architecture.world_actors import make_supports, make_traces
from tests.architecture.world_aftermath import Aftermath, make_aftermath
from tests.architecture.world_envelopes import Envelopes, make_envelopes
from tests.architecture.world_introductions import make_introduction
from tests.architecture.world_mentoring import make_asks, make_group_of, make_needs
from tests.architecture.world_programmes import Plan, plan
from tests.architecture.world_series import close_one_date, make_series_of
from tests.architecture.world_trainings import make_trainings
from tests.builders import make_animator, make_category, make_member, make_network, make_user
from tests.forums.builders import make_forum, make_post, make_topic
from tests.moderation.notes import KEY, Note, make_note
from tests.sessions.builders import make_session
from tests.sessions.poll_builders import ask_for_dates, name_delegate_of

KINDS = (
    "anonymous",
    "newcomer",  # signed in, member of nothing
    "outsider",  # member of another network
    "other_animator",  # runs another network
    "former",  # left this one
    "suspended",
    "agent",  # a member, outside of the confidential circles
    "delegate",  # of the delegation, but of another category than its elected official
    "elected",  # of the delegation, and of the confidential circle of elected officials
    "animator",  # runs this network, in none of its confidential circles
    "administrator",  # of the platform; a member of nothing
)

MEMBERS = {"agent", "delegate", "elected", "animator"}
# secret -> the kinds of person that may be shown it.
SECRETS = {
    "elected": {"elected"},
    "delegation": {"delegate", "elected"},
    "chosen": {"elected"},
    "categories": {"elected"},
    "animators": {"animator"},
    "network": MEMBERS,
    "profile": MEMBERS,
    "programme": {"delegate", "elected", "animator"},
    "public": set(KINDS),
}
CONFIDENTIAL = {"elected", "delegation", "chosen", "categories"}


def canary(secret: str) -> str:
    """A word that survives folding, stemming and cutting."""
    return f"zq{secret}zq"


@dataclass
class World:
    network: Network
    people: dict[str, User]
    forums: dict[str, Forum] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    sessions: dict[str, PeerSession] = field(default_factory=dict)
    series: dict[str, SessionSeries] = field(default_factory=dict)
    feeds: dict[str, str] = field(default_factory=dict)
    atoms: dict[str, str] = field(default_factory=dict)
    searches: dict[str, int] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    polls: dict[str, DatePoll] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    asks: dict[str, Solicitation] = field(default_factory=dict)
    mentorships: dict[str, Mentorship] = field(default_factory=dict)
    helped: dict[str, Mentorship] = field(default_factory=dict)
    supports: dict[str, Support] = field(default_factory=dict)
    competence_proposals: dict[str, CompetenceProposal] = field(default_factory=dict)
    trainings: dict[str, Training] = field(default_factory=dict)
    certificates: dict[str, UUID] = field(default_factory=dict)
    introductions: dict[str, Introduction] = field(default_factory=dict)
    held: int = 0
    plan: Plan = field(init=False)
    envelopes: Envelopes = field(init=False)
    aftermath: Aftermath = field(init=False)

    def kinds(self) -> Iterator[tuple[str, User | None]]:
        for kind in KINDS:
            yield kind, self.people.get(kind)

    def notification_of(self, kind: str) -> int:
        """The newest notification of this person, or one of somebody else."""
        own = Notification.objects.filter(recipient=self.people.get(kind)).order_by("-pk").first()
        return (own or Notification.objects.order_by("pk")[0]).pk


def make_world() -> World:
    network = make_network(slug="val", name="Réseau du Val", is_public=False)
    other = make_network(slug="ailleurs", name="Réseau d’ailleurs")
    delegation = Delegation.objects.create(network=network, name="Val d’Orsenne")
    world = World(network, _people(network, other, delegation))
    circles = _circles(network, delegation, world.people)
    _watch(world)
    for secret, circle in circles.items():
        _talk(world, secret, circle)
        _meet(world, secret, circle)
        if secret != "public":
            world.polls[secret] = ask_for_dates(world.network, circle, canary(secret), _members_of(world, secret))
    for secret in ("elected", "network", "public"):
        world.series[secret] = make_series_of(network, circles[secret], world.people["animator"], canary(secret))
    close_one_date(world.series["network"], circles["elected"], canary("elected"))
    _tag(world)
    _declare(world)
    _moderate(world, circles)
    keep_draft(world)
    _hold(world)
    write_charter(actor=world.people["animator"], network=network, body="Ce qui se dit ici reste ici.")
    # Who may answer for the elected official is outside of the circles of elected officials.
    name_delegate_of(network, world.people["elected"], world.people["agent"])
    words = {name: canary(name) for name in ("programme", "animators", "elected")}
    world.plan = plan(network, delegation, world.people["animator"], words=words)
    told = {"secret": canary("elected"), "released": canary("network")}
    world.envelopes = make_envelopes(network, circles["elected"], circles["network"], world.people, **told)
    words = {name: canary(name) for name in ("elected", "network")}
    world.aftermath = make_aftermath(network, circles, world.people, words)
    words = {name: canary(name) for name in ("chosen", "network", "elected")}
    world.needs = make_needs(network, world.people, words)
    world.asks = make_asks(network, world.people, canary("delegation"))
    world.mentorships = {"delegation": make_group_of(network, world.people, canary("delegation"))}
    words = {name: canary(name) for name in ("delegation", "elected")}
    world.helped["over"] = make_accompaniment(network, world.people, words)
    words = {name: canary(name) for name in ("network", "animators")}
    world.supports = make_supports(network, world.people, words)
    make_traces(world.topics, world.people)
    world.introductions = {"pair": make_introduction(network, world.people)}
    words = {name: canary(name) for name in ("network", "elected", "public")}
    world.trainings, world.certificates = make_trainings(network, circles["elected"], world.people, words)
    for kind, user in world.people.items():
        world.feeds[kind] = open_feed(user=user)
    return world


def _people(network: Network, other: Network, delegation: Delegation) -> dict[str, User]:
    def member(category: str, **fields: object) -> User:
        return make_member(network, category=category, **fields).user  # type: ignore[arg-type]

    people = {
        "newcomer": make_user(),
        "outsider": make_member(other).user,
        "other_animator": make_animator(other).user,
        "former": member("elected"),
        "suspended": member("elected"),
        "agent": member("agent"),
        "delegate": member("agent", delegation=delegation),
        "elected": member("elected", delegation=delegation, title=f"Maire {canary('profile')}"),
        "animator": member("association", role=Role.ANIMATOR),
        "administrator": make_user(email="administration@example.org"),
    }
    User.objects.filter(pk=people["administrator"].pk).update(is_staff=True, is_superuser=True)
    people["administrator"].refresh_from_db()
    return people


def _circles(network: Network, delegation: Delegation, people: dict[str, User]) -> dict[str, Circle]:
    elected = category_circle(network=network, category=make_category("elected"), confidential=True)
    circles = {
        "elected": elected,
        "delegation": delegation_circle(delegation=delegation, confidential=True),
        "chosen": create_circle(
            network=network,
            kind=CircleKind.CUSTOM,
            name=f"Cercle {canary('chosen')}",
            members=[people["elected"]],
            confidential=True,
        ),
        # Of two categories, one of which is that of the elected official alone.
        "categories": categories_circle(
            network=network, categories=[make_category("elected"), make_category("research")], confidential=True
        ),
        "animators": Circle.objects.of_network(network, CircleKind.ANIMATORS),
        "network": Circle.objects.of_network(network, CircleKind.NETWORK),
        "public": public_circle(),
    }
    # They were inside when the secrets were told apart from them: from here on, they are not.
    for kind, status in (("former", MembershipStatus.LEFT), ("suspended", MembershipStatus.SUSPENDED)):
        end_membership(membership=Membership.objects.get(user=people[kind], network=network), status=status)
    return circles


def _author(world: World, secret: str) -> User:
    """Someone inside, whose own hat is no secret."""
    return {"animators": world.people["animator"], "delegation": world.people["delegate"]}.get(
        secret, world.people["elected" if secret in {"elected", "chosen", "categories"} else "agent"]
    )


def _talk(world: World, secret: str, circle: Circle) -> None:
    word = canary(secret)
    forum = make_forum(world.network, circle=circle, slug=f"theme-{len(world.forums)}", title=f"Thème {word}")
    topic = make_topic(forum, _author(world, secret), title=f"Potiron {word} ?", body=f"Le potiron **{word}** pousse.")
    # Whoever writes in the open shows the hat: the elected official's is a secret here.
    readers = [
        world.people[kind]
        for kind in KINDS
        if kind in SECRETS[secret] & MEMBERS and (secret, kind) != ("public", "elected")
    ]
    for reader in readers:
        post = make_post(topic, reader, body=f"Mon potiron {word} aussi.")
    world.files[secret] = _join(world, secret, topic, "joint")
    world.files[f"{secret} removed"] = _join(world, secret, topic, "retiré")
    gone = Post.objects.get(post_files__file=world.files[f"{secret} removed"])
    withdraw_files_of([gone.pk])
    world.forums[secret], world.topics[secret], world.posts[secret] = forum, topic, post


def keep_draft(world: World) -> None:
    """What the elected official has not published yet; it is kept in the cache."""
    word = canary("elected")
    fields = {"body": f"Brouillon {word}"}
    save_draft(
        user=world.people["elected"],
        key="topic-1",
        title=f"Titre {word}",
        address="/sujets/1/",
        fields=fields,
        version=0,
    )


def _hold(world: World) -> None:
    """What the elected official wrote in confidence waits for approval: nobody else's, in any page or mail."""
    topic = world.topics["elected"]
    Topic.objects.filter(pk=topic.pk).update(is_held=True)
    try:
        make_post(topic, world.people["elected"], body=f"Un potiron {canary('elected')} en attente.")
    except Held as waiting:
        world.held = waiting.held.pk


def _watch(world: World) -> None:
    """Everyone keeps a search that finds all that will be written, and has an address of Atom feeds."""
    for kind, user in world.people.items():
        saved = save_search(user=user, asked=Asked(words="potiron"), network=None)
        world.searches[kind], world.atoms[kind] = saved.pk, open_feeds(user=user)


def _join(world: World, secret: str, topic: Topic, name: str) -> StoredFile:
    """A file whose name and whose content tell the secret, in a post of somebody inside."""
    author, word = _author(world, secret), canary(secret)
    stored = store_file(
        owner=author, network=world.network, name=f"{name} {word}.txt", content=BytesIO(f"Potiron {word}".encode())
    )
    make_post(topic, author, body=f"Ci-joint {markdown_of(stored)}")
    stored.refresh_from_db()
    return stored


def _tag(world: World) -> None:
    """A word of the network on every topic: its page and its count are another door to each of them."""
    animator = Membership.objects.select_related("network").get(user=world.people["animator"], network=world.network)
    tag = create_tag(animator=animator, name="Jardin")
    edit_tag(animator=animator, tag=tag, name="Jardin", description="", synonyms=["Potager"])
    for secret, topic in world.topics.items():
        set_tags(topic=topic, names=["jardin"], user=_author(world, secret))


def _meet(world: World, secret: str, circle: Circle) -> None:
    word = canary(secret)
    session = make_session(
        world.network,
        author=world.people["animator"],
        circle=circle,
        title=f"Séance potiron {word}",
        description=f"On parlera du potiron {word}.",
        place=f"Salle {word}",
        video_url=f"https://visio.example.org/{word}",
        capacity=30,
        starts_at=timezone.now() + timedelta(days=3 + len(world.sessions)),
    )
    for kind in SECRETS[secret] & MEMBERS:
        register(user=world.people[kind], session=session)
    AgendaStep.objects.create(session=session, position=0, minutes=90, title=f"Étape {word}", note=f"Consigne {word}")
    world.sessions[secret] = session


def _members_of(world: World, secret: str) -> list[User]:
    return [world.people[kind] for kind in KINDS if kind in SECRETS[secret] & MEMBERS]


def _moderate(world: World, circles: dict[str, Circle]) -> None:
    """A report in confidence, which no animator can read, and one in the open of the network, told to its author."""
    people = world.people
    for secret, author, reporter in (("elected", "former", "elected"), ("network", "delegate", "agent")):
        text = f"Potiron {canary(secret)} à relire."
        note = make_note(circles[secret], people[author], text)
        made = report(reporter=people[reporter], target_key=KEY, target_id=note.pk, reason=Reason.OTHER, words=text)
        world.notes[secret], world.cases[secret] = note, made.case
    body = f"Que vouliez-vous dire par {canary('network')} ?"
    write_to_author(moderator=people["animator"], case=world.cases["network"], body=body)
    animator = Membership.objects.get(user=people["animator"], network=world.network)
    today = timezone.localdate()
    adopt_defaults(animator=animator, network=world.network)
    plan_duty(animator=animator, user=people["animator"], starts_on=today, ends_on=today)


def answer_of(world: World) -> int:
    return CannedAnswer.objects.filter(network=world.network).order_by("pk")[0].pk


def _declare(world: World) -> None:
    competence = Competence.objects.create(slug="potager", name_fr="Potager", name_en="Garden")
    Competence.objects.filter(pk=competence.pk).update(path=[competence.pk], words="potager\ngarden")
    declare_competence(
        user=world.people["elected"],
        competence=competence,
        level=Level.values[-1],  # type: ignore[arg-type]
        can_help=True,
        evidence=f"Potiron {canary('profile')}",
    )
    # Written to those who animate this network; those of others keep the same tree.
    world.competence_proposals["animators"] = propose_competence(
        author=world.people["animator"],
        network=world.network,
        name=f"Potiron {canary('animators')}",
        why=f"Le potiron {canary('animators')} pousse.",
    )
