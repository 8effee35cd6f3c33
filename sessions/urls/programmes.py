"""Programmes, delegations and peer days."""

from django.urls import URLPattern, path

from sessions.views import delegations, peer_days, programmes

_DELEGATION = "parcours/<int:pk>/delegations/<int:delegation>/"

urlpatterns: list[URLPattern] = [
    path("r/<slug:slug>/parcours/", programmes.programme_list, name="programme-list"),
    path("r/<slug:slug>/parcours/nouveau/", programmes.programme_create, name="programme-create"),
    path("parcours/<int:pk>/", programmes.programme_page, name="programme"),
    path("parcours/<int:pk>/modifier/", programmes.programme_edit, name="programme-edit"),
    path("parcours/<int:pk>/dupliquer/", programmes.programme_duplicate, name="programme-duplicate"),
    path("parcours/<int:pk>/dates/nouvelle/", programmes.milestone_create, name="milestone-create"),
    path("parcours/dates/<int:pk>/", programmes.milestone_edit, name="milestone-edit"),
    path("parcours/dates/<int:pk>/retirer/", programmes.milestone_remove, name="milestone-remove"),
    path(_DELEGATION, delegations.delegation_page, name="delegation"),
    path(f"{_DELEGATION}reglages/", delegations.delegation_settings, name="delegation-settings"),
    path(f"{_DELEGATION}ajouter/", delegations.person_add, name="delegation-add"),
    path(f"{_DELEGATION}retirer/", delegations.person_remove, name="delegation-remove"),
    path(f"{_DELEGATION}repond/", delegations.delegate_name, name="delegate-name"),
    path(f"{_DELEGATION}repond/<int:delegate>/retirer/", delegations.delegate_revoke, name="delegate-revoke"),
    path("parcours/<int:pk>/journees/nouvelle/", peer_days.peer_day_create, name="peer-day-create"),
    path("journees/<int:pk>/", peer_days.peer_day_page, name="peer-day"),
    path("journees/<int:pk>/seances/<int:session>/", peer_days.slot_edit, name="slot-edit"),
    path("journees/<int:pk>/relancer/", peer_days.peer_day_chase, name="peer-day-chase"),
    path("journees/<int:pk>/abandonner/", peer_days.peer_day_discard, name="peer-day-discard"),
    path("journees/<int:pk>/invitations/", peer_days.invitations_page, name="invitations"),
    path("journees/<int:pk>/invitations/<int:session>/", peer_days.invitation_mail, name="invitation-mail"),
]
