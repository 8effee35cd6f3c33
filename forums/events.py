"""What happened in the forums, told to whoever must react (ids only)."""

from dataclasses import dataclass

from peerhub.outbox.registry import event


@event("forums.topic_created")
@dataclass(frozen=True)
class TopicCreated:
    topic_id: int


@event("forums.post_created")
@dataclass(frozen=True)
class PostCreated:
    """A reply was written; the opening post of a topic is told by `TopicCreated` alone."""

    post_id: int
    topic_id: int


@event("forums.answer_accepted")
@dataclass(frozen=True)
class AnswerAccepted:
    topic_id: int
    post_id: int
