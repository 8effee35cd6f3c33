"""A world of any size for measuring: one network of as many members, posts and sessions as asked, in minutes.

The same dice, texts and territories as the demo; rows go in by COPY, with counters computed on the way and proved by
the repair functions. Nobody is told of anything, and reminders are planned for what is ahead alone.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from forums.enums import TopicKind
from forums.models import Forum, Post, Topic, TopicRead, TopicSubscription
from forums.services.counters import find_drifts
from forums.services.forums import create_forum, sessions_forum
from forums.services.topics import topic_slug
from mentoring.enums import Level
from mentoring.models import Competence, DeclaredCompetence, DirectoryEntry
from mentoring.services.directory import refresh_entries
from mentoring.services.tree import load_competences
from peerhub.demo.accounts import PASSWORD
from peerhub.demo.bulk_texts import Texts
from peerhub.demo.cast import SHARES
from peerhub.demo.copying import (
    NULL,
    Say,
    copy_lines,
    escaped,
    loading,
    next_id,
    resume_ids,
    run,
    timed,
    without_indexes,
)
from peerhub.demo.places import Atlas
from peerhub.demo.quick_folding import quick_folding
from peerhub.demo.texts import read
from peerhub.notifications.models import Notification
from peerhub.people.categories import ensure_categories
from peerhub.people.enums import CircleKind, JoinPolicy, OrganisationKind
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Circle,
    CircleMember,
    Membership,
    Network,
    Organisation,
    Territory,
    User,
)
from peerhub.people.services.circles import category_circle, public_circle, recount_circles
from peerhub.people.services.memberships import create_network
from peerhub.people.territories import load_territories
from peerhub.text.markdown import RENDER_VERSION
from sessions.enums import Format
from sessions.local_time import day_before
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.registration import repair_counts

SEED = 7_1_000_000
SLUG = "banc-d-essai"
# One discussion that goes on and on: the figures of depth read its last page.
LONGEST = 1500
YEARS = 3
# The first members are those that measurements sign in as: bench1@example.org, bench2@example.org...
READERS = 50
SECONDS_OF_DAY = 86_400


@dataclass(frozen=True)
class Scale:
    members: int
    forums: int
    topics: int
    posts: int
    sessions: int


SCALES = {
    "small": Scale(members=2_000, forums=100, topics=500, posts=10_000, sessions=500),
    "compare": Scale(members=2_000, forums=100, topics=5_000, posts=100_000, sessions=2_000),
    "full": Scale(members=100_000, forums=100, topics=50_000, posts=1_000_000, sessions=20_000),
}


def exists() -> bool:
    return Network.objects.filter(slug=SLUG).exists()


def seed_bulk(scale: Scale, now: datetime, say: Say) -> None:
    """Make the world of the bench as of `now`, beside whatever is there. Raises RuntimeError for a wrong counter."""
    if not Territory.objects.exists():
        load_territories(settings.TERRITORIES_DIR, say=say)
    load_competences()
    ensure_categories()
    with loading():
        world = _Bulk(scale, now, say)
        with quick_folding(body.plain for body in world.texts.pool):
            world.people()
            world.circles()
            world.competences()
            world.discussions()
            world.sessions()
            world.traces()
        say("Statistics and counters...")
        run("ANALYZE")
        _prove()


class _Bulk:
    def __init__(self, scale: Scale, now: datetime, say: Say) -> None:
        self.scale, self.now, self.say = scale, now, say
        self.dice = random.Random(SEED)
        self.atlas = Atlas()
        self.texts = Texts(self.atlas, self.dice)
        self.now_s = int(now.timestamp())
        public_circle()
        self.network = create_network(
            slug=SLUG, name="Banc d’essai", tagline="Pour mesurer", is_public=True, join_policy=JoinPolicy.OPEN
        )
        Network.objects.filter(pk=self.network.pk).update(created_at=now - timedelta(days=YEARS * 366))
        slugs = list(SHARES)
        ids = dict(ActorCategory.objects.values_list("slug", "pk"))
        drawn = self.dice.choices(slugs, weights=list(SHARES.values()), k=scale.members)
        self.category_slugs = drawn
        self.category_ids = [ids[slug] for slug in drawn]
        self.first_user, self.first_hat = next_id(User), next_id(Affiliation)

    # --- People -------------------------------------------------------------------------------------------------

    def people(self) -> None:
        with timed(self.say, "People") as written, without_indexes(Affiliation, Membership, EmailAddress):
            written.append(copy_lines(User, _USER, self._users(), self._user_constants()))
            emails = (f"{self.first_user + n}\tbench{n + 1}@example.org" for n in range(self.scale.members))
            flags = {"verified": "t", "primary": "t"}
            written.append(copy_lines(EmailAddress, ("user_id", "email"), emails, flags))
            written += self._write_hats()
        # Statements to come look at what was just written: without its statistics some take a hundred times longer.
        run("ANALYZE people_user, people_affiliation, people_membership, people_organisation")

    def _users(self) -> Iterator[str]:
        names = read("people.json")
        given, family = [row["name"] for row in names["given_names"]], names["family_names"]
        dice = self.dice
        for number in range(self.scale.members):
            joined = self._moment(5, YEARS * 365)
            login = NULL if number % 9 == 8 else _at(self.now_s - dice.randrange(3600, 40 * SECONDS_OF_DAY))
            yield (
                f"{self.first_user + number}\tbench{number + 1}@example.org\t{dice.choice(given)}\t"
                f"{dice.choice(family)}\t{login}\t{_at(joined)}"
            )

    def _user_constants(self) -> dict[str, str]:
        return {
            "password": escaped(make_password(PASSWORD)),
            "is_superuser": "f",
            "is_active": "t",
            "is_staff": "f",
            "language": "fr",
            "time_zone": "Europe/Paris",
        }

    def _write_hats(self) -> list[int]:
        dice, count = self.dice, self.scale.members
        places = [self.atlas.draw("commune" if n % 3 else "epci", dice) for n in range(min(count, 4000))]
        first = next_id(Organisation)
        kinds = [kind.value for kind in OrganisationKind]
        organisations = (
            f"{first + n}\t{_name_of(place.kind, n)} – {place.shown_name}\t{kinds[n % len(kinds)]}\t{place.id}"
            for n, place in enumerate(places)
        )
        titles = read("people.json")["titles"]
        hats = []
        for number, (slug, category_id) in enumerate(zip(self.category_slugs, self.category_ids, strict=True)):
            chosen = dice.randrange(len(places))
            title = escaped(dice.choice(titles[slug])["fm"[number % 2]])
            hats.append(
                f"{self.first_hat + number}\t{self.first_user + number}\t{category_id}\t{first + chosen}\t"
                f"{places[chosen].id}\t{title}"
            )
        # The first member runs the network.
        memberships = (
            f"{self.first_user + n}\t{self.first_hat + n}\t{role}\t{_at(self._moment(1, 1000))}"
            for n in range(count)
            for role in ("member" if n else "animator",)
        )
        return [
            copy_lines(Organisation, ("id", "name", "kind", "territory_id"), organisations),
            copy_lines(Affiliation, _HAT, hats),
            copy_lines(Membership, _MEMBERSHIP, memberships, {"network_id": f"{self.network.pk}", "status": "active"}),
        ]

    def circles(self) -> None:
        """The circles that the services make when they are asked for, filled by one statement each."""
        with timed(self.say, "Circles") as written:
            slugs = dict(ActorCategory.objects.in_bulk(field_name="slug"))
            for slug, confidential in (("agent", False), ("elected", True), ("association", True)):
                category_circle(network=self.network, category=slugs[slug], confidential=confidential)
            CircleMember.objects.filter(circle__network=self.network).delete()
            written.append(run(_FILL_CIRCLES, {"network": self.network.pk}))
            recount_circles()

    def competences(self) -> None:
        leaves = list(
            Competence.objects.filter(children=None, is_retired=False).order_by("pk").values_list("pk", flat=True)
        )
        levels = [level.value for level in Level]
        dice = self.dice
        lines = (
            f"{self.first_user + number}\t{leaf}\t{dice.choice(levels)}\t{'t' if dice.random() < 0.35 else 'f'}"
            for number in range(self.scale.members)
            for leaf in dice.sample(leaves, min(dice.choice((0, 2, 3, 4, 4, 5, 6, 8)), len(leaves)))
        )
        constants = {"evidence": "", "created_at": _at(self.now_s - 9 * SECONDS_OF_DAY)}
        with timed(self.say, "Competences") as written, without_indexes(DeclaredCompetence):
            written.append(copy_lines(DeclaredCompetence, _DECLARED, lines, constants))
        with timed(self.say, "Directory") as written, without_indexes(DirectoryEntry):
            written.append(refresh_entries("network", self.network.pk))

    # --- Discussions --------------------------------------------------------------------------------------------

    def discussions(self) -> None:
        forums = self._forums()
        with timed(self.say, "Texts and their order") as drawn:
            topics, posts = self._draw_discussions(forums)
            drawn.append(len(posts))
        first_post = next_id(Post)
        answers: dict[int, int] = {}
        for place, (_at_s, topic, number, _author) in enumerate(posts):
            if number == topics[topic].answer:
                answers[topic] = first_post + place
        with timed(self.say, "Topics") as written, without_indexes(Topic):
            written.append(copy_lines(Topic, _TOPIC, self._topic_lines(topics, answers), self._topic_constants()))
        with without_indexes(Post):
            with timed(self.say, "Posts") as written:
                constants = {"render_version": f"{RENDER_VERSION}", "is_removed": "f"}
                written.append(copy_lines(Post, _POST, self._post_lines(topics, posts, first_post), constants))
            self.say("Indexes of posts...")
        counts = {"network": self.network.pk, "from": topics[0].id}
        with timed(self.say, "Read marks and subscriptions") as written, without_indexes(TopicRead, TopicSubscription):
            written.append(run(_READ_OWN, counts))
            written.append(run(_FOLLOW_OWN, counts))
        run(_COUNT_TOPICS, counts)

    def _forums(self) -> list[Forum]:
        """Eight in ten open to the network, one public, one to a category."""
        circles = list(Circle.objects.filter(network=self.network, kind=CircleKind.CATEGORY).order_by("pk"))
        own = Circle.objects.of_network(self.network, CircleKind.NETWORK)
        made, public = [], Circle.objects.public()
        for number in range(self.scale.forums):
            kind = number % 10
            circle = {8: public, 9: circles[number // 10 % len(circles)]}.get(kind, own)
            forum = create_forum(
                network=self.network,
                circle=circle,
                slug=f"theme-{number + 1}",
                title=f"Thème {number + 1}",
                introduction="Un thème pour mesurer.",
                position=number + 1,
            )
            made.append(forum)
        return made

    def _draw_discussions(self, forums: list[Forum]) -> "tuple[list[_Topic], list[tuple[int, int, int, int]]]":
        """The topics, and their posts in the order of time: (second, index of topic, number, index of author)."""
        dice, scale = self.dice, self.scale
        sizes = _sizes(scale.topics, scale.posts, dice)
        insiders: dict[int, list[int]] = {}
        for circle in {forum.circle for forum in forums}:
            wanted = circle.category_id if circle.kind == CircleKind.CATEGORY else None
            insiders[circle.pk] = [n for n, cat in enumerate(self.category_ids) if wanted in {None, cat}] or [0]
        ease = [min(dice.paretovariate(1.1), 300.0) for _ in range(scale.members)]
        weights = {pk: list(accumulate(ease[n] for n in people)) for pk, people in insiders.items()}
        first, topics, posts = next_id(Topic), [], []
        kinds = (TopicKind.QUESTION, TopicKind.DISCUSSION, TopicKind.DISCUSSION, TopicKind.QUESTION, TopicKind.REPORT)
        for index, size in enumerate(sizes):
            # The longest one is open to the network.
            forum = forums[0] if index == 0 else forums[dice.randrange(len(forums))]
            readers = forum.circle_id
            people = dice.choices(insiders[readers], cum_weights=weights[readers], k=size)
            begins = self._moment(0.05, YEARS * 365)
            pace = min((self.now_s - begins - 600) // size, dice.choice((900, 7200, 40_000, 90_000)))
            kind = kinds[index % len(kinds)].value
            has_answer = kind == TopicKind.QUESTION and size > 2 and dice.random() < 0.6
            topic = _Topic(first + index, forum, kind, people, begins, begins + pace * (size - 1))
            topic.answer = dice.randrange(2, size + 1) if has_answer else 0
            topics.append(topic)
            posts += [(begins + pace * n, index, n + 1, person) for n, person in enumerate(people)]
        posts.sort()
        return topics, posts

    def _topic_lines(self, topics: "list[_Topic]", answers: dict[int, int]) -> Iterator[str]:
        for index, topic in enumerate(topics):
            title = self.texts.title(index)
            author, last = topic.people[0], topic.people[-1]
            answered = {self.category_ids[n] for n in topic.people if n != author}
            size = len(topic.people)
            yield "\t".join(
                (
                    f"{topic.id}\t{topic.kind}\t{escaped(title)}\t{topic_slug(title, topic.forum.circle)}",
                    f"{size}\t{size}\t{_at(topic.ends)}\t{{{','.join(map(str, sorted(answered)))}}}",
                    f"{self._token()}\t{_at(topic.begins)}\t{answers.get(index, NULL)}",
                    f"{self.first_user + author}\t{self.first_hat + author}\t{topic.forum.circle_id}",
                    f"{topic.forum.pk}\t{self.first_user + last}\t{'t' if index % 400 == 399 else 'f'}",
                )
            )

    def _topic_constants(self) -> dict[str, str]:
        return {"network_id": f"{self.network.pk}", "is_locked": "f"}

    def _post_lines(
        self, topics: "list[_Topic]", posts: list[tuple[int, int, int, int]], first_post: int
    ) -> Iterator[str]:
        pool, line, token = self.texts.pool, self.texts.line, self._token
        users, hats, size = self.first_user, self.first_hat, len(self.texts.pool)
        order = list(range(size))
        self.dice.shuffle(order)
        for place, (at_s, index, number, person) in enumerate(posts):
            if place % 100_000 == 0 and place:
                self.say(f"  {place:,} posts...")
            # Each text of the pool as often as every other, so that a word's share of the pool is its share of posts.
            body, own = pool[order[place % size]], line(place)
            yield (
                f"{first_post + place}\t{topics[index].id}\t{number}\t{users + person}\t{hats + person}\t"
                f"{body.source}{own.source}\t{body.html}{own.html}\t{body.plain}{own.plain}\t{token()}\t{_at(at_s)}"
            )

    # --- Sessions -----------------------------------------------------------------------------------------------

    def sessions(self) -> None:
        rows, seats, reminders = self._draw_sessions()
        with timed(self.say, "Sessions, seats and reminders") as written:
            with without_indexes(PeerSession):
                written.append(copy_lines(PeerSession, _SESSION, rows, self._session_constants()))
            with without_indexes(Registration):
                taken = {"state": "registered", "version": "1"}
                written.append(copy_lines(Registration, _REGISTRATION, seats, taken))
            written.append(copy_lines(Reminder, _REMINDER, reminders, {"attempts": "0", "skipped_reason": ""}))
            self._write_threads()

    def _write_threads(self) -> None:
        """The empty thread in which each session is prepared."""
        params = {"network": self.network.pk, "forum": sessions_forum(self.network).pk, "first": next_id(Topic)}
        run(_THREADS, params)
        run(_HANG_THREADS, params)
        run(_COUNT_TOPICS, params)

    def _draw_sessions(self) -> tuple[list[str], list[str], list[str]]:
        """Rows of sessions, of registrations and of reminders; a third of the sessions lies ahead."""
        dice, first = self.dice, next_id(PeerSession)
        own = Circle.objects.of_network(self.network, CircleKind.NETWORK).pk
        public = Circle.objects.public().pk
        formats = [form.value for form in Format]
        rows, seats, reminders = [], [], []
        today = self.now_s - self.now_s % SECONDS_OF_DAY
        for number in range(self.scale.sessions):
            day = dice.randrange(-700, 365)
            begins = today + day * SECONDS_OF_DAY + dice.randrange(7 * 4, 17 * 4) * 900
            capacity = dice.choice((8, 12, 12, 16, 20, 30, 60))
            people = dice.sample(range(self.scale.members), min(capacity, dice.randrange(2, 26), self.scale.members))
            body = self.texts.pool[dice.randrange(len(self.texts.pool))]
            rows.append(
                f"{first + number}\t{escaped(self.texts.title(number))}\t{body.source}\t{body.html}\t{body.plain}\t"
                f"{formats[number % len(formats)]}\t{_at(begins)}\t{_at(begins + 5400)}\t{capacity}\t{len(people)}\t"
                f"{self._token()}\t{_at(begins - 30 * SECONDS_OF_DAY)}\t{_at(begins - 30 * SECONDS_OF_DAY)}\t"
                f"{public if number % 10 == 0 else own}"
            )
            for person in people:
                at = min(begins, self.now_s) - dice.randrange(3600, 20 * SECONDS_OF_DAY)
                seats.append(f"{first + number}\t{self.first_user + person}\t{self.first_hat + person}\t{_at(at)}")
                if begins > self.now_s:
                    reminders += self._reminders(first + number, self.first_user + person, begins)
        return rows, seats, reminders

    def _reminders(self, session: int, user: int, begins: int) -> list[str]:
        starts_at = datetime.fromtimestamp(begins, UTC)
        hours = ((1440, day_before(starts_at, "Europe/Paris")), (60, starts_at - timedelta(minutes=60)))
        return [
            f"{session}\t{user}\t{offset}\t{due.isoformat()}\t{due.isoformat() if due <= self.now else NULL}"
            for offset, due in hours
        ]

    def _session_constants(self) -> dict[str, str]:
        return {
            "network_id": f"{self.network.pk}",
            "created_by_id": f"{self.first_user}",
            "time_zone": "Europe/Paris",
            "render_version": f"{RENDER_VERSION}",
            "state": "scheduled",
            "place": "",
            "video_url": "https://visio.example.org/banc",
            "cancelled_reason": "",
            "sequence": "0",
        }

    # --- Traces -------------------------------------------------------------------------------------------------

    def traces(self) -> None:
        """What the readers of the measurements left: half of the latest topics read, and notifications."""
        params = {
            "network": self.network.pk,
            "first": self.first_user,
            "last": self.first_user + min(READERS, self.scale.members) - 1,
        }
        with timed(self.say, "Traces of the readers") as written:
            written.append(run(_READ_LATEST, params))
            written.append(run(_NOTIFY, {**params, "last": self.first_user + min(2000, self.scale.members) - 1}))
            resume_ids(Notification)

    def _moment(self, from_days: float, to_days: float) -> int:
        """Some second between so many days ago; every day alike."""
        return self.now_s - int(self.dice.uniform(from_days, to_days) * SECONDS_OF_DAY)

    def _token(self) -> str:
        return f"{self.dice.getrandbits(128):032x}"


class _Topic:
    """A topic before it is written; `people` are indexes of members, `answer` the number of the kept post or 0."""

    __slots__ = ("answer", "begins", "ends", "forum", "id", "kind", "people")

    def __init__(self, pk: int, forum: Forum, kind: str, people: list[int], begins: int, ends: int) -> None:
        self.id, self.forum, self.kind, self.people = pk, forum, kind, people
        self.begins, self.ends, self.answer = begins, ends, 0


def _sizes(topics: int, posts: int, dice: random.Random) -> list[int]:
    """How many posts each topic has: one long, most short, as in life; their sum is `posts`."""
    longest = min(LONGEST, posts // 10)
    rest = posts - longest
    shares = [min(dice.paretovariate(1.3), 60.0) for _ in range(topics - 1)]
    scale = (rest - (topics - 1)) / sum(shares)
    sizes = [1 + int(share * scale) for share in shares]
    for index in range(rest - sum(sizes)):
        sizes[index % len(sizes)] += 1
    return [longest, *sizes]


def _name_of(kind: str, number: int) -> str:
    names = ("Mairie", "Centre social", "Atelier", "Institut", "Fonds local", "Préfecture", "Collectif")
    return "Communauté" if kind == "epci" else names[number % len(names)]


def _at(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _prove() -> None:
    wrong = [f"{drift.model} {drift.pk}" for drift in find_drifts()]
    wrong += [f"session {pk}" for pk, _count, _truth in repair_counts(write=False)]
    if wrong or recount_circles():
        raise RuntimeError(f"Counters of the bench are wrong: {', '.join(wrong[:10]) or 'circles'}")


_USER = ("id", "email", "given_name", "family_name", "last_login", "date_joined")
_HAT = ("id", "user_id", "category_id", "organisation_id", "territory_id", "title")
_MEMBERSHIP = ("user_id", "affiliation_id", "role", "joined_at")
_DECLARED = ("user_id", "competence_id", "level", "can_help")
_TOPIC = (
    "id", "kind", "title", "slug", "post_count", "last_number", "last_post_at", "answered_categories", "token",
    "created_at", "accepted_post_id", "author_id", "author_affiliation_id", "circle_id", "forum_id", "last_author_id",
    "is_pinned",
)  # fmt: skip
_POST = (
    "id", "topic_id", "number", "author_id", "affiliation_id", "body", "body_html", "body_text", "token", "created_at",
)  # fmt: skip
_SESSION = (
    "id", "title", "description", "description_html", "description_text", "format", "starts_at", "ends_at", "capacity",
    "registered_count", "uid", "created_at", "updated_at", "circle_id",
)  # fmt: skip
_REGISTRATION = ("session_id", "user_id", "affiliation_id", "registered_at")
_REMINDER = ("session_id", "user_id", "offset_minutes", "due_at", "sent_at")

_FILL_CIRCLES = """
INSERT INTO people_circlemember (circle_id, user_id, since)
SELECT circle.id, membership.user_id, membership.joined_at
FROM people_circle circle
JOIN people_membership membership ON membership.network_id = circle.network_id
JOIN people_affiliation hat ON hat.id = membership.affiliation_id
WHERE circle.network_id = %(network)s AND (
  circle.kind = 'network'
  OR (circle.kind = 'animators' AND membership.role = 'animator')
  OR (circle.kind = 'category' AND hat.category_id = circle.category_id))
