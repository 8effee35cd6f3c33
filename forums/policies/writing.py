"""Who may write what, where."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forums.enums import ForumKind, RemovalKind, TopicKind, TopicPolicy, TopicState
from forums.models import Forum, Post, Topic
from forums.policies.curating import can_curate
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict

RESTORE_DAYS = 30


def can_participate(user: User | AnonymousUser, membership: Membership | None) -> Verdict:
    """Whether the person may write in the network at all."""
    if not user.is_authenticated:
        return Denied(_("Connectez-vous pour participer à cette discussion."))
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour participer à ses discussions."))
    if membership.is_silenced and membership.silenced_until:
        until = date_format(timezone.localtime(membership.silenced_until), "j F Y, H:i")
        sentence = gettext(
            "Vous lisez ce réseau sans pouvoir y écrire jusqu’au %(until)s. Le motif est dans « Mes dossiers »."
        )
        return Denied(sentence % {"until": until})
    return Allowed()


def can_reply(user: User | AnonymousUser, topic: Topic, membership: Membership | None) -> Verdict:
    if not (verdict := can_participate(user, membership)):
        return verdict
    return is_open(topic)


def is_open(topic: Topic) -> Verdict:
    """Whether anything may still be written or changed in this discussion."""
    if topic.state != TopicState.OPEN:
        return Denied(_("Cette discussion est archivée : on peut la lire, plus y écrire."))
    if topic.is_locked:
        return Denied(_("Cette discussion est close : on peut la lire, plus y répondre."))
    return Allowed()


def can_edit_post(
    user: User | AnonymousUser, post: Post, membership: Membership | None, *, looks_after: bool = False
) -> Verdict:
    """Authors edit their own as long as the discussion is open; who curates it edits anyone's, with the trace of it."""
    if not (verdict := can_participate(user, membership)):
        return verdict
    if post.is_removed:
        return Denied(_("Ce message a été retiré."))
    if can_curate(membership, looks_after=looks_after):
        return Allowed()
    if post.author_id != user.pk:
        return Denied(_("On ne modifie que ses propres messages."))
    return is_open(post.topic)


def can_remove_post(
    user: User | AnonymousUser, post: Post, membership: Membership | None, *, looks_after: bool = False
) -> Verdict:
    """As editing. The opening post goes with its topic, which is another act."""
    if post.number == 1:
        return Denied(_("Le premier message ne se retire qu’avec toute la discussion."))
    return can_edit_post(user, post, membership, looks_after=looks_after)


def can_restore_post(
    user: User | AnonymousUser, post: Post, membership: Membership | None, *, looks_after: bool = False
) -> Verdict:
    """Authors bring back what they removed themselves, for RESTORE_DAYS; who curates, what the animation removed of
    others: nobody judges a case of their own."""
    if not (verdict := can_participate(user, membership)):
        return verdict
    is_curator = can_curate(membership, looks_after=looks_after) and post.author_id != user.pk
    if post.removal_kind == RemovalKind.MODERATION and is_curator:
        return Allowed()
    if post.removal_kind != RemovalKind.AUTHOR or post.author_id != user.pk:
        return Denied(_("Ce message ne peut être rétabli que par l’animation."))
    if post.removed_at and post.removed_at < timezone.now() - timedelta(days=RESTORE_DAYS):
        return Denied(_("Ce message a été retiré il y a plus de 30 jours."))
    return is_open(post.topic)


def can_see_removed(
    user: User | AnonymousUser, post: Post, membership: Membership | None, *, looks_after: bool = False
) -> Verdict:
    """Whether the person may read what a removed post said, and why it was removed: its author, and who curates."""
    is_gone = post.is_removed and post.removal_kind != RemovalKind.MOVED
    if is_gone and (post.author_id == user.pk or can_curate(membership, looks_after=looks_after)):
        return Allowed()
    return Denied(_("Ce message n’est plus à lire."), hide=True)


def can_create_topic(
    user: User | AnonymousUser, forum: Forum, membership: Membership | None, *, looks_after: bool = False
) -> Verdict:
    if not (verdict := can_participate(user, membership)):
        return verdict
    if forum.kind != ForumKind.THEMED:
        return Denied(_("Aucune discussion ne s’ouvre ici."), hide=True)
    if forum.is_archived:
        return Denied(_("Ce thème est archivé : on peut le lire, plus y ouvrir de discussion."))
    if forum.topic_policy == TopicPolicy.ANIMATORS and not can_curate(membership, looks_after=looks_after):
        return Denied(_("Dans ce thème, c’est l’animation du réseau qui ouvre les discussions."))
    return Allowed()


def can_announce(membership: Membership | None) -> Verdict:
    """Whether the person may open a topic that is an announcement."""
    if membership and membership.is_animator:
        return Allowed()
    return Denied(_("Les annonces sont réservées à l’animation du réseau."))


def allowed_kinds(membership: Membership | None) -> list[TopicKind]:
    """The kinds of topic that the person may open."""
    return [kind for kind in TopicKind if kind != TopicKind.ANNOUNCEMENT or can_announce(membership)]
