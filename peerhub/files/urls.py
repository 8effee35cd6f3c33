from django.urls import URLPattern, path

from peerhub.files import views

app_name = "files"
urlpatterns: list[URLPattern] = [
    path("", views.upload, name="upload"),
    path("<int:pk>/<str:name>", views.download, name="file"),
    path("<int:pk>/vignette/<str:name>", views.thumbnail, name="thumbnail"),
]
