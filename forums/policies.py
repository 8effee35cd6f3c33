"""Who may do what in the forums. Each verdict carries a sentence for the person.

But for `can_see_*`, the policies speak of a forum or topic that the person can see: queries load it so, and services
load it so again under lock. `membership` is the person's active membership of the network with its hat, or None.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from forums.enums import ForumKind, TopicKind, TopicPolicy
from forums.models import Forum, Post, Topic
from peerhub.people.models import Membership, User
from peerhub.people.policies import can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict


@dataclass(frozen=True)
class TopicAbilities:
    """What the viewer may do on a topic's page; templates read it and compute nothing."""

    reply: Verdict
    accept: Verdict


def topic_abilities(user: User | AnonymousUser, topic: Topic, membership: Membership | None) -> TopicAbilities:
    return TopicAbilities(
        reply=can_reply(user, topic, membership),
        accept=can_accept_answer(user, topic, membership),
    )


def can_see_forum(user: User | AnonymousUser, forum: Forum) -> Verdict:
    """The twin of `Forum.objects.visible_to`."""
    return can_see_circle(user, forum.circle)


def can_see_topic(user: User | AnonymousUser, topic: Topic) -> Verdict:
    """The twin of `Topic.objects.visible_to`."""
    return can_see_circle(user, topic.circle)


def can_see_post(user: User | AnonymousUser, post: Post) -> Verdict:
    """The twin of `Post.objects.visible_to`: what was removed is read by nobody here."""
    if post.is_removed:
        return Denied(_("Ce message a été retiré."), hide=True)
    return can_see_circle(user, post.topic.circle)


def can_participate(user: User | AnonymousUser, membership: Membership | None) -> Verdict:
    """Whether the person may write in the network at all."""
    if not user.is_authenticated:
        return Denied(_("Connectez-vous pour participer à cette discussion."))
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour participer à ses discussions."))
    return Allowed()


def can_reply(user: User | AnonymousUser, topic: Topic, membership: Membership | None) -> Verdict:
    if not (verdict := can_participate(user, membership)):
        return verdict
    if topic.is_locked:
        return Denied(_("Cette discussion est close : on peut la lire, plus y répondre."))
    return Allowed()


def can_create_topic(user: User | AnonymousUser, forum: Forum, membership: Membership | None) -> Verdict:
    if not (verdict := can_participate(user, membership)):
        return verdict
    if forum.kind != ForumKind.THEMED:
        return Denied(_("Aucun sujet ne s’ouvre ici."), hide=True)
    if forum.topic_policy == TopicPolicy.ANIMATORS and not (membership and membership.is_animator):
        return Denied(_("Dans ce thème, c’est l’animation du réseau qui ouvre les sujets."))
    return Allowed()


def can_announce(membership: Membership | None) -> Verdict:
    """Whether the person may open a topic that is an announcement."""
    if membership and membership.is_animator:
        return Allowed()
    return Denied(_("Les annonces sont réservées à l’animation du réseau."))


def can_accept_answer(user: User | AnonymousUser, topic: Topic, membership: Membership | None) -> Verdict:
    """Whether the person may keep an answer to a question, or take that back."""
    if topic.kind != TopicKind.QUESTION:
        return Denied(_("Seule une question a une réponse retenue."))
    if not (verdict := can_participate(user, membership)):
        return verdict
    if topic.author_id == user.pk or (membership and membership.is_animator):
        return Allowed()
    return Denied(_("La réponse est retenue par la personne qui a posé la question, ou par l’animation."))


def allowed_kinds(membership: Membership | None) -> list[TopicKind]:
    """The kinds of topic that the person may open."""
    return [kind for kind in TopicKind if kind != TopicKind.ANNOUNCEMENT or can_announce(membership)]
