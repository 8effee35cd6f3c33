"""What readers do with a post or a topic."""

from django.urls import URLPattern, path

from forums.views import actions, posts

urlpatterns: list[URLPattern] = [
    path("sujets/<int:pk>/actions/", actions.topic_actions, name="topic-actions"),
    path("messages/<int:pk>/actions/", actions.post_actions, name="post-actions"),
    path("messages/<int:pk>/retenir/", posts.answer_accept, name="answer-accept"),
    path("messages/<int:pk>/ne-plus-retenir/", posts.answer_revoke, name="answer-revoke"),
]
