"""What the forums tell people, read again for each recipient when it is shown or sent.

About a confidential circle the context says only that: no title, no text, no author; the addresses hold ids alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from forums.enums import ReactionKind, RemovalKind, TopicState
from forums.models import Bookmark, Post, Reaction, Topic
from forums.queries.curating import held_to_judge, removals_of
from forums.queries.reactions import day_of
from forums.told_finds import load_saved_searches
from peerhub.moderation.models import TrailEntry
from peerhub.notifications.enums import Frequency
from peerhub.notifications.kinds import Kind, Subject, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User, circle_q
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


def load_removed(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About a post of one's own that is still removed, and whose discussion is still open to the author."""
    found = Post.objects.filter(
        circle_q(user, "topic__circle"), pk__in=_targets(notifications), removal_kind=RemovalKind.MODERATION
    )
    posts = {post.pk: post for post in found.select_related("topic__circle").defer("body_html", "body_vector")}
    subjects = {}
    for notification in notifications:
        if post := posts.get(notification.target_id):
            is_confidential = post.topic.circle.is_confidential
            told = {} if is_confidential else {"title": post.topic.title, "reason": post.removal_reason}
            context = {"is_confidential": is_confidential, **told}
            subjects[notification.pk] = Subject(url=f"/messages/{post.pk}/retire/", context=context)
    return subjects


