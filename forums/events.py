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


@event("forums.post_edited")
@dataclass(frozen=True)
class PostEdited:
    """`revision` is the number of the edit: what the post said before it stands in that row."""

    post_id: int
    revision: int


@event("forums.post_removed")
@dataclass(frozen=True)
class PostRemoved:
    post_id: int


@event("forums.post_thanked")
@dataclass(frozen=True)
class PostThanked:
    """Somebody thanked for a post, or called it useful."""

    reaction_id: int


@event("forums.post_tried")
@dataclass(frozen=True)
class PostTried:
    """Somebody tried what a post says."""

    reaction_id: int


@event("forums.answer_revoked")
@dataclass(frozen=True)
class AnswerRevoked:
    topic_id: int
    post_id: int


@event("forums.topic_removed")
@dataclass(frozen=True)
class TopicRemoved:
    topic_id: int


@event("forums.texts_moved")
@dataclass(frozen=True)
class TextsMoved:
    """A discussion went to another theme or into another one, or posts of it made one of their own: the entry of the
    trail says which, why, and whose texts they are."""

    entry_id: int


@event("forums.post_entered")
@dataclass(frozen=True)
class PostEntered:
    """An animator wrote down what its author said on the phone."""

    post_id: int
