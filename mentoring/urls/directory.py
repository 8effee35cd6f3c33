from django.urls import path

from mentoring.views.directory import directory, export, profile, word_options
from mentoring.views.listing import my_listing

urlpatterns = [
    path("r/<slug:slug>/annuaire/", directory, name="directory"),
    path("r/<slug:slug>/annuaire/mots/", word_options, name="directory-words"),
    path("r/<slug:slug>/annuaire/export/", export, name="directory-export"),
    path("r/<slug:slug>/annuaire/<int:user_pk>/", profile, name="profile"),
    path("mon-annuaire/", my_listing, name="my-listing"),
]