def load_removed_topics(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About a discussion that one opened, that is still removed, and whose circle is still open to its author."""
    found = Topic.objects.filter(circle_q(user), pk__in=_targets(notifications), state=TopicState.REMOVED, author=user)
    topics = {topic.pk: topic for topic in found.select_related("circle").defer("title_vector")}
    acts = removals_of(topics)
    subjects = {}
    for notification in notifications:
        if topic := topics.get(notification.target_id):
            is_confidential = topic.circle.is_confidential
            reason = acts[topic.pk].reason if topic.pk in acts else ""
            told = {} if is_confidential else {"title": topic.title, "reason": reason}
            context = {"is_confidential": is_confidential, **told}
            subjects[notification.pk] = Subject(url=f"/sujets/{topic.pk}/retire/", context=context)
    return subjects


_MOVES = {"forums.topic_moved": "moved", "forums.topic_split": "split", "forums.topic_merged": "merged"}


def load_moved(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About texts of one's own that the animation put elsewhere, as long as the recipient reads there."""
    acts = {act.pk: act for act in TrailEntry.objects.filter(pk__in=_targets(notifications), verb__in=_MOVES)}
    keys: dict[int, int] = {act.pk: act.facts.get("into") or act.target_id or 0 for act in acts.values()}
    found = Topic.objects.visible_to(user).filter(pk__in=keys.values()).select_related("circle", "forum")
    topics = {topic.pk: topic for topic in found.defer("title_vector")}
    subjects = {}
    for notification in notifications:
        act, topic = acts.get(notification.target_id), topics.get(keys.get(notification.target_id, 0))
        if act is None or topic is None:
            continue
        is_confidential = topic.circle.is_confidential
        told = {} if is_confidential else {"title": topic.title, "theme": topic.forum.title, "reason": act.reason}
        context = {"is_confidential": is_confidential, "act": _MOVES[act.verb], **told}
        subjects[notification.pk] = Subject(url=f"/sujets/{topic.pk}/", context=context)
    return subjects


def load_held(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About a text that still waits, for who still looks after its theme and reads there."""
    waiting = {held.pk: held for held in held_to_judge(user).filter(pk__in=_targets(notifications))}
    subjects = {}
    for notification in notifications:
        if held := waiting.get(notification.target_id):
            is_confidential = held.circle.is_confidential
            told = {} if is_confidential else {"theme": held.forum.title}
            url = f"/textes-a-relire/#texte-{held.pk}"
            subjects[notification.pk] = Subject(url=url, context={"is_confidential": is_confidential, **told})
    return subjects


def load_trials(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About "I tried it", as it is told now, on a post that is open to the recipient."""
    found = Reaction.objects.filter(pk__in=_targets(notifications), kind=ReactionKind.TRIED)
    found = found.filter(post__in=Post.objects.visible_to(user)).select_related("post__topic__circle", "user")
    trials = {trial.pk: trial for trial in found.defer("post__body_html", "post__body_vector")}
    subjects = {}
    for notification in notifications:
        if trial := trials.get(notification.target_id):
            context = _about(trial.post.topic, trial.post.topic)
            if not context["is_confidential"]:
                context |= {"author": trial.user.full_name, "excerpt": trial.note}
            subjects[notification.pk] = Subject(url=f"/messages/{trial.post_id}/", context=context)
    return subjects


def load_thanks(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About a post that somebody thanked for on the day of the notification, and did not take back."""
    subjects = load_posts(user, notifications)
    thanks = Reaction.objects.filter(post__in=_targets(notifications)).exclude(kind=ReactionKind.TRIED)
    people: dict[tuple[int, str], dict[int, str]] = {}
    for one in thanks.select_related("user").order_by("created_at", "pk"):
        people.setdefault((one.post_id, str(day_of(one))), {})[one.user_id] = one.user.full_name
    for notification in notifications:
        subject = subjects.get(notification.pk)
        names = list(people.get((notification.target_id, notification.key.rpartition(".")[2]), {}).values())
        if subject is None or not names:
            subjects.pop(notification.pk, None)
        elif not subject.context["is_confidential"]:
            subject.context.update(author=names[0], others=len(names) - 1)
    return subjects


def load_bookmarks(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """About a bookmark that is kept still, of a post that is still open to its owner."""
    found = Bookmark.objects.filter(pk__in=_targets(notifications), user=user, post__in=Post.objects.visible_to(user))
    related = found.select_related("post__topic__circle", "post__author").defer("post__body_html", "post__body_vector")
    bookmarks = {bookmark.pk: bookmark for bookmark in related}
    subjects = {}
    for notification in notifications:
        if bookmark := bookmarks.get(notification.target_id):
            context = _about(bookmark.post.topic, bookmark.post)
            if not context["is_confidential"]:
                context["note"] = bookmark.note
            subjects[notification.pk] = Subject(url=f"/messages/{bookmark.post_id}/", context=context)
    return subjects


def _targets(notifications: Iterable[Notification]) -> list[int]:
    return [notification.target_id for notification in notifications]


def _about(topic: Topic, written: Post | Topic) -> dict[str, Any]:
    if topic.circle.is_confidential:
        return {"is_confidential": True}
    text = excerpt(written.body_text, 40) if isinstance(written, Post) else ""
    return {"is_confidential": False, "title": topic.title, "author": written.author.full_name, "excerpt": text}


register(Kind(key="forums.reply", label=_("Une réponse dans une discussion que je suis"), load=load_posts))
register(Kind(key="forums.mention", label=_("Un message qui me nomme"), load=load_posts))
register(
    Kind(
        key="forums.new_topic",
        label=_("Une nouvelle discussion dans un thème, ou avec un mot-clé, que je suis"),
        load=load_topics,
        email=Frequency.DAILY,
    )
)
register(Kind(key="forums.accepted", label=_("Ma réponse a été retenue"), load=load_accepted))
register(
    Kind(
        key="forums.question",
        label=_("Une nouvelle question dans un réseau que j’anime"),
        load=load_topics,
        email=Frequency.DAILY,
    )
)
register(Kind(key="forums.tried", label=_("Quelqu’un a essayé ce que j’ai proposé"), load=load_trials))
register(
    Kind(
        key="forums.thanked",
        label=_("On me remercie, ou on trouve mon message utile"),
        load=load_thanks,
        email=Frequency.NEVER,
    )
)
register(Kind(key="forums.bookmark", label=_("Le rappel d’un message que j’ai gardé"), load=load_bookmarks))
register(
    Kind(
        key="forums.removed",
        label=_("Un de mes messages a été retiré par l’animation"),
        load=load_removed,
        is_skipped_when_read=False,
    )
)

register(
    Kind(
        key="forums.topic_removed",
        label=_("Une discussion que j’ai ouverte a été retirée par l’animation"),
        load=load_removed_topics,
        is_skipped_when_read=False,
    )
)
register(Kind(key="forums.held", label=_("Un texte à relire dans un thème que j’anime"), load=load_held))
register(
    Kind(
        key="forums.moved",
        label=_("L’animation a déplacé ma discussion, ou mes messages"),
        load=load_moved,
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="forums.entered",
        label=_("L’animation a écrit en mon nom ce que j’ai dit au téléphone"),
        load=load_posts,
        is_skipped_when_read=False,
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
