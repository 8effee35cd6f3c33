"""The living style page; mounted at /_ui/ in the demo and in tests, never in production."""

from django.urls import path

from peerhub.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.style_page, name="style-page"),
    path("visiteur/", views.style_page_public, name="style-page-public"),
    path("erreur/<int:status>/", views.error_page, name="error-page"),
]
