from django.urls import path

from mentoring.views.trainings import (
    certificate,
    certificate_pdf,
    training,
    training_edit,
    training_new,
    training_steps,
    trainings,
)

urlpatterns = [
    path("r/<slug:slug>/formations/", trainings, name="trainings"),
    path("r/<slug:slug>/formations/nouvelle/", training_new, name="training-new"),
    path("formations/<int:pk>/", training, name="training"),
    path("formations/<int:pk>/modifier/", training_edit, name="training-edit"),
    path("formations/<int:pk>/parcours/", training_steps, name="training-steps"),
    path("attestations/<uuid:number>/", certificate, name="certificate"),
    path("attestations/<uuid:number>.pdf", certificate_pdf, name="certificate-pdf"),
]
