from django.urls import path

from mentoring.views.competences import competence_withdraw, my_competence, my_competences

urlpatterns = [
    path("mes-competences/", my_competences, name="my-competences"),
    path("mes-competences/<slug:slug>/", my_competence, name="my-competence"),
    path("mes-competences/<slug:slug>/retirer/", competence_withdraw, name="competence-withdraw"),
]
