"""What animators do with themes, tags, topics and posts."""

from django.urls import URLPattern, path

from forums.views import curating, holding, moving, tags, themes

urlpatterns: list[URLPattern] = [
    path("r/<slug:network_slug>/themes/", themes.theme_list, name="theme-list"),
    path("r/<slug:network_slug>/themes/nouveau/", themes.theme_create, name="theme-create"),
    path("r/<slug:network_slug>/themes/depart/", themes.theme_starters, name="theme-starters"),
    path("r/<slug:network_slug>/themes/<int:pk>/modifier/", themes.theme_edit, name="theme-edit"),
    path("r/<slug:network_slug>/themes/<int:pk>/deplacer/", themes.theme_shift, name="theme-shift"),
    path("r/<slug:network_slug>/themes/<int:pk>/archiver/", themes.theme_archive, name="theme-archive"),
    path("r/<slug:network_slug>/mots-cles/<slug:slug>/modifier/", tags.tag_edit, name="tag-edit"),
    path("r/<slug:network_slug>/mots-cles/<slug:slug>/fusionner/", tags.tag_merge, name="tag-merge"),
    path("r/<slug:network_slug>/mots-cles/<slug:slug>/supprimer/", tags.tag_delete, name="tag-delete"),
    path("r/<slug:network_slug>/discussions-retirees/", curating.removed_list, name="removed-list"),
    path("sujets/<int:pk>/animer/<slug:act>/", curating.topic_curate, name="topic-curate"),
    path("sujets/<int:pk>/deplacer/", moving.topic_move, name="topic-move"),
    path("sujets/<int:pk>/scinder/", moving.topic_split, name="topic-split"),
    path("sujets/<int:pk>/fusionner/", moving.topic_merge, name="topic-merge"),
    path("sujets/<int:pk>/telephone/", moving.topic_phone, name="topic-phone"),
    path("sujets/<int:pk>/retire/", curating.topic_removed, name="topic-removed"),
    path("sujets/<int:pk>/retablir/", curating.topic_restore, name="topic-restore"),
    path("messages/<int:pk>/scinder/", moving.post_split, name="post-split"),
    path("textes-a-relire/", holding.held_list, name="held-list"),
    path("textes-a-relire/<int:pk>/", holding.held_judge, name="held-judge"),
    path("textes-en-attente/<int:pk>/", holding.held_text, name="held"),
    path("textes-en-attente/<int:pk>/reprendre/", holding.held_withdraw, name="held-withdraw"),
]
