"""Who may read what: the twins of `visible_to`."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from forums.models import Forum, Post, Topic
from forums.models.topics import READABLE
from peerhub.people.models import User
from peerhub.people.policies import can_see_circle
from peerhub.people.verdicts import Denied, Verdict


def can_see_forum(user: User | AnonymousUser, forum: Forum) -> Verdict:
    """The twin of `Forum.objects.visible_to`."""
    return can_see_circle(user, forum.circle)


def can_see_topic(user: User | AnonymousUser, topic: Topic) -> Verdict:
    """The twin of `Topic.objects.visible_to`."""
    if topic.state not in READABLE:
        return Denied(_("Cette discussion a été retirée."), hide=True)
    return can_see_circle(user, topic.circle)


def can_see_post(user: User | AnonymousUser, post: Post) -> Verdict:
    """The twin of `Post.objects.visible_to`: what was removed is read by nobody here."""
    if post.is_removed:
        return Denied(_("Ce message a été retiré."), hide=True)
    return can_see_topic(user, post.topic)
