"""What the forums let people read: each function takes the person and leaves out what is not open to them."""

from forums.queries.feeds import (
    TopicLine,
    latest_public_topics,
    questions_awaiting,
    unanswered_questions,
    unread_topics_for,
)
from forums.queries.lens import lens_for
from forums.queries.lists import BadCursor, TopicListPage, TopicRow, Wanted, topic_list
from forums.queries.menus import PostMenu, TopicMenu, post_menu, topic_menu
from forums.queries.pages import (
    TopicHead,
    TopicPage,
    post_for,
    posts_after,
    posts_changed,
    topic_for,
    topic_page,
)
from forums.queries.tags import TagLine, tag_for, tag_list, tags_of
from forums.queries.themes import (
    ForumLine,
    ForumPage,
    animators_of,
    announcements_of,
    children_of,
    forum_for,
    forum_list_for,
    network_page_for,
    readable_theme,
    theme_for,
    themes_to_curate,
)

__all__ = [
    "BadCursor",
    "ForumLine",
    "ForumPage",
    "PostMenu",
    "TagLine",
    "TopicHead",
    "TopicLine",
    "TopicListPage",
    "TopicMenu",
    "TopicPage",
    "TopicRow",
    "Wanted",
    "animators_of",
    "announcements_of",
    "children_of",
    "forum_for",
    "forum_list_for",
    "latest_public_topics",
    "lens_for",
    "network_page_for",
    "post_for",
    "post_menu",
    "posts_after",
    "posts_changed",
    "questions_awaiting",
    "readable_theme",
    "tag_for",
    "tag_list",
    "tags_of",
    "theme_for",
    "themes_to_curate",
    "topic_for",
    "topic_list",
    "topic_menu",
    "topic_page",
    "unanswered_questions",
    "unread_topics_for",
]
