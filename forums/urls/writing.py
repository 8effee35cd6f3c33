"""Opening topics, replying, and what helps to write."""

from django.urls import URLPattern, path

from forums.views import posts, topics

urlpatterns: list[URLPattern] = [
    path("r/<slug:network_slug>/discussions/<slug:forum_slug>/nouveau/", topics.topic_create, name="topic-create"),
    path("sujets/<int:pk>/repondre/", posts.post_create, name="post-create"),
]
