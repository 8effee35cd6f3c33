"""What happened in moderation (ids only)."""

from dataclasses import dataclass

from peerhub.outbox.registry import event


@event("moderation.case_opened")
@dataclass(frozen=True)
class CaseOpened:
    """Somebody reported a thing, or a text waits for approval."""

    case_id: int


@event("moderation.case_decided")
@dataclass(frozen=True)
class CaseDecided:
    case_id: int


@event("moderation.message_sent")
@dataclass(frozen=True)
class MessageSent:
    """In the conversation between the animators and the author."""

    message_id: int


@event("moderation.appealed")
@dataclass(frozen=True)
class Appealed:
    case_id: int


@event("moderation.appeal_decided")
@dataclass(frozen=True)
class AppealDecided:
    case_id: int
