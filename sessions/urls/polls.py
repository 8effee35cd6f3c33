from django.urls import URLPattern, path

from sessions.views import poll_managing, polls

urlpatterns: list[URLPattern] = [
    path("r/<slug:slug>/sondages/", polls.poll_list, name="poll-list"),
    path("r/<slug:slug>/sondages/nouveau/", poll_managing.poll_create, name="poll-create"),
    path("sondages/invitation/<str:token>/", polls.poll_guest, name="poll-guest"),
    path("sondages/<int:pk>/", polls.poll_page, name="poll"),
    path("sondages/<int:pk>/pour/<int:principal_pk>/", polls.poll_answer_for, name="poll-answer-for"),
    path("sondages/<int:pk>/modifier/", poll_managing.poll_edit, name="poll-edit"),
    path("sondages/<int:pk>/creneaux/", poll_managing.poll_slots, name="poll-slots"),
    path("sondages/<int:pk>/invites/", poll_managing.poll_guests_page, name="poll-guests"),
    path("sondages/<int:pk>/choisir/<int:slot_pk>/", poll_managing.poll_close, name="poll-close"),
    path("sondages/<int:pk>/actes/", poll_managing.poll_act, name="poll-act"),
]