ORDER BY circle.id, membership.user_id
"""
_READ_OWN = """
INSERT INTO forums_topicread (user_id, topic_id, last_number, read_at)
SELECT post.author_id, post.topic_id, max(post.number), max(post.created_at)
FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
WHERE topic.network_id = %(network)s GROUP BY post.author_id, post.topic_id
"""
_FOLLOW_OWN = """
INSERT INTO forums_topicsubscription (user_id, topic_id, level)
SELECT DISTINCT post.author_id, post.topic_id, 'all'
FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
WHERE topic.network_id = %(network)s
"""
_COUNT_TOPICS = """
UPDATE forums_forum forum SET topic_count = (SELECT count(*) FROM forums_topic topic WHERE topic.forum_id = forum.id)
WHERE forum.network_id = %(network)s
"""
_THREADS = """
INSERT INTO forums_topic (forum_id, network_id, circle_id, kind, title, slug, author_id, last_author_id, is_pinned,
  is_locked, post_count, last_number, last_post_at, answered_categories, token, created_at)
SELECT %(forum)s, network_id, circle_id, 'discussion', title, 'seance', created_by_id, created_by_id, false,
  false, 0, 0, created_at, '{}', md5('thread' || id)::uuid, created_at
FROM peer_sessions_peersession WHERE network_id = %(network)s ORDER BY id
"""
_HANG_THREADS = """
UPDATE peer_sessions_peersession session SET topic_id = topic.id
FROM forums_topic topic
WHERE topic.forum_id = %(forum)s AND topic.token = md5('thread' || session.id)::uuid
"""
# Of the latest thousand topics, a reader has read one in two to its end, and one in four to its middle.
_READ_LATEST = """
INSERT INTO forums_topicread (user_id, topic_id, last_number, read_at)
SELECT reader.id, topic.id,
  CASE WHEN (reader.id + topic.id) %% 4 = 0 THEN greatest(1, topic.last_number / 2) ELSE topic.last_number END,
  topic.last_post_at
