"""The answer that a question's author, or who looks after the theme, keeps."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from forums.events import AnswerAccepted, AnswerRevoked
from forums.models import Post, Topic
from forums.policies import can_accept_answer
from forums.queries.standing import looks_after
from forums.services.telling import tell_head, tell_posts
from forums.services.writing import clean_reason
from peerhub.moderation.services.trail import record
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for


@transaction.atomic
def accept_answer(*, user: User, post: Post, reason: str = "") -> None:
    """Keep this post as the answer, in place of another one if there was; the topic does not move in the lists.

    Twice is once; another reason replaces the one before.
    """
    topic = _lock(user, post.topic_id)
    if post.number == 1 or not Post.objects.filter(pk=post.pk, topic=topic, is_removed=False).exists():
        raise DomainError(_("Ce message ne peut pas être la réponse retenue."))
    reason = clean_reason(reason)
    before = topic.accepted_post_id
    if before == post.pk and reason in ("", topic.accepted_reason):
        return
    Topic.objects.filter(pk=topic.pk).update(accepted_post=post, accepted_by=user, accepted_reason=reason)
    if before != post.pk:
        emit(AnswerAccepted(topic_id=topic.pk, post_id=post.pk))
    _note(user, topic, post, "forums.answer_accepted", reason)
    _tell(topic, [post.pk] if before is None else [before, post.pk])


@transaction.atomic
def revoke_answer(*, user: User, post: Post, reason: str = "") -> None:
    """This answer is kept no more, and the question is open again. Twice is once."""
    topic = _lock(user, post.topic_id)
    if not let_go_of_answer(topic.pk, [post.pk]):
        return
    _note(user, topic, post, "forums.answer_revoked", clean_reason(reason))
    _tell(topic, [post.pk])


def let_go_of_answer(topic_id: int, post_ids: Collection[int]) -> bool:
    """The topic keeps none of these posts as its answer, in the transaction that locked it. Whether it did."""
    rows = Topic.objects.filter(pk=topic_id, accepted_post__in=post_ids)
    kept = rows.values_list("accepted_post", flat=True).first()
    if kept is None:
        return False
    rows.update(accepted_post=None, accepted_by=None, accepted_reason="")
    emit(AnswerRevoked(topic_id=topic_id, post_id=kept))
    return True


def _lock(user: User, topic_id: int) -> Topic:
    rows = Topic.objects.visible_to(user).select_related("network").defer("title_vector")
    topic = rows.select_for_update(of=("self",), no_key=True).filter(pk=topic_id).first()
    if topic is None:
        raise Refused(_("Cette discussion ne vous est plus ouverte."))
    is_named = looks_after(user, topic.forum_id)
    require(can_accept_answer(user, topic, membership_for(user, topic.network), looks_after=is_named))
    return topic


def _note(user: User, topic: Topic, post: Post, verb: str, reason: str) -> None:
    """In the trail when it was somebody else's question: what one does with one's own needs no record."""
    if topic.author_id == user.pk:
        return
    record(
        network_id=topic.network_id,
        actor=user,
        verb=verb,
        target_key="forums.post",
        target_id=post.pk,
        circle_id=topic.circle_id,
        about_id=topic.author_id,
        reason=reason,
        topic_id=topic.pk,
    )


def _tell(topic: Topic, post_ids: list[int]) -> None:
    tell_posts(topic.pk, post_ids)
    tell_head(topic.pk)
