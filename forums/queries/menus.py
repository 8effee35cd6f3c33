"""What the menu of a post, or of a topic, is made of."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from forums.models import Post, Topic
from forums.queries.pages import topic_for
from forums.queries.standing import looks_after
from peerhub.people.models import Membership, User


@dataclass(frozen=True)
class TopicMenu:
    topic: Topic
    membership: Membership | None
    looks_after: bool


@dataclass(frozen=True)
class PostMenu:
    post: Post
    topic: Topic
    membership: Membership | None
    looks_after: bool


def topic_menu(user: User | AnonymousUser, pk: int) -> TopicMenu:
    """Two queries. `Topic.DoesNotExist` for what the person may not see."""
    head = topic_for(user, pk)
    return TopicMenu(head.topic, head.membership, looks_after(user, head.topic.forum_id))


def post_menu(user: User | AnonymousUser, pk: int) -> PostMenu:
    """Three queries. `Post.DoesNotExist` or `Topic.DoesNotExist` for what the person may not see; removed posts have a
    menu too: their author, and who looks after them, may read why, or restore them."""
    post = Post.objects.defer("body_html", "body_text", "body_vector").get(pk=pk)
    head = topic_for(user, post.topic_id)
    post.topic = head.topic
    return PostMenu(post, head.topic, head.membership, looks_after(user, head.topic.forum_id))
