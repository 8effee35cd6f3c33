"""What moderation needs to know of the forums: found at start (peerhub/moderation/targets.py)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forums.enums import HeldState, ReactionKind, RemovalKind, TopicState
from forums.models import HeldText, Post, Reaction, Topic
from forums.models.topics import READABLE
from forums.queries.curating import is_held_to_judge
from forums.services.approving import publish_held, reconsider_held, refuse_held
from forums.services.curating import remove_topic, restore_topic
from forums.services.editing import remove_post, restore_post
from forums.services.holding import HELD_KEY
from forums.services.reactions import hide_note, show_note
from peerhub.moderation.enums import Decision
from peerhub.moderation.targets import Shown, Standing, Target, register, register_verb
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, User
from peerhub.text.markdown import TextError, render
from peerhub.text.safe import as_safe

POST_KEY, TOPIC_KEY, TRIAL_KEY = "forums.post", "forums.topic", "forums.trial"
_POSTS = {
    RemovalKind.AUTHOR.value: Standing.REMOVED,
    RemovalKind.MODERATION.value: Standing.HIDDEN,
    RemovalKind.MOVED.value: Standing.REMOVED,
}
_HELD = {
    HeldState.WAITING.value: Standing.HELD,
    HeldState.PUBLISHED.value: Standing.LIVE,
    HeldState.REFUSED.value: Standing.REMOVED,
}


def load_posts(viewer: User, ids: Collection[int]) -> Mapping[int, Shown]:
    """Two queries. A stub of a post that moved is no post."""
    rows = Post.objects.filter(pk__in=ids).exclude(removal_kind=RemovalKind.MOVED).select_related("topic")
    posts = list(rows.defer("body", "body_text", "body_vector", "topic__title_vector"))
    opened = _opened(viewer, {post.topic.circle_id for post in posts})
    return {
        post.pk: Shown(
            pk=post.pk,
            network_id=post.topic.network_id,
            circle_id=post.topic.circle_id,
            author_id=post.author_id,
            title=post.topic.title if is_open else "",
            html=as_safe(post.body_html),
            url=f"/messages/{post.pk}/" if is_open else "",
            written_at=post.created_at,
            standing=_standing(post),
        )
        for post in posts
        if (is_open := post.topic.circle_id in opened) or post.author_id == viewer.pk
    }


def load_topics(viewer: User, ids: Collection[int]) -> Mapping[int, Shown]:
    """Two queries: a topic is shown by its opening post."""
    rows = Post.objects.filter(topic__in=ids, number=1).exclude(topic__state=TopicState.MERGED)
    posts = list(rows.select_related("topic").defer("body", "body_text", "body_vector", "topic__title_vector"))
    opened = _opened(viewer, {post.topic.circle_id for post in posts})
    return {
        post.topic_id: Shown(
            pk=post.topic_id,
            network_id=post.topic.network_id,
            circle_id=post.topic.circle_id,
            author_id=post.topic.author_id,
            title=post.topic.title if is_open else "",
            html=as_safe(post.body_html),
            url=_topic_address(post.topic) if is_open else "",
            written_at=post.topic.created_at,
            standing=Standing.LIVE if post.topic.state in READABLE else Standing.REMOVED,
        )
        for post in posts
        if (is_open := post.topic.circle_id in opened) or post.topic.author_id == viewer.pk
    }


def load_held(viewer: User, ids: Collection[int]) -> Mapping[int, Shown]:
    """Two queries. A text that waits is shown as its author will see it, but for names and files."""
    texts = list(HeldText.objects.filter(pk__in=ids).select_related("topic").defer("topic__title_vector"))
    opened = _opened(viewer, {held.circle_id for held in texts})
    return {
        held.pk: Shown(
            pk=held.pk,
            network_id=held.network_id,
            circle_id=held.circle_id,
            author_id=held.author_id,
            title=held_title(held) if is_open else "",
            html=held_html(held),
            url=_held_address(held, viewer) if is_open else "",
            written_at=held.created_at,
            standing=_HELD[held.state],
        )
        for held in texts
        if (is_open := held.circle_id in opened) or held.author_id == viewer.pk
    }


def load_trials(viewer: User, ids: Collection[int]) -> Mapping[int, Shown]:
    """Two queries. What somebody told of having tried something; who told nothing is not there."""
    rows = Reaction.objects.filter(pk__in=ids, kind=ReactionKind.TRIED).exclude(note="", hidden_note="")
    trials = list(
        rows.select_related("post__topic").defer(
            "post__body", "post__body_html", "post__body_text", "post__body_vector", "post__topic__title_vector"
        )
    )
    opened = _opened(viewer, {trial.post.topic.circle_id for trial in trials})
    return {
        trial.pk: Shown(
            pk=trial.pk,
            network_id=trial.post.topic.network_id,
            circle_id=trial.post.topic.circle_id,
            author_id=trial.user_id,
            title=trial.post.topic.title if is_open else "",
            html=format_html("<p>{}</p>", trial.note or trial.hidden_note),
            url=f"/messages/{trial.post_id}/essais/" if is_open else "",
            written_at=trial.created_at,
            standing=_standing_of_trial(trial),
        )
        for trial in trials
        if (is_open := trial.post.topic.circle_id in opened) or trial.user_id == viewer.pk
    }


def _standing_of_trial(trial: Reaction) -> Standing:
    if trial.post.is_removed or trial.post.topic.state not in READABLE:
        return Standing.REMOVED
    return Standing.HIDDEN if trial.hidden_note else Standing.LIVE


def held_title(held: HeldText) -> str:
    return held.topic.title if held.topic else str(held.fields.get("title", ""))


def held_html(held: HeldText) -> str:
    try:
        return as_safe(render(held.body, names={}, groups={}, files={}).html)
    except TextError:
        return format_html("<p>{}</p>", held.body)


def _held_address(held: HeldText, viewer: User) -> str:
    if held.author_id == viewer.pk:
        return f"/textes-en-attente/{held.pk}/"
    return held.topic.get_absolute_url() if held.topic else ""


def _topic_address(topic: Topic) -> str:
    return topic.get_absolute_url() if topic.state in READABLE else f"/sujets/{topic.pk}/retire/"


def _standing(post: Post) -> Standing:
    if post.topic.state == TopicState.REMOVED:
        return Standing.REMOVED
    return _POSTS[post.removal_kind] if post.is_removed else Standing.LIVE


def _opened(viewer: User, circle_ids: Collection[int]) -> set[int]:
    return set(Circle.objects.visible_to(viewer).filter(pk__in=circle_ids).values_list("pk", flat=True))


# --- What moderation may do ---------------------------------------------------------------------------------------


def hide_post(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    """A post that opens a topic takes the topic with it."""
    post = Post.objects.select_related("topic").defer("body_vector", "topic__title_vector").filter(pk=pk).first()
    if post is None:
        raise DomainError(_("Ce message n’est plus là."))
    if post.number == 1:
        remove_topic(actor=actor, topic=post.topic, reason=reason)
    else:
        remove_post(actor=actor, post=post, reason=reason, kind=RemovalKind.MODERATION)


def bring_back_post(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    post = Post.objects.select_related("topic").defer("body_vector", "topic__title_vector").filter(pk=pk).first()
    if post is None:
        return
    if post.topic.state == TopicState.REMOVED:
        restore_topic(actor=actor, topic=post.topic, reason=reason)
    if post.is_removed:
        restore_post(actor=actor, post=post, reason=reason)


def take_topic_away(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    remove_topic(actor=actor, topic=Topic.objects.get(pk=pk), reason=reason)


def bring_back_topic(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    restore_topic(actor=actor, topic=Topic.objects.get(pk=pk), reason=reason)


def hide_trial(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    hide_note(pk=pk)


def bring_back_trial(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    show_note(pk=pk)


def let_held_appear(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    publish_held(actor=actor, held_id=pk)


def keep_held_back(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    refuse_held(actor=actor, held_id=pk)


def let_refused_appear(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
    reconsider_held(actor=actor, held_id=pk)


register(
    Target(
        key=POST_KEY,
        label=gettext_lazy("message"),
        load=load_posts,
        verbs={Decision.HIDE: hide_post, Decision.REMOVE: hide_post},
        restore=bring_back_post,
        verb_urls={
            Decision.EDIT: lambda pk: f"/messages/{pk}/modifier/",
            Decision.MOVE: lambda pk: f"/messages/{pk}/scinder/",
        },
    )
)
register(
    Target(
        key=TOPIC_KEY,
        label=gettext_lazy("sujet"),
        load=load_topics,
        verbs={Decision.REMOVE: take_topic_away},
        restore=bring_back_topic,
        verb_urls={Decision.MOVE: lambda pk: f"/sujets/{pk}/deplacer/"},
    )
)
register(
    Target(
        key=TRIAL_KEY,
        label=gettext_lazy("résultat d’essai"),
        load=load_trials,
        verbs={Decision.HIDE: hide_trial},
        restore=bring_back_trial,
    )
)
register(
    Target(
        key=HELD_KEY,
        label=gettext_lazy("texte en attente"),
        load=load_held,
        verbs={Decision.PUBLISH: let_held_appear, Decision.REFUSE: keep_held_back},
        restore=let_refused_appear,
        is_reported=False,
        entrusted=is_held_to_judge,
    )
)

register_verb("forums.answer_accepted", gettext_lazy("a retenu une réponse"))
register_verb("forums.answer_revoked", gettext_lazy("a cessé de retenir une réponse"))
register_verb("forums.post_edited", gettext_lazy("a modifié un message"))
register_verb("forums.post_removed", gettext_lazy("a retiré un message"))
register_verb("forums.post_restored", gettext_lazy("a rétabli un message"))
register_verb("forums.post_entered", gettext_lazy("a écrit pour une personne qui a téléphoné"))
register_verb("forums.topic_locked", gettext_lazy("a clos une discussion"))
register_verb("forums.topic_unlocked", gettext_lazy("a rouvert une discussion"))
register_verb("forums.topic_archived", gettext_lazy("a archivé une discussion"))
register_verb("forums.topic_unarchived", gettext_lazy("a sorti une discussion des archives"))
register_verb("forums.topic_pinned", gettext_lazy("a épinglé une discussion"))
register_verb("forums.topic_unpinned", gettext_lazy("a désépinglé une discussion"))
register_verb("forums.topic_slowed", gettext_lazy("a mis une discussion au ralenti"))
register_verb("forums.topic_unslowed", gettext_lazy("a rendu son rythme à une discussion"))
register_verb("forums.topic_held", gettext_lazy("fait relire les réponses d’une discussion"))
register_verb("forums.topic_released", gettext_lazy("ne fait plus relire les réponses d’une discussion"))
register_verb("forums.topic_reclassified", gettext_lazy("a reclassé une discussion"))
register_verb("forums.topic_moved", gettext_lazy("a déplacé une discussion"))
register_verb("forums.topic_split", gettext_lazy("a tiré une nouvelle discussion d’une discussion"))
register_verb("forums.topic_merged", gettext_lazy("a fusionné une discussion dans une autre"))
register_verb("forums.topic_removed", gettext_lazy("a retiré une discussion"))
register_verb("forums.topic_restored", gettext_lazy("a rétabli une discussion"))
