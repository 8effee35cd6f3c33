"""Writing in the trail. Products record their own curating acts here: moving, locking, merging, pinning."""

from typing import Any

from peerhub.moderation.models import TrailEntry
from peerhub.people.models import User


def record(
    *,
    network_id: int | None,
    actor: User | None,
    verb: str,
    target_key: str = "",
    target_id: int | None = None,
    circle_id: int | None = None,
    about_id: int | None = None,
    reason: str = "",
    is_told: bool = True,
    **facts: Any,
) -> TrailEntry:
    """Write one act, in the caller's transaction; nothing changes it afterwards.

    `network_id` is the network whose animators read it; None: of what all networks share, which the product shows.
    `verb` is registered by `targets.register_verb`. `circle_id` is the circle of the thing: animators outside of it do
    not read the entry; None: every animator of the network does. `about_id` is whose thing it is: that person reads the
    entry, unless `is_told` is off. `facts` are JSON: ids, dates as text, words that all networks share, and never
    what somebody wrote.
    """
    return TrailEntry.objects.create(
        network_id=network_id,
        circle_id=circle_id,
        actor=actor,
        about_id=about_id,
        verb=verb,
        target_key=target_key,
        target_id=target_id,
        reason=reason,
        is_told=is_told,
        facts=facts,
    )
