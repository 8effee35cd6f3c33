"""Addresses of mentoring, one module per area."""

from django.urls import URLPattern

from mentoring.urls import availability, competences, directory, needs

app_name = "mentoring"
urlpatterns: list[URLPattern] = [
    *directory.urlpatterns,
    *competences.urlpatterns,
    *availability.urlpatterns,
    *needs.urlpatterns,
]
