"""What a saved search tells of what it found, read again for its owner (see forums/notification_kinds.py)."""

from collections.abc import Sequence

from forums.models import Post, SavedSearch
from peerhub.notifications.kinds import Subject
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.text.plain import excerpt


def load_saved_searches(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """Of the posts that a search found then (their keys stand in the notification's), those that may still be read.

    When all of them are confidential, not even which search it was is said: its words would tell what they hold.
    """
    kept = SavedSearch.objects.filter(user=user, pk__in=[one.target_id for one in notifications])
    searches = {one.pk: one for one in kept}
    found = {one.pk: [int(pk) for pk in one.key.rpartition(".")[2].split("-")] for one in notifications}
    visible = Post.objects.visible_to(user).filter(pk__in={pk for keys in found.values() for pk in keys})
    posts = visible.select_related("topic__circle", "author").defer("body_html", "body_vector").in_bulk()
    subjects = {}
    for notification in notifications:
        saved = searches.get(notification.target_id)
        left = [posts[pk] for pk in found[notification.pk] if pk in posts]
        if saved is not None and left:
            shown = next((post for post in left if not post.topic.circle.is_confidential), left[0])
            subjects[notification.pk] = Subject(url=f"/recherches/{saved.pk}/", context=_about(saved, shown))
    return subjects


def _about(saved: SavedSearch, post: Post) -> dict[str, object]:
    if post.topic.circle.is_confidential:
        return {"is_confidential": True}
    return {
        "is_confidential": False,
        "name": saved.name,
        "title": post.topic.title,
        "author": post.author.full_name,
        "excerpt": excerpt(post.body_text, 40),
    }
