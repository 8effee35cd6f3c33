"""What a post said, edit by edit, and what was removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from forums.models import ExperienceReport, Post, PostRevision
from forums.policies import can_see_removed
from forums.queries.menus import PostMenu, post_menu
from peerhub.people.models import User


@dataclass(frozen=True)
class Change:
    """One edit: what stood there before, and after. Titles are empty but for opening posts."""

    number: int
    editor: User
    reason: str
    at: datetime
    title_before: str
    title_after: str
    before: str
    after: str


@dataclass(frozen=True)
class History:
    """A post with the viewer's standing, and its edits, the newest first."""

    menu: PostMenu
    changes: Sequence[Change]


def history_for(user: User | AnonymousUser, pk: int) -> History:
    """The edits of a post that the person can see: five queries. `Post.DoesNotExist` for what was removed, but for
    whoever may read that: its author, and who looks after the topic."""
    found = post_menu(user, pk)
    post = found.post
    if post.is_removed and not can_see_removed(user, post, found.membership, looks_after=found.looks_after):
        raise Post.DoesNotExist
    post.author = User.objects.get(pk=post.author_id)
    rows = list(PostRevision.objects.filter(post=post).select_related("editor").order_by("number"))
    bodies = [*(row.body for row in rows), post.body]
    titles = [*(row.title for row in rows), found.topic.title if post.number == 1 else ""]
    changes = [
        Change(row.number, row.editor, row.reason, row.created_at, titles[i], titles[i + 1], bodies[i], bodies[i + 1])
        for i, row in enumerate(rows)
    ]
    return History(found, changes[::-1])


def removed_for(user: User | AnonymousUser, pk: int) -> PostMenu:
    """A removed post with its text, author and remover, for whoever may read it: four queries. `Post.DoesNotExist`."""
    found = post_menu(user, pk)
    if not can_see_removed(user, found.post, found.membership, looks_after=found.looks_after):
        raise Post.DoesNotExist
    row = Post.objects.select_related("author", "removed_by").defer("body_vector").get(pk=pk)
    row.topic = found.topic
    return PostMenu(row, found.topic, found.membership, found.looks_after)


def edit_count(post: Post) -> int:
    """How often a post was edited: what an edit begins from."""
    return PostRevision.objects.filter(post=post).count()


def report_of(post: Post) -> ExperienceReport | None:
    """The fields that an opening post was written from; None for every other post."""
    return ExperienceReport.objects.filter(topic=post.topic_id).first() if post.number == 1 else None
