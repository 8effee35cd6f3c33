from django.urls import path

from mentoring.views.directory import directory, profile

urlpatterns = [
    path("r/<slug:slug>/annuaire/", directory, name="directory"),
    path("r/<slug:slug>/annuaire/<int:user_pk>/", profile, name="profile"),
]
