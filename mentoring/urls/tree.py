from django.urls import path

from mentoring.views.curating import curated, curation, curation_journal, proposal
from mentoring.views.tree import competence, competences

urlpatterns = [
    path("r/<slug:slug>/competences/", competences, name="competences"),
    path("r/<slug:slug>/competences/<slug:competence>/", competence, name="competence"),
    path("animation/competences/", curation, name="curation"),
    path("animation/journal-des-competences/", curation_journal, name="curation-journal"),
    path("animation/competences/propositions/<int:pk>/", proposal, name="proposal"),
    path("animation/competences/<slug:slug>/", curated, name="curated"),
]
