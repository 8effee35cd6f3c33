"""Making the spaces of discussion."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forums.enums import ForumKind, TopicPolicy
from forums.models import Forum
from forums.queries.themes import DEPTH
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, Network

SESSIONS_SLUG = "preparation-des-seances"


def create_forum(
    *,
    network: Network,
    circle: Circle,
    slug: str,
    title: str,
    introduction: str = "",
    position: int = 0,
    parent: Forum | None = None,
    topic_policy: str = TopicPolicy.MEMBERS,
) -> Forum:
    """A theme of a network, open to a circle: one of the network's own, or the public one.

    Raises `DomainError` when the address is taken in this network, or the circle belongs to another one.
    """
    _require_own(network, circle)
    if parent is not None:
        require_place(parent, network, below=0)
    forum = Forum(
        network=network,
        circle=circle,
        slug=slug,
        title=title.strip(),
        introduction=introduction.strip(),
        position=position,
        parent=parent,
        topic_policy=TopicPolicy(topic_policy),
    )
    try:
        with transaction.atomic():
            forum.save()
    except IntegrityError as error:
        raise DomainError(_("Un thème de ce réseau a déjà cette adresse.")) from error
    return forum


def _require_own(network: Network, circle: Circle) -> None:
    if circle.kind != CircleKind.PUBLIC and circle.network_id != network.pk:
        raise DomainError(_("Ce cercle appartient à un autre réseau."))


def require_place(parent: Forum, network: Network, *, below: int) -> None:
    """A theme with `below` levels under it fits under this one."""
    if parent.network_id != network.pk or parent.kind != ForumKind.THEMED:
        raise DomainError(_("Ce thème appartient à un autre réseau."))
    if _level(parent) + 1 + below > DEPTH:
        raise DomainError(_("Trois niveaux de thèmes au plus : rangez celui-ci plus haut."))


def _level(forum: Forum) -> int:
    """1 for a theme at the top."""
    level = 1
    while forum.parent is not None:
        forum, level = forum.parent, level + 1
    return level


def sessions_forum(network: Network) -> Forum:
    """Where the preparation threads of a network's sessions are kept; never listed, made on first use."""
    forum, _created = Forum.objects.get_or_create(
        network=network,
        kind=ForumKind.SESSIONS,
        defaults={
            "circle": Circle.objects.of_network(network, CircleKind.NETWORK),
            "slug": SESSIONS_SLUG,
            "title": "Séances",
        },
    )
    return forum
