"""The answer that a question's author, or an animator, keeps."""

from django.db import transaction
from django.utils.translation import gettext as _

from forums.events import AnswerAccepted
from forums.models import Post, Topic
from forums.policies import can_accept_answer
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for


@transaction.atomic
def accept_answer(*, user: User, post: Post) -> None:
    """Keep this post as the answer, in place of another one if there was. Twice is once."""
    topic = _lock(user, post.topic_id)
    if post.number == 1 or post.is_removed:
        raise DomainError(_("Ce message ne peut pas être la réponse retenue."))
    if topic.accepted_post_id == post.pk:
        return
    Topic.objects.filter(pk=topic.pk).update(accepted_post=post)
    emit(AnswerAccepted(topic_id=topic.pk, post_id=post.pk))


@transaction.atomic
def revoke_answer(*, user: User, post: Post) -> None:
    """This answer is kept no more, and the question is open again. Twice is once."""
    locked = _lock(user, post.topic_id)
    Topic.objects.filter(pk=locked.pk, accepted_post=post).update(accepted_post=None)


def _lock(user: User, topic_id: int) -> Topic:
    topic = Topic.objects.visible_to(user).select_for_update(of=("self",), no_key=True).filter(pk=topic_id).first()
    if topic is None:
        raise Refused(_("Cette discussion ne vous est plus ouverte."))
    require(can_accept_answer(user, topic, membership_for(user, topic.network)))
    return topic
