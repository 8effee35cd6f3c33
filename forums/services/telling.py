"""Telling the open pages what a topic, or a post of it, has become: rendered once in each language, for all."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import timezone, translation

from forums.fragments import PostRow, post_html
from forums.heads import head_html, kept_words
from forums.models import Post, Topic
from forums.queries.traces import EDIT_REASON
from forums.services.changes import note_change
from peerhub.live.publish import publish_on_commit
from peerhub.people.prepared import PreparedInstances

_POST = ("author", "affiliation__category", "affiliation__organisation", "affiliation__territory")
_TOPIC = ("circle__category", "circle__delegation", "network", "territory", "accepted_by")


def in_each_language(render: Callable[[], str]) -> dict[str, str]:
    """The fragment in each language of the platform, in the platform's zone (browsers write their own)."""
    fragments: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language), timezone.override(settings.DEFAULT_TIME_ZONE):
            fragments[language] = str(render())
    return fragments


def tell_posts(topic_id: int, post_ids: Sequence[int]) -> None:
    """Show these posts anew on the open pages, as they stand in this transaction, once it commits."""
    topic = _topic(topic_id)
    posts = Post.objects.filter(pk__in=post_ids, topic=topic_id).annotate(edit_reason=EDIT_REASON)
    for post in posts.select_related(*_POST).defer("body_vector", "body", "body_text").order_by("number"):
        html = in_each_language(_writer(topic, PostRow.of(post)))
        publish_on_commit(f"topic.{topic_id}", "post.changed", html=html, data=note_change(topic_id, [post.pk]))


def tell_head(topic_id: int) -> None:
    """Show the head of the topic (title, state, kept answer, lens) anew on the open pages, once this commits."""
    topic = _topic(topic_id)
    html = in_each_language(lambda: head_html(topic))
    publish_on_commit(f"topic.{topic_id}", "topic.changed", html=html, data=note_change(topic_id))


def _writer(topic: Topic, row: PostRow) -> Callable[[], str]:
    is_accepted = row.id == topic.accepted_post_id
    return lambda: post_html(row, is_accepted=is_accepted, kept=kept_words(topic) if is_accepted else "")


_told_topic = PreparedInstances(
    lambda marks: Topic.objects.select_related(*_TOPIC).defer("title_vector").filter(pk=marks.integer("pk"))
)


def _topic(topic_id: int) -> Topic:
    topic: Topic = _told_topic.first(pk=topic_id)
    return topic
