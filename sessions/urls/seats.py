from django.urls import URLPattern, path

from sessions.views import seats, seats_desk

urlpatterns: list[URLPattern] = [
    path("seances/<int:pk>/attente/", seats.wait, name="seat-wait"),
    path("seances/<int:pk>/decliner/", seats.decline, name="seat-decline"),
    path("seances/<int:pk>/places/", seats_desk.desk, name="seats"),
    path("seances/<int:pk>/places/regles/", seats_desk.rules, name="seat-rules"),
    path("seances/<int:pk>/places/relancer/", seats_desk.chase, name="seat-chase"),
    path("seances/<int:pk>/places/invites/", seats_desk.guest_add, name="guest-add"),
    path("seances/<int:pk>/places/invites/<int:guest>/retirer/", seats_desk.guest_remove, name="guest-remove"),
    path("seances/<int:pk>/places/journal/", seats_desk.log, name="seat-log"),
    path("seances/<int:pk>/repondre/", seats_desk.answer_list, name="seat-answers"),
    path("seances/<int:pk>/repondre/<int:user_pk>/", seats_desk.answer_for, name="seat-answer-for"),
    path("seances/<int:pk>/remplacer/<int:user_pk>/", seats_desk.replace, name="seat-replace"),
]
