"""The discussion of two or three people, which no list shows."""

from forums.enums import TopicState
from forums.models import Topic
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle


def conversation_in(circle: Circle) -> Topic | None:
    """The first that was opened in their circle; None before they talk, and of a circle of any other kind."""
    if circle.kind != CircleKind.CONVERSATION:
        return None
    return Topic.objects.filter(circle=circle, state=TopicState.OPEN).order_by("pk").first()
