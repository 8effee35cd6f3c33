"""Themes, topics and posts, as they are read."""

from django.urls import URLPattern, path

from forums.views import lists, posts, reading, tags, topics

urlpatterns: list[URLPattern] = [
    path("r/<slug:network_slug>/discussions/", lists.forum_list, name="forum-list"),
    path("r/<slug:network_slug>/discussions/<slug:forum_slug>/", lists.topic_list, name="topic-list"),
    path("r/<slug:network_slug>/mots-cles/", tags.tag_list, name="tag-list"),
    path("r/<slug:network_slug>/mots-cles/<slug:slug>/", lists.tag, name="tag"),
    path("sujets/<int:pk>/", topics.topic, name="topic-short"),
    path("sujets/<int:pk>/lu/", topics.topic_read, name="topic-read"),
    path("sujets/<int:pk>/imprimer/", reading.topic_print, name="topic-print"),
    path("messages/<int:pk>/", posts.post, name="post"),
    path("sujets/<int:pk>/<slug:slug>/", topics.topic, name="topic"),
]
