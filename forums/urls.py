"""The addresses of the forums."""

from django.urls import URLPattern, path

from forums.views import lists, posts, topics

app_name = "forums"
urlpatterns: list[URLPattern] = [
    path("r/<slug:network_slug>/discussions/", lists.forum_list, name="forum-list"),
    path("r/<slug:network_slug>/discussions/<slug:forum_slug>/", lists.topic_list, name="topic-list"),
    path("r/<slug:network_slug>/discussions/<slug:forum_slug>/nouveau/", topics.topic_create, name="topic-create"),
    path("sujets/<int:pk>/", topics.topic, name="topic-short"),
    path("sujets/<int:pk>/repondre/", posts.post_create, name="post-create"),
    path("sujets/<int:pk>/lu/", topics.topic_read, name="topic-read"),
    path("sujets/<int:pk>/rouvrir/", posts.answer_revoke, name="answer-revoke"),
    path("sujets/<int:pk>/<slug:slug>/", topics.topic, name="topic"),
    path("messages/<int:pk>/", posts.post, name="post"),
    path("messages/<int:pk>/retenir/", posts.answer_accept, name="answer-accept"),
]
