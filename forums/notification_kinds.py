"""What the forums tell people, read again for each recipient when it is shown or sent.

About a confidential circle the context says only that: no title, no text, no author; the addresses hold ids alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from forums.models import Post, Topic
from forums.told_finds import load_saved_searches
from peerhub.notifications.enums import Frequency
from peerhub.notifications.kinds import Kind, Subject, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.text.plain import excerpt


def load_posts(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About a post: left out once it was removed, or is not open to the recipient any more."""
    found = Post.objects.visible_to(user).filter(pk__in=_targets(notifications))
    posts = {
        post.pk: post for post in found.select_related("topic__circle", "author").defer("body_html", "body_vector")
    }
    return {
        notification.pk: Subject(url=f"/messages/{post.pk}/", context=_about(post.topic, post))
        for notification in notifications
        if (post := posts.get(notification.target_id))
    }


def load_accepted(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About a post that still is the answer kept."""
    kept = set(Topic.objects.filter(accepted_post__in=_targets(notifications)).values_list("accepted_post", flat=True))
    return load_posts(user, [one for one in notifications if one.target_id in kept])


def load_topics(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    found = Topic.objects.visible_to(user).filter(pk__in=_targets(notifications))
    topics = {topic.pk: topic for topic in found.select_related("circle", "author").defer("title_vector")}
    return {
        notification.pk: Subject(url=f"/sujets/{topic.pk}/", context=_about(topic, topic))
        for notification in notifications
        if (topic := topics.get(notification.target_id))
    }


def _targets(notifications: Iterable[Notification]) -> list[int]:
    return [notification.target_id for notification in notifications]


def _about(topic: Topic, written: Post | Topic) -> dict[str, Any]:
    if topic.circle.is_confidential:
        return {"is_confidential": True}
    text = excerpt(written.body_text, 40) if isinstance(written, Post) else ""
    return {"is_confidential": False, "title": topic.title, "author": written.author.full_name, "excerpt": text}


register(Kind(key="forums.reply", label=_("Une réponse dans une discussion que je suis"), load=load_posts))
register(Kind(key="forums.accepted", label=_("Ma réponse a été retenue"), load=load_accepted))
register(
    Kind(
        key="forums.question",
        label=_("Une nouvelle question dans un réseau que j’anime"),
        load=load_topics,
        email=Frequency.DAILY,
    )
)

register(
    Kind(
        key="forums.saved_search",
        label=_("Du nouveau pour une recherche que je garde"),
        load=load_saved_searches,
        email=Frequency.DAILY,
    )
)
