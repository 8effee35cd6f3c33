"""The kinds of notification. A product registers its own in `<app>/notification_kinds.py`, found at start.

    register(Kind(
        key="forums.reply",
        label=_("Une réponse dans une discussion que je suis"),
        load=load_reply,
    ))

The sentences are templates, in the recipient's language, with `subject.context`, `subject.url`, `notification`:
`notifications/<app>/<kind>.html` (one line for the bell) and `emails/<app>/<kind>.{subject.txt,txt,html}`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from peerhub.notifications.enums import Channel, Frequency

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from peerhub.notifications.models import Notification
    from peerhub.people.models import User


@dataclass(frozen=True)
class Attachment:
    filename: str
    content: bytes
    mimetype: str  # with its parameters: "text/calendar; method=REQUEST; charset=utf-8"


def no_attachments() -> list[Attachment]:
    return []


@dataclass(frozen=True)
class Subject:
    """What a notification is about, read again for its recipient at the moment when it is shown or sent.

    `url` is a path of the platform. `context` goes to the templates: of confidential things it holds that something
    happened, never what. `attachments` is called for the mail alone.
    """

    url: str
    context: dict[str, Any] = field(default_factory=dict)
    attachments: Callable[[], list[Attachment]] = no_attachments


def by_target(notifications: "Sequence[Notification]", found: Mapping[int, Subject]) -> dict[int, Subject]:
    """What a `load` answers, from the subjects by the keys of what the notifications are about."""
    return {one.pk: found[one.target_id] for one in notifications if one.target_id in found}


# Reads the world for one recipient and some of that person's notifications of the kind, in a fixed number of
# queries; leaves out those whose object is gone, moot, or no longer visible to the recipient. The recipient's
# language and zone are the active ones.
Load = Callable[["User", Sequence["Notification"]], dict[int, Subject]]


@dataclass(frozen=True)
class Kind:
    """`is_skipped_when_read` is off for what must arrive anyway: a reminder, a cancellation."""

    key: str
    label: "_StrOrPromise"
    load: Load
    in_app: bool = True
    email: Frequency = Frequency.NOW
    is_skipped_when_read: bool = True

    @property
    def template_stem(self) -> str:
        """`forums.reply` -> `forums/reply`."""
        return self.key.replace(".", "/", 1)

    @property
    def usual_wish(self) -> dict[Channel, str]:
        """How often it comes by each channel to who has not chosen."""
        return {Channel.IN_APP: Frequency.NOW if self.in_app else Frequency.NEVER, Channel.EMAIL: self.email}


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    if kind.key in _kinds:
        raise ValueError(f"The notification kind {kind.key} is registered twice.")
    _kinds[kind.key] = kind
    return kind


def get(key: str) -> Kind:
    """Raises KeyError for a kind that no app registers (any more)."""
    return _kinds[key]


def find(key: str) -> Kind | None:
    return _kinds.get(key)


def all_kinds() -> list[Kind]:
    return [_kinds[key] for key in sorted(_kinds)]
