"""Forums, topics and posts for tests, through the services that production calls."""

from uuid import uuid4

from forums.enums import TopicKind, TopicPolicy
from forums.models import Forum, Post, Topic
from forums.services.forums import create_forum
from forums.services.posts import create_post
from forums.services.topics import create_topic
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Network, User
from peerhub.people.services.circles import create_circle, public_circle


def make_forum(
    network: Network,
    *,
    circle: Circle | None = None,
    slug: str = "alimentation",
    title: str = "Alimentation",
    topic_policy: str = TopicPolicy.MEMBERS,
) -> Forum:
    circle = circle or Circle.objects.of_network(network, CircleKind.NETWORK)
    return create_forum(
        network=network,
        circle=circle,
        slug=slug,
        title=title,
        introduction="Cantines et circuits courts.",
        topic_policy=topic_policy,
    )


def make_public_forum(network: Network, *, slug: str = "ouvert") -> Forum:
    return make_forum(network, circle=public_circle(), slug=slug, title="Ouvert à tous")


def make_confidential_forum(network: Network, members: list[User], *, slug: str = "entre-nous") -> Forum:
    circle = create_circle(
        network=network, kind=CircleKind.CUSTOM, name="Entre nous", members=members, confidential=True
    )
    return make_forum(network, circle=circle, slug=slug, title="Entre nous")


def make_topic(
    forum: Forum,
    author: User,
    *,
    title: str = "Cantines : qui l’a fait ?",
    kind: str = TopicKind.QUESTION,
    body: str = "Nous servons **420 repas** par jour.",
) -> Topic:
    return create_topic(author=author, forum=forum, kind=kind, title=title, body=body, token=uuid4())


def make_post(topic: Topic, author: User, body: str = "Fait en deux ans, sans hausse de prix.") -> Post:
    return create_post(author=author, topic=topic, body=body, token=uuid4())


def make_posts(topic: Topic, author: User, count: int) -> list[Post]:
    return [make_post(topic, author, f"Réponse {number}") for number in range(1, count + 1)]
