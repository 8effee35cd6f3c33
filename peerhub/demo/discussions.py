"""The discussions of the demo as rows, with the counters that the services would have left.

Nobody is told: no event is emitted for what is past. `find_drifts` proves the counters afterwards.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from forums.enums import SubscriptionLevel, TopicPolicy
from forums.models import Forum, Post, Topic, TopicRead, TopicSubscription
from forums.services.forums import create_forum
from forums.services.topics import topic_slug
from peerhub.demo.cast import Person, Scene
from peerhub.demo.dates import post_times
from peerhub.demo.saying import Said, post_of, token
from peerhub.demo.settling import Settled
from peerhub.demo.texts import ThemeText


@dataclass
class Played:
    """A scene with its hours, and its topic once it is written."""

    scene: Scene
    times: list[datetime]
    topic: Topic


def rehearse(scenes: list[Scene], now: datetime, dice: random.Random) -> list[list[datetime]]:
    """The hours of every scene; each speaker learns when the first and the last own words fall."""
    hours = [post_times(scene.topic, now, dice) for scene in scenes]
    for scene, times in zip(scenes, hours, strict=True):
        for person, at in zip(scene.speakers, times, strict=True):
            network = scene.theme.network
            person.spoke_at[network] = min(at, person.spoke_at.get(network, at))
            person.latest_at = max(at, person.latest_at or at)
    return hours


def play(
    scenes: list[Scene],
    hours: list[list[datetime]],
    themes: tuple[ThemeText, ...],
    settled: Settled,
    dice: random.Random,
) -> list[Played]:
    """Write forums, topics and posts, with what their authors read and follow; ids follow the order of time."""
    forums = _write_forums(themes, settled)
    played = [
        Played(scene, times, _topic(scene, times, forums[scene.theme.network, scene.theme.slug], settled, dice))
        for scene, times in sorted(zip(scenes, hours, strict=True), key=lambda pair: pair[1][0])
    ]
    Topic.objects.bulk_create(one.topic for one in played)
    _write_posts(played, dice)
    _write_marks(played)
    counts: dict[int, int] = defaultdict(int)
    for one in played:
        counts[one.topic.forum_id] += 1
    for forum in forums.values():
        Forum.objects.filter(pk=forum.pk).update(topic_count=counts[forum.pk])
    return played


def _write_forums(themes: tuple[ThemeText, ...], settled: Settled) -> dict[tuple[str, str], Forum]:
    forums = {}
    for position, theme in enumerate(themes, start=1):
        network = settled.networks[theme.network]
        forum = create_forum(
            network=network,
            circle=settled.circle(theme.network, theme.circle),
            slug=theme.slug,
            title=theme.title,
            introduction=theme.introduction,
            position=position,
            topic_policy=TopicPolicy.MEMBERS,
        )
        Forum.objects.filter(pk=forum.pk).update(created_at=network.created_at)
        forums[theme.network, theme.slug] = forum
    return forums


def _topic(scene: Scene, times: list[datetime], forum: Forum, settled: Settled, dice: random.Random) -> Topic:
    author = scene.speakers[0]
    answered = {settled.categories[person.category].pk for person in scene.speakers[1:] if person is not author}
    return Topic(
        forum=forum,
        network_id=forum.network_id,
        circle=forum.circle,
        kind=scene.topic.kind,
        title=scene.topic.title,
        slug=topic_slug(scene.topic.title, forum.circle),
        author_id=author.user_id,
        author_affiliation_id=author.hat_id,
        is_pinned=scene.topic.is_pinned,
        post_count=len(times),
        last_number=len(times),
        last_post_at=times[-1],
        last_author_id=scene.speakers[-1].user_id,
        answered_categories=sorted(answered),
        token=token(dice),
        created_at=times[0],
    )


def _write_posts(played: list[Played], dice: random.Random) -> None:
    posts: list[Post] = []
    for one in played:
        for number, (text, person, at) in enumerate(
            zip(one.scene.topic.posts, one.scene.speakers, one.times, strict=True), start=1
        ):
            said = Said(person.user_id, person.hat_id, text.body, at)
            posts.append(post_of(one.topic, number, said, one.topic.token if number == 1 else token(dice)))
    Post.objects.bulk_create(sorted(posts, key=lambda post: (post.created_at, post.topic_id)))
    by_place = {(post.topic_id, post.number): post for post in posts}
    for one in played:
        answers = (number for number, text in enumerate(one.scene.topic.posts, start=1) if text.is_answer)
        answer = next(answers, None)
        if answer is not None:
            one.topic.accepted_post = by_place[one.topic.pk, answer]
    Topic.objects.bulk_update([one.topic for one in played if one.topic.accepted_post], ["accepted_post"])


def _write_marks(played: list[Played]) -> None:
    """Whoever wrote in a topic follows it, and had read it up to the own last words."""
    reads, follows = [], []
    for one in played:
        last: dict[int, int] = {}
        for number, person in enumerate(one.scene.speakers, start=1):
            last[person.user_id] = number
        for user_id, number in last.items():
            reads.append(TopicRead(user_id=user_id, topic=one.topic, last_number=number, read_at=one.times[number - 1]))
            follows.append(TopicSubscription(user_id=user_id, topic=one.topic, level=SubscriptionLevel.ALL))
    TopicRead.objects.bulk_create(reads)
    TopicSubscription.objects.bulk_create(follows)


def speaks_in(person: Person, one: Played) -> bool:
    return person in one.scene.speakers
