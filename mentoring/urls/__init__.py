"""Addresses of mentoring, one module per area."""

from django.urls import URLPattern

from mentoring.urls import (
    accompaniment,
    actors,
    availability,
    competences,
    coverage,
    directory,
    evidence,
    introductions,
    mentorships,
    needs,
    solicitations,
    trainings,
    tree,
    use,
)

app_name = "mentoring"
urlpatterns: list[URLPattern] = [
    *directory.urlpatterns,
    *competences.urlpatterns,
    *availability.urlpatterns,
    *accompaniment.urlpatterns,
    *needs.urlpatterns,
    *solicitations.urlpatterns,
    *introductions.urlpatterns,
    *mentorships.urlpatterns,
    *actors.urlpatterns,
    *evidence.urlpatterns,
    *coverage.urlpatterns,
    *tree.urlpatterns,
    *trainings.urlpatterns,
    *use.urlpatterns,
]
