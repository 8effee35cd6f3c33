"""The threads in which the sessions of the demo are prepared."""

import random
from datetime import datetime

from forums.models import Forum, Post, Topic, TopicRead, TopicSubscription
from forums.services.forums import sessions_forum
from forums.services.topics import topic_slug
from peerhub.demo.cast import Cast, Person
from peerhub.demo.saying import Said, post_of, token
from peerhub.demo.settling import Settled
from peerhub.demo.texts import SessionText
from sessions.models import PeerSession


def write_threads(
    texts: list[SessionText],
    sessions: list[PeerSession],
    coming: list[list[Person]],
    cast: Cast,
    settled: Settled,
    now: datetime,
    dice: random.Random,
) -> None:
    """A thread for each session, as planning one makes it; in some, those who come have written."""
    forums = {session.network_id: sessions_forum(session.network) for session in sessions}
    animator = cast.accounts["animator"]
    posts: list[Post] = []
    for text, session, people in zip(texts, sessions, coming, strict=True):
        session.topic = _thread(session, forums[session.network_id], animator, dice)
        posts += _posts(text, session, people, animator, settled, now, dice)
    Topic.objects.bulk_create(session.topic for session in sessions if session.topic)
    for post in posts:
        post.topic_id = post.topic.pk
    Post.objects.bulk_create(sorted(posts, key=lambda post: post.created_at))
    TopicRead.objects.bulk_create(
        TopicRead(user_id=post.author_id, topic=post.topic, last_number=post.number, read_at=post.created_at)
        for post in posts
    )
    TopicSubscription.objects.bulk_create(TopicSubscription(user_id=post.author_id, topic=post.topic) for post in posts)
    PeerSession.objects.bulk_update(sessions, ["topic"])
    for forum in forums.values():
        Forum.objects.filter(pk=forum.pk).update(topic_count=Topic.objects.filter(forum=forum).count())


def _thread(session: PeerSession, forum: Forum, animator: Person, dice: random.Random) -> Topic:
    return Topic(
        forum=forum,
        network=session.network,
        circle=session.circle,
        title=session.title,
        slug=topic_slug(session.title, session.circle),
        author_id=animator.user_id,
        author_affiliation_id=animator.hat_id,
        last_author_id=animator.user_id,
        last_post_at=session.created_at,
        token=token(dice),
        created_at=session.created_at,
    )


def _posts(
    text: SessionText,
    session: PeerSession,
    people: list[Person],
    animator: Person,
    settled: Settled,
    now: datetime,
    dice: random.Random,
) -> list[Post]:
    """Between the announcement and the beginning, each by someone else who comes."""
    topic = session.topic
    if topic is None:
        raise ValueError("A session has its thread before it is written in.")
    posts: list[Post] = []
    speakers: list[Person] = []
    until = min(session.starts_at, now)
    for number, (category, body) in enumerate(text.preparation, start=1):
        willing = [one for one in people if one.category == category and not one.account and one not in speakers]
        person = dice.choice(willing) if willing else animator
        if person in speakers:
            break
        speakers.append(person)
        share = (number - dice.uniform(0.2, 0.8)) / (len(text.preparation) + 0.5)
        at = session.created_at + (until - session.created_at) * share
        posts.append(post_of(topic, number, Said(person.user_id, person.hat_id, body, at), token(dice)))
        topic.post_count = topic.last_number = number
        topic.last_post_at, topic.last_author_id = at, person.user_id
    # The thread was opened with the session, by the animator: every other voice answers.
    answering = (one.category for one in speakers if one is not animator)
    topic.answered_categories = sorted({settled.categories[category].pk for category in answering})
    return posts
