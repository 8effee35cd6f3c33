from django.urls import URLPattern, path

from sessions.views import video

urlpatterns: list[URLPattern] = [
    path("seances/<int:pk>/rejoindre/", video.video_join, name="video-join"),
]
