"""Evidence follows what people do in discussions. Each handler makes true what should be, however often it runs."""

from forums.enums import TopicKind
from forums.events import AnswerAccepted, AnswerRevoked, PostTried, TopicCreated
from forums.models import Post, Reaction, Topic
from mentoring.services.evidence import refresh_evidence
from peerhub.outbox.registry import handles


@handles(AnswerAccepted)
def on_answer_accepted(event: AnswerAccepted) -> None:
    _refresh_author(event.post_id)


@handles(AnswerRevoked)
def on_answer_revoked(event: AnswerRevoked) -> None:
    _refresh_author(event.post_id)


@handles(PostTried)
def on_post_tried(event: PostTried) -> None:
    for author in Reaction.objects.filter(pk=event.reaction_id).values_list("post__author", flat=True):
        refresh_evidence(author)


@handles(TopicCreated)
def on_report_created(event: TopicCreated) -> None:
    reports = Topic.objects.filter(pk=event.topic_id, kind=TopicKind.REPORT)
    for author in reports.values_list("author", flat=True):
        refresh_evidence(author)


def _refresh_author(post_id: int) -> None:
    for author in Post.objects.filter(pk=post_id).values_list("author", flat=True):
        refresh_evidence(author)
