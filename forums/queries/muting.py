"""What a person chose to hear nothing of, and what a person follows, as conditions on topics.

The SQL twin of `levels`: the level of the topic, else the loudest of its tags, else that of its theme.
"""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from forums.enums import SubscriptionLevel
from forums.models import ForumSubscription, TagSubscription, Topic, TopicSubscription
from peerhub.people.models import User

FOLLOWED = (SubscriptionLevel.ALL, SubscriptionLevel.FIRST)
MUTED = (SubscriptionLevel.MUTED,)


class _Levels:
    """Topics that have one of these levels for the person by themselves, by a tag or by their theme; and those that
    have another one."""

    def __init__(self, user: User | AnonymousUser, levels: Sequence[SubscriptionLevel]) -> None:
        mine = {"user": user.pk or 0}
        topics = TopicSubscription.objects.filter(**mine)
        themes = ForumSubscription.objects.filter(**mine)
        tags = TagSubscription.objects.filter(**mine)
        tagged = Topic.tags.through.objects.all()
        self.topic = Q(pk__in=topics.filter(level__in=levels).values("topic"))
        self.other_topic = Q(pk__in=topics.exclude(level__in=levels).values("topic"))
        self.theme = Q(forum__in=themes.filter(level__in=levels).values("forum"))
        self.tag = Q(pk__in=tagged.filter(tag__in=tags.filter(level__in=levels).values("tag")).values("topic"))
        self.other_tag = Q(pk__in=tagged.filter(tag__in=tags.exclude(level__in=levels).values("tag")).values("topic"))


def not_muted(user: User | AnonymousUser) -> Q:
    """Written so that the person's many followed topics are looked at only where a theme or a tag is muted."""
    muted = _Levels(user, MUTED)
    return ~muted.topic & ((~muted.tag & ~muted.theme) | muted.other_tag | muted.other_topic)


def followed_by(user: User | AnonymousUser) -> Q:
    """Topics of which the person asked to be told."""
    followed = _Levels(user, FOLLOWED)
    return followed.topic | (~followed.other_topic & (followed.tag | (followed.theme & ~followed.other_tag)))
