from django.urls import URLPattern, path

from mentoring.views.competences import competence_withdraw, my_competence, my_competences
from mentoring.views.directory import directory, profile

app_name = "mentoring"
urlpatterns: list[URLPattern] = [
    path("r/<slug:slug>/annuaire/", directory, name="directory"),
    path("r/<slug:slug>/annuaire/<int:user_pk>/", profile, name="profile"),
    path("mes-competences/", my_competences, name="my-competences"),
    path("mes-competences/<slug:slug>/", my_competence, name="my-competence"),
    path("mes-competences/<slug:slug>/retirer/", competence_withdraw, name="competence-withdraw"),
]
