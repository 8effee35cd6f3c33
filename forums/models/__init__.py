"""Themes, topics, posts, and what each person reads, follows, keeps and is writing."""

from forums.models.addresses import POSTS_PER_PAGE, page_of_number, post_url, topic_url
from forums.models.files import PostFile
from forums.models.finding import FeedToken, SavedSearch
from forums.models.marks import Bookmark, ForumSubscription, Reaction, TagSubscription, TopicRead, TopicSubscription
from forums.models.posts import BODY_MAX_LENGTH, Post, PostRevision
from forums.models.themes import Forum, ForumAnimator, Tag, TagSynonym
from forums.models.topics import TITLE_MAX_LENGTH, ExperienceReport, Topic
from forums.models.writing import Draft, HeldText

__all__ = [
    "BODY_MAX_LENGTH",
    "POSTS_PER_PAGE",
    "TITLE_MAX_LENGTH",
    "Bookmark",
    "Draft",
    "ExperienceReport",
    "FeedToken",
    "Forum",
    "ForumAnimator",
    "ForumSubscription",
    "HeldText",
    "Post",
    "PostFile",
    "PostRevision",
    "Reaction",
    "SavedSearch",
    "Tag",
    "TagSubscription",
    "TagSynonym",
    "Topic",
    "TopicRead",
    "TopicSubscription",
    "page_of_number",
    "post_url",
    "topic_url",
]
