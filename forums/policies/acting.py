"""Who may act on a topic or a post that is there."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from forums.enums import TopicKind
from forums.models import Post, Topic
from forums.policies.curating import can_curate
from forums.policies.writing import (
    can_edit_post,
    can_participate,
    can_remove_post,
    can_reply,
    can_restore_post,
    can_see_removed,
)
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict


@dataclass(frozen=True)
class TopicAbilities:
    """What the viewer may do on a topic's page; templates read it and compute nothing."""

    act: Verdict
    reply: Verdict
    accept: Verdict


def topic_abilities(user: User | AnonymousUser, topic: Topic, membership: Membership | None) -> TopicAbilities:
    return TopicAbilities(
        act=can_participate(user, membership),
        reply=can_reply(user, topic, membership),
        accept=can_accept_answer(user, topic, membership),
    )


@dataclass(frozen=True)
class PostAbilities:
    """What the viewer may do with one post; its menu reads it and computes nothing."""

    quote: Verdict
    accept: Verdict
    react: Verdict
    edit: Verdict
    remove: Verdict
    restore: Verdict
    see_removed: Verdict
    curate: Verdict


def post_abilities(
    user: User | AnonymousUser, post: Post, membership: Membership | None, *, looks_after: bool
) -> PostAbilities:
    """Needs the post's topic."""
    is_answer = post.number > 1 and not post.is_removed
    return PostAbilities(
        quote=Denied(_("Ce message a été retiré.")) if post.is_removed else can_reply(user, post.topic, membership),
        accept=can_accept_answer(user, post.topic, membership, looks_after=looks_after)
        if is_answer
        else Denied(_("Ce message ne peut pas être la réponse retenue.")),
        react=can_react(user, post, membership),
        edit=can_edit_post(user, post, membership, looks_after=looks_after),
        remove=can_remove_post(user, post, membership, looks_after=looks_after),
        restore=can_restore_post(user, post, membership, looks_after=looks_after)
        if post.is_removed
        else Denied(_("Ce message est là.")),
        see_removed=can_see_removed(user, post, membership, looks_after=looks_after),
        curate=can_curate(membership, looks_after=looks_after),
    )


def can_accept_answer(
    user: User | AnonymousUser, topic: Topic, membership: Membership | None, *, looks_after: bool = False
) -> Verdict:
    """Whether the person may keep an answer to a question, or take that back."""
    if topic.kind != TopicKind.QUESTION:
        return Denied(_("Seule une question a une réponse retenue."))
    if not (verdict := can_participate(user, membership)):
        return verdict
    if topic.author_id == user.pk or can_curate(membership, looks_after=looks_after):
        return Allowed()
    return Denied(_("La réponse est retenue par la personne qui a posé la question, ou par l’animation."))


def can_try(user: User | AnonymousUser, post: Post, membership: Membership | None) -> Verdict:
    """Whether the person may say that one tried what a post says: a question, or an announcement, says nothing to try.
    Needs the post's topic."""
    if post.number == 1 and post.topic.kind in {TopicKind.QUESTION, TopicKind.ANNOUNCEMENT}:
        return Denied(_("C’est une réponse que l’on essaie, ou ce que quelqu’un raconte."))
    return can_react(user, post, membership)


def can_react(user: User | AnonymousUser, post: Post, membership: Membership | None) -> Verdict:
    """Whether the person may thank for a post, or say that one tried it; nobody praises one's own."""
    if not (verdict := can_participate(user, membership)):
        return verdict
    if post.is_removed:
        return Denied(_("Ce message a été retiré."))
    if post.author_id == user.pk:
        return Denied(_("On ne réagit pas à son propre message."))
    return Allowed()
