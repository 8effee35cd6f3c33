"""The forums for platform administrators: metadata alone. What was said is read on the platform, by those in the
circle; titles show only where the topic is public, and nothing is written here."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from forums.models import Forum, Post, Topic
from peerhub.people.enums import CircleKind
from peerhub.ui.admin import ReadOnly


@admin.register(Forum)
class ForumAdmin(ReadOnly):
    list_display = ("pk", "network", "slug", "kind", "circle", "topic_count")
    list_filter = ("network", "kind")
    list_select_related = ("network", "circle")
    fields = ("network", "slug", "kind", "circle", "position", "topic_policy", "topic_count", "created_at")


@admin.register(Topic)
class TopicAdmin(ReadOnly):
    list_display = ("pk", "public_title", "network", "kind", "circle", "post_count", "created_at", "last_post_at")
    list_filter = ("network", "kind")
    list_select_related = ("network", "circle")
    fields = ("network", "kind", "circle", "is_pinned", "is_locked", "post_count", "created_at", "last_post_at")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).defer("title_vector")

    @admin.display(description="title")
    def public_title(self, topic: Topic) -> str:
        return topic.title if topic.circle.kind == CircleKind.PUBLIC else "-"


@admin.register(Post)
class PostAdmin(ReadOnly):
    list_display = ("pk", "topic", "number", "author", "created_at", "is_removed")
    list_select_related = ("topic", "author")
    fields = ("topic", "number", "author", "created_at", "edited_at", "render_version", "is_removed")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).defer("body", "body_html", "body_text", "body_vector")
