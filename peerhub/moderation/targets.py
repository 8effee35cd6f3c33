"""What can be moderated. A product registers its own in `<app>/moderation_targets.py`, found at start.

register(Target(
    key="forums.post",
    label=_("message"),
    load=load_posts,
    verbs={Decision.HIDE: hide_post, Decision.REMOVE: remove_post},
    restore=restore_post,
    verb_urls={Decision.EDIT: edit_url, Decision.MOVE: move_url},
))
register_verb("forums.topic_locked", _("a fermé une discussion"))
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from peerhub.moderation.enums import Decision

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from peerhub.people.models import User


class Standing(Enum):
    """Where a thing stands now. Only what is live can be reported."""

    LIVE = "live"
    HIDDEN = "hidden"
    REMOVED = "removed"
    HELD = "held"


@dataclass(frozen=True)
class Shown:
    """One thing, read for one person.

    `html` is what `peerhub.text` rendered (safe to show as it is). `title` and `url` (a path of the platform) are
    empty where the space is not open to the reader.
    """

    pk: int
    network_id: int
    circle_id: int
    author_id: int | None
    title: str
    html: str
    url: str
    written_at: datetime
    standing: Standing = Standing.LIVE


# Reads these things for one person in a fixed number of queries: those in circles that are open to the person
# (`circle_q`), hidden, removed and held ones included (who may look at those is judged here), and besides, title and
# url emptied, what the person wrote there before the circle closed. Absent from the answer: all else.
Load = Callable[["User", Collection[int]], Mapping[int, Shown]]

# verb(*, actor: User, pk: int, reason: str, **facts): one act of the product, in the caller's transaction; raises
# `DomainError` with a sentence when it cannot be done. `facts` holds `case_id`, and for `restore` the `decision` that
# it undoes. Moderation has judged that the actor may; doing it twice is doing it once.
Verb = Callable[..., None]

# Whether the product gave this thing into the hands of the person, who need not animate the network: that the person
# sees it is judged there.
Entrusted = Callable[["User", int], bool]


def to_nobody_else(user: "User", pk: int) -> bool:
    return False


@dataclass(frozen=True)
class Target:
    """A kind of thing that can be reported, or held until approval.

    What is absent from `verbs` and `verb_urls` is not offered. `verb_urls` are for what needs a page of the product
    (its path for a pk): the moderator goes there first, then writes the decision down. `is_reported` is off for what
    the animators alone see: what it became is reported instead. Those to whom a thing is `entrusted` may decide about
    it as the network's animators do, on a page of the product.
    """

    key: str
    label: "_StrOrPromise"  # "message": follows « ce », stands alone in filters
    load: Load
    verbs: Mapping[Decision, Verb] = field(default_factory=dict)
    restore: Verb | None = None
    verb_urls: Mapping[Decision, Callable[[int], str]] = field(default_factory=dict)
    is_reported: bool = True
    entrusted: Entrusted = to_nobody_else


_targets: dict[str, Target] = {}
_verbs: dict[str, "_StrOrPromise"] = {}


def register(target: Target) -> Target:
    if target.key in _targets:
        raise ValueError(f"The moderation target {target.key} is registered twice.")
    _targets[target.key] = target
    return target


def find(key: str) -> Target | None:
    return _targets.get(key)


def all_targets() -> list[Target]:
    return [_targets[key] for key in sorted(_targets)]


def register_verb(key: str, label: "_StrOrPromise") -> None:
    """How an act of the trail reads after its actor's name: « a fermé une discussion »."""
    if key in _verbs:
        raise ValueError(f"The verb {key} is registered twice.")
    _verbs[key] = label


def verb_label(key: str) -> "_StrOrPromise":
    return _verbs.get(key, key)


def load_shown(viewer: "User", keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Shown]:
    """Things of several kinds, read for one person: one `load` for each kind."""
    found: dict[tuple[str, int], Shown] = {}
    for target in all_targets():
        ids = {pk for key, pk in keys if key == target.key}
        if ids:
            found |= {(target.key, pk): shown for pk, shown in target.load(viewer, ids).items()}
    return found
