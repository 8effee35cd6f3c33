"""Opening topics, replying, and what helps to write."""

from django.urls import URLPattern, path

from forums.views import completion, drafts, posts, topics

urlpatterns: list[URLPattern] = [
    path("r/<slug:network_slug>/discussions/<slug:forum_slug>/nouveau/", topics.topic_create, name="topic-create"),
    path(
        "r/<slug:network_slug>/discussions/<slug:forum_slug>/personnes/", completion.forum_readers, name="forum-readers"
    ),
    path("sujets/<int:pk>/repondre/", posts.post_create, name="post-create"),
    path("sujets/<int:pk>/personnes/", completion.topic_readers, name="topic-readers"),
    path("messages/<int:pk>/citer/", completion.post_quote, name="post-quote"),
    path("brouillons/", drafts.draft_list, name="draft-list"),
    path("brouillons/<str:key>/", drafts.draft, name="draft"),
    path("brouillons/<str:key>/supprimer/", drafts.draft_forget, name="draft-forget"),
]
