"""The directory follows people; a question goes to the peers who offered help with what it is about. Each handler makes
true what should be, however often it is called."""

from forums.enums import ForumKind, TopicKind
from forums.events import TopicCreated
from forums.models import Topic
from mentoring import (  # noqa: F401 (found here: the reactions of other areas)
    accompaniment_handlers,
    actor_handlers,
    curating_handlers,
    directory_handlers,
    evidence_handlers,
    introduction_handlers,
    mentorship_handlers,
    open_group_handlers,
    solicitation_handlers,
    training_handlers,
)
from mentoring.services.directory import refresh_entries
from mentoring.suggestions import helpers_for
from peerhub.notifications.models import Notification
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.events import NetworkJoined, NetworkLeft, ProfileChanged


@handles(NetworkJoined)
def on_network_joined(event: NetworkJoined) -> None:
    refresh_entries("membership", event.membership_id)


@handles(NetworkLeft)
def on_network_left(event: NetworkLeft) -> None:
    refresh_entries("membership", event.membership_id)


@handles(ProfileChanged)
def on_profile_changed(event: ProfileChanged) -> None:
    refresh_entries("user", event.user_id)


@handles(TopicCreated)
def on_topic_created(event: TopicCreated) -> None:
    """A newcomer is answered: a few peers who can see the question, and help with it, are told of it."""
    found = Topic.objects.filter(pk=event.topic_id, kind=TopicKind.QUESTION, forum__kind=ForumKind.THEMED)
    topic, key = found.select_related("circle").first(), f"mentoring.question.{event.topic_id}"
    # A second run would choose others: by then, the first ones were told of the topic.
    if topic is None or Notification.objects.filter(key=key).exists():
        return
    notify(
        kind="mentoring.question",
        recipients=helpers_for(topic),
        target_id=topic.pk,
        dedupe_key=key,
        actor_id=topic.author_id,
        network_id=topic.network_id,
        streak=f"topic.{topic.pk}",
    )