FROM (SELECT * FROM forums_topic WHERE network_id = %(network)s AND last_number > 0
  ORDER BY last_post_at DESC LIMIT 1000) topic
JOIN people_user reader ON reader.id BETWEEN %(first)s AND %(last)s
JOIN people_circle circle ON circle.id = topic.circle_id
WHERE (reader.id + topic.id) %% 4 <> 3 AND (circle.kind = 'public' OR EXISTS (
  SELECT FROM people_circlemember member WHERE member.circle_id = circle.id AND member.user_id = reader.id))
ON CONFLICT (user_id, topic_id) DO NOTHING
"""
_NOTIFY = """
INSERT INTO notifications_notification
  (recipient_id, kind, key, streak, target_id, actor_id, network_id, in_app, created_at, read_at)
SELECT reader.id, 'forums.reply', 'forums.reply.' || post.id, 'topic.' || post.topic_id, post.id, post.author_id,
  %(network)s, true, post.created_at, CASE WHEN post.id %% 7 = 0 THEN NULL ELSE post.created_at END
FROM (SELECT id FROM people_user WHERE id BETWEEN %(first)s AND %(last)s) reader
CROSS JOIN LATERAL (
  SELECT latest.* FROM (
    SELECT post.id, post.topic_id, post.author_id, post.created_at
    FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
    JOIN people_circle circle ON circle.id = topic.circle_id
    WHERE topic.network_id = %(network)s AND circle.kind = 'network' ORDER BY post.id DESC LIMIT 400
  ) latest WHERE latest.id %% 20 = reader.id %% 20 AND latest.author_id <> reader.id
) post
"""
