"""The session that a discussion prepares, for the page of the discussion: told to whoever may see the session."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from forums.origins import Origin, register_origin
from peerhub.people.enums import CircleKind
from peerhub.people.models import User
from sessions.models import PeerSession


@register_origin
def sessions_of_topics(user: User | AnonymousUser, topic_ids: Collection[int]) -> Mapping[int, Origin]:
    sessions = PeerSession.objects.visible_to(user).filter(topic__in=topic_ids)
    # A conversation is older than what its people plan in it, and comes from elsewhere.
    rows = sessions.exclude(circle__kind=CircleKind.CONVERSATION).values_list("topic", "pk", "title")
    return {topic: Origin(title, reverse("sessions:session", args=[pk])) for topic, pk, title in rows}
