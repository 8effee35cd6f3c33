"""Who may do what in the forums. Each verdict carries a sentence for the person.

But for `can_see_*`, the policies speak of a forum, topic or post that the person can see: queries load it so, and
services load it so again under lock. `membership` is the person's active membership of the network with its hat, or
None.
"""

from forums.policies.acting import (
    PostAbilities,
    TopicAbilities,
    can_accept_answer,
    can_react,
    can_try,
    post_abilities,
    topic_abilities,
)
from forums.policies.curating import can_curate, can_edit_tags, can_open_themes
from forums.policies.reading import can_see_forum, can_see_post, can_see_topic
from forums.policies.writing import (
    allowed_kinds,
    can_announce,
    can_create_topic,
    can_edit_post,
    can_participate,
    can_remove_post,
    can_reply,
    can_restore_post,
    can_see_removed,
    is_open,
)

__all__ = [
    "PostAbilities",
    "TopicAbilities",
    "allowed_kinds",
    "can_accept_answer",
    "can_announce",
    "can_create_topic",
    "can_curate",
    "can_edit_post",
    "can_edit_tags",
    "can_open_themes",
    "can_participate",
    "can_react",
    "can_remove_post",
    "can_reply",
    "can_restore_post",
    "can_see_forum",
    "can_see_post",
    "can_see_removed",
    "can_see_topic",
    "can_try",
    "is_open",
    "post_abilities",
    "topic_abilities",
]
