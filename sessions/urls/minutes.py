from django.urls import URLPattern, path

from sessions.views import minutes

urlpatterns: list[URLPattern] = [
    path("seances/<int:pk>/compte-rendu/", minutes.minutes_page, name="minutes"),
    path("seances/<int:pk>/compte-rendu/ajouts/", minutes.minutes_updates, name="minutes-updates"),
    path("seances/<int:pk>/compte-rendu/publier/", minutes.minutes_publish, name="minutes-publish"),
    path("seances/<int:pk>/compte-rendu/rouvrir/", minutes.minutes_reopen, name="minutes-reopen"),
    path("seances/<int:pk>/compte-rendu/compte-rendu.md", minutes.minutes_markdown, name="minutes-markdown"),
]
