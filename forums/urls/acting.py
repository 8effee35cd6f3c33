"""What readers do with a post or a topic."""

from django.urls import URLPattern, path

from forums.views import acting, actions, answers, bookmarks, editing, following, reading

urlpatterns: list[URLPattern] = [
    path("sujets/<int:pk>/actions/", actions.topic_actions, name="topic-actions"),
    path("messages/<int:pk>/actions/", actions.post_actions, name="post-actions"),
    path("messages/<int:pk>/retenir/", answers.answer_accept, name="answer-accept"),
    path("messages/<int:pk>/ne-plus-retenir/", answers.answer_revoke, name="answer-revoke"),
    path("messages/<int:pk>/non-lu/", reading.post_unread, name="post-unread"),
    path("messages/<int:pk>/reagir/", acting.post_react, name="post-react"),
    path("messages/<int:pk>/reactions/", acting.post_reactions, name="post-reactions"),
    path("messages/<int:pk>/essayer/", acting.post_tried, name="post-tried"),
    path("messages/<int:pk>/essais/", acting.post_trials, name="post-trials"),
    path("messages/<int:pk>/signet/", bookmarks.post_keep, name="post-keep"),
    path("mes-signets/", bookmarks.bookmark_list, name="bookmark-list"),
    path("mes-signets/<int:pk>/retirer/", bookmarks.bookmark_remove, name="bookmark-remove"),
    path("sujets/<int:pk>/suivre/", following.topic_follow, name="topic-follow"),
    path("themes/<int:pk>/suivre/", following.forum_follow, name="forum-follow"),
    path("mots-cles/<int:pk>/suivre/", following.tag_follow, name="tag-follow"),
    path("mes-suivis/", following.follow_list, name="follow-list"),
    path("messages/<int:pk>/modifier/", editing.post_edit, name="post-edit"),
    path("messages/<int:pk>/historique/", editing.post_history, name="post-history"),
    path("messages/<int:pk>/retirer/", editing.post_remove, name="post-remove"),
    path("messages/<int:pk>/restaurer/", editing.post_restore, name="post-restore"),
    path("messages/<int:pk>/retire/", editing.post_removed, name="post-removed"),
]
