from django.urls import URLPattern, path

from sessions.views import conclusions, confidentiality, restitutions

urlpatterns: list[URLPattern] = [
    path("seances/<int:pk>/conclusions/", conclusions.conclusions, name="conclusions"),
    path("seances/<int:pk>/conclusions/soumettre/", conclusions.conclusion_propose, name="conclusion-propose"),
    path("seances/<int:pk>/conclusions/avis/", conclusions.conclusion_voice, name="conclusion-voice"),
    path("seances/<int:pk>/conclusions/sceller/", conclusions.conclusion_seal, name="conclusion-seal"),
    path("seances/<int:pk>/conclusions/enveloppe.json", conclusions.envelope_file, name="envelope-file"),
    path("seances/<int:pk>/restitutions/", restitutions.restitutions, name="restitutions"),
    path("seances/<int:pk>/restitutions/ouvrir/", restitutions.open_all, name="restitutions-open"),
    path("seances/<int:pk>/restitutions/demander/", restitutions.ask, name="restitutions-ask"),
    path("seances/<int:pk>/restitutions/verification/", restitutions.verification, name="restitutions-verify"),
    path("seances/<int:pk>/confidentialite/", confidentiality.confidentiality, name="confidentiality"),
    path("seances/<int:pk>/confidentialite/fermer/", confidentiality.close_to, name="confidentiality-raise"),
    path("seances/<int:pk>/confidentialite/ouvrir/", confidentiality.ask_to_open, name="confidentiality-lower"),
    path(
        "seances/<int:pk>/confidentialite/<int:request_pk>/reponse/",
        confidentiality.answer,
        name="confidentiality-answer",
    ),
    path(
        "seances/<int:pk>/confidentialite/<int:request_pk>/retrait/",
        confidentiality.withdraw,
        name="confidentiality-withdraw",
    ),
]
