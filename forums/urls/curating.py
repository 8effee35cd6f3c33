"""What animators do with themes, tags, topics and posts."""

from django.urls import URLPattern, path

from forums.views import tags, themes

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
]
