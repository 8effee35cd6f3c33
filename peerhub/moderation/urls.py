from django.urls import path

from peerhub.moderation.views import cases, own, queue, reports, settings

app_name = "moderation"
urlpatterns = [
    path("signaler/<str:target_key>/<int:pk>/", reports.report_create, name="report"),
    path("r/<slug:slug>/moderation/", queue.queue, name="queue"),
    path("r/<slug:slug>/moderation/journal/", queue.journal, name="journal"),
    path("r/<slug:slug>/moderation/regles/", settings.rules, name="rules"),
    path("r/<slug:slug>/moderation/astreinte/", settings.duty, name="duty"),
    path("r/<slug:slug>/moderation/astreinte/<int:pk>/retirer/", settings.duty_cancel, name="duty-cancel"),
    path("r/<slug:slug>/moderation/reponses/", settings.answers, name="answers"),
    path("r/<slug:slug>/moderation/reponses/nouvelle/", settings.answer_create, name="answer-create"),
    path("r/<slug:slug>/moderation/reponses/proposees/", settings.answers_adopt, name="answers-adopt"),
    path("r/<slug:slug>/moderation/reponses/<int:pk>/", settings.answer_edit, name="answer-edit"),
    path("r/<slug:slug>/moderation/reponses/<int:pk>/supprimer/", settings.answer_delete, name="answer-delete"),
    path("moderation/<int:pk>/", cases.case, name="case"),
    path("moderation/<int:pk>/prendre/", cases.case_claim, name="case-claim"),
    path("moderation/<int:pk>/rendre/", cases.case_release, name="case-release"),
    path("moderation/<int:pk>/trancher/", cases.case_decide, name="case-decide"),
    path("moderation/<int:pk>/ecrire/", cases.case_write, name="case-write"),
    path("moderation/<int:pk>/recours/", cases.appeal_decide, name="appeal-decide"),
    path("mes-dossiers/", own.own_list, name="own-list"),
    path("mes-dossiers/<int:pk>/", own.own_case, name="own-case"),
    path("mes-dossiers/<int:pk>/repondre/", own.own_write, name="own-write"),
    path("mes-dossiers/<int:pk>/recours/", own.own_appeal, name="own-appeal"),
]
