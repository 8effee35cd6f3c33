from django.urls import URLPattern, path

from sessions.views import around

urlpatterns: list[URLPattern] = [
    path("seances/<int:pk>/deroule/", around.steps_edit, name="steps-edit"),
    path("seances/<int:pk>/presence/", around.check_in, name="check-in"),
    path("seances/<int:pk>/emargement/", around.attendance_list, name="attendance"),
    path("seances/<int:pk>/emargement.pdf", around.attendance_sheet_pdf, name="attendance-pdf"),
    path("seances/<int:pk>/attestation.pdf", around.certificate, name="certificate"),
    path("r/<slug:slug>/charte/", around.charter, name="charter"),
    path("r/<slug:slug>/charte/accepter/", around.charter_accept, name="charter-accept"),
]
