"""What a person keeps."""

from dataclasses import dataclass

from forums.models import Bookmark, Post
from peerhub.people.models import User
from peerhub.ui.pagination import Page, page_of

BOOKMARKS_PER_PAGE = 20


@dataclass(frozen=True)
class KeptPost:
    """A bookmark; `post` is None when the post is no longer open to its owner, who then sees nothing of it."""

    bookmark: Bookmark
    post: Post | None


def bookmarks_page(user: User, number: int) -> Page[KeptPost]:
    """The person's bookmarks, those to be reminded of first, then the newest: three queries."""
    rows = Bookmark.objects.filter(user=user).order_by("due_at", "-pk")
    page = page_of(rows, number, BOOKMARKS_PER_PAGE)
    visible = Post.objects.visible_to(user).filter(pk__in=[bookmark.post_id for bookmark in page])
    related = ("author", "topic__network", "topic__circle", "topic__forum")
    heavy = ("body", "body_html", "body_vector", "topic__title_vector")
    posts = {post.pk: post for post in visible.select_related(*related).defer(*heavy)}
    items = [KeptPost(bookmark, posts.get(bookmark.post_id)) for bookmark in page]
    return Page(items, page.number, page.page_count, page.total)


def bookmark_of(user: User, post: Post) -> Bookmark | None:
    return Bookmark.objects.filter(user=user, post=post).first()
