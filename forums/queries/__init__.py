"""What the forums let people read: each function takes the person and leaves out what is not open to them."""

from forums.queries.feeds import (
    TopicLine,
    latest_public_topics,
    questions_awaiting,
    unanswered_questions,
    unread_topic_count,
    unread_topics_for,
)
from forums.queries.lens import lens_for
from forums.queries.menus import PostMenu, TopicMenu, post_menu, topic_menu
from forums.queries.pages import (
    ForumLine,
    ForumPage,
    TopicHead,
    TopicListPage,
    TopicPage,
    TopicRow,
    forum_for,
    forum_list_for,
    network_page_for,
    post_for,
    posts_after,
    posts_changed,
    recent_topics,
    topic_for,
    topic_list_page,
    topic_page,
)
from forums.queries.search import Hit, search_topics

__all__ = [
    "ForumLine",
    "ForumPage",
    "Hit",
    "PostMenu",
    "TopicHead",
    "TopicLine",
    "TopicListPage",
    "TopicMenu",
    "TopicPage",
    "TopicRow",
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
    "recent_topics",
    "search_topics",
    "topic_for",
    "topic_list_page",
    "topic_menu",
    "topic_page",
    "unanswered_questions",
    "unread_topic_count",
    "unread_topics_for",
]
