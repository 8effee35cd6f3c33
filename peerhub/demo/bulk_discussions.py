"""The discussions of the bench: drawn first, then written with the counters that follow from them."""

import random
from collections.abc import Iterator
from itertools import accumulate

from forums.enums import TopicKind
from forums.models import Forum, Post, Topic, TopicRead, TopicSubscription
from forums.services.forums import create_forum
from forums.services.topics import topic_slug
from peerhub.demo.bulk_ground import LONGEST, YEARS, Ground, at
from peerhub.demo.copying import (
    NULL,
    copy_lines,
    escaped,
    next_id,
    run,
    timed,
    without_indexes,
)
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle
from peerhub.text.markdown import RENDER_VERSION


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


def write_discussions(ground: Ground) -> None:
    forums = _forums(ground)
    with timed(ground.say, "Texts and their order") as drawn:
        topics, posts = _draw_discussions(ground, forums)
        drawn.append(len(posts))
    first_post = next_id(Post)
    answers: dict[int, int] = {}
    for place, (_at_s, topic, number, _author) in enumerate(posts):
        if number == topics[topic].answer:
            answers[topic] = first_post + place
    with timed(ground.say, "Topics") as written, without_indexes(Topic):
        written.append(copy_lines(Topic, _TOPIC, _topic_lines(ground, topics, answers), _topic_constants(ground)))
    with without_indexes(Post):
        with timed(ground.say, "Posts") as written:
            constants = {"render_version": f"{RENDER_VERSION}", "is_removed": "f"}
            written.append(copy_lines(Post, _POST, _post_lines(ground, topics, posts, first_post), constants))
        ground.say("Indexes of posts...")
    counts = {"network": ground.network.pk, "from": topics[0].id}
    with timed(ground.say, "Read marks and subscriptions") as written, without_indexes(TopicRead, TopicSubscription):
        written.append(run(_READ_OWN, counts))
        written.append(run(_FOLLOW_OWN, counts))
    run(COUNT_TOPICS, counts)


def _forums(ground: Ground) -> list[Forum]:
    """Eight in ten open to the network, one public, one to a category."""
    circles = list(Circle.objects.filter(network=ground.network, kind=CircleKind.CATEGORY).order_by("pk"))
    own = Circle.objects.of_network(ground.network, CircleKind.NETWORK)
    made, public = [], Circle.objects.public()
    for number in range(ground.scale.forums):
        kind = number % 10
        circle = {8: public, 9: circles[number // 10 % len(circles)]}.get(kind, own)
        forum = create_forum(
            network=ground.network,
            circle=circle,
            slug=f"theme-{number + 1}",
            title=f"Thème {number + 1}",
            introduction="Un thème pour mesurer.",
            position=number + 1,
        )
        made.append(forum)
    return made


def _draw_discussions(ground: Ground, forums: list[Forum]) -> "tuple[list[_Topic], list[tuple[int, int, int, int]]]":
    """The topics, and their posts in the order of time: (second, index of topic, number, index of author)."""
    dice, scale = ground.dice, ground.scale
    sizes = _sizes(scale.topics, scale.posts, dice)
    insiders: dict[int, list[int]] = {}
    for circle in {forum.circle for forum in forums}:
        wanted = circle.category_id if circle.kind == CircleKind.CATEGORY else None
        insiders[circle.pk] = [n for n, cat in enumerate(ground.category_ids) if wanted in {None, cat}] or [0]
    ease = [min(dice.paretovariate(1.1), 300.0) for _ in range(scale.members)]
    weights = {pk: list(accumulate(ease[n] for n in people)) for pk, people in insiders.items()}
    first, topics, posts = next_id(Topic), [], []
    kinds = (TopicKind.QUESTION, TopicKind.DISCUSSION, TopicKind.DISCUSSION, TopicKind.QUESTION, TopicKind.REPORT)
    for index, size in enumerate(sizes):
        # The longest one is open to the network.
        forum = forums[0] if index == 0 else forums[dice.randrange(len(forums))]
        readers = forum.circle_id
        people = dice.choices(insiders[readers], cum_weights=weights[readers], k=size)
        begins = ground.moment(0.05, YEARS * 365)
        pace = min((ground.now_s - begins - 600) // size, dice.choice((900, 7200, 40_000, 90_000)))
        kind = kinds[index % len(kinds)].value
        has_answer = kind == TopicKind.QUESTION and size > 2 and dice.random() < 0.6
        topic = _Topic(first + index, forum, kind, people, begins, begins + pace * (size - 1))
        topic.answer = dice.randrange(2, size + 1) if has_answer else 0
        topics.append(topic)
        posts += [(begins + pace * n, index, n + 1, person) for n, person in enumerate(people)]
    posts.sort()
    return topics, posts


def _topic_lines(ground: Ground, topics: "list[_Topic]", answers: dict[int, int]) -> Iterator[str]:
    for index, topic in enumerate(topics):
        title = ground.texts.title(index)
        author, last = topic.people[0], topic.people[-1]
        answered = {ground.category_ids[n] for n in topic.people if n != author}
        size = len(topic.people)
        yield "\t".join(
            (
                f"{topic.id}\t{topic.kind}\t{escaped(title)}\t{topic_slug(title, topic.forum.circle)}",
                f"{size}\t{size}\t{at(topic.ends)}\t{{{','.join(map(str, sorted(answered)))}}}",
                f"{ground.token()}\t{at(topic.begins)}\t{answers.get(index, NULL)}",
                f"{ground.first_user + author}\t{ground.first_hat + author}\t{topic.forum.circle_id}",
                f"{topic.forum.pk}\t{ground.first_user + last}\t{'t' if index % 400 == 399 else 'f'}",
            )
        )


def _topic_constants(ground: Ground) -> dict[str, str]:
    return {"network_id": f"{ground.network.pk}", "is_locked": "f"}


def _post_lines(
    ground: Ground, topics: "list[_Topic]", posts: list[tuple[int, int, int, int]], first_post: int
) -> Iterator[str]:
    pool, line, token = ground.texts.pool, ground.texts.line, ground.token
    users, hats, size = ground.first_user, ground.first_hat, len(ground.texts.pool)
    order = list(range(size))
    ground.dice.shuffle(order)
    for place, (at_s, index, number, person) in enumerate(posts):
        if place % 100_000 == 0 and place:
            ground.say(f"  {place:,} posts...")
        # Each text of the pool as often as every other, so that a word's share of the pool is its share of posts.
        body, own = pool[order[place % size]], line(place)
        yield (
            f"{first_post + place}\t{topics[index].id}\t{number}\t{users + person}\t{hats + person}\t"
            f"{body.source}{own.source}\t{body.html}{own.html}\t{body.plain}{own.plain}\t{token()}\t{at(at_s)}"
        )


_TOPIC = (
    "id", "kind", "title", "slug", "post_count", "last_number", "last_post_at", "answered_categories", "token",
    "created_at", "accepted_post_id", "author_id", "author_affiliation_id", "circle_id", "forum_id", "last_author_id",
    "is_pinned",
)  # fmt: skip
_POST = (
    "id", "topic_id", "number", "author_id", "affiliation_id", "body", "body_html", "body_text", "token", "created_at",
)  # fmt: skip
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
COUNT_TOPICS = """
UPDATE forums_forum forum SET topic_count = (SELECT count(*) FROM forums_topic topic WHERE topic.forum_id = forum.id)
WHERE forum.network_id = %(network)s
"""
