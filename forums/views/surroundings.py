"""What the pages around a message or a discussion share: where they stand, and the answer that says why not, with a way
back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forums.models import Post, Topic, post_url
from forums.queries.menus import PostMenu, TopicMenu
from peerhub.people.errors import DomainError
from peerhub.people.http import refusal_status
from peerhub.people.models import Membership
from peerhub.people.verdicts import Denied


def address_of(found: PostMenu | TopicMenu) -> str:
    """The message in its discussion, or the discussion."""
    if isinstance(found, PostMenu):
        return post_url(found.topic.pk, found.topic.slug, found.post.number)
    return found.topic.get_absolute_url()


def around_post(found: PostMenu) -> dict[str, Any]:
    """The context of a page about a message."""
    return around_shown(found.post) | {"membership": found.membership}


def around_shown(post: Post) -> dict[str, Any]:
    """The same for who may only read there. Needs the post's topic with its network."""
    address = post_url(post.topic.pk, post.topic.slug, post.number)
    return {"post": post, "topic": post.topic, "network": post.topic.network, "address": address}


def around_topic(topic: Topic, membership: Membership | None) -> dict[str, Any]:
    """The context of a page about a discussion."""
    return {
        "topic": topic,
        "network": topic.network,
        "membership": membership,
        "address": topic.get_absolute_url(),
    }


def refused(request: HttpRequest, why: Denied | DomainError | str, *, back: str, status: int = 0) -> HttpResponse:
    """Why not, and the way `back`. The status follows from the refusal; a sentence alone is a 403."""
    if not status:
        status = refusal_status(why) if isinstance(why, DomainError) else 403
    sentence = str(why.reason) if isinstance(why, Denied) else str(why)
    return render(request, "forums/refused.html", {"sentence": sentence, "back": back}, status=status)
