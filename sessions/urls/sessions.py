from django.urls import URLPattern, path

from sessions.views import agenda, feeds, planning, seats, session

urlpatterns: list[URLPattern] = [
    path("r/<slug:slug>/seances/", agenda.session_list, name="session-list"),
    path("r/<slug:slug>/seances/nouvelle/", planning.session_create, name="session-create"),
    path("seances/<int:pk>/", session.session_page, name="session"),
    path("seances/<int:pk>/agenda.ics", session.session_ics, name="session-ics"),
    path("seances/<int:pk>/inscription/", seats.register, name="register"),
    path("seances/<int:pk>/retrait/", seats.withdraw, name="withdraw"),
    path("seances/<int:pk>/modifier/", planning.session_edit, name="session-edit"),
    path("seances/<int:pk>/annuler/", planning.session_cancel, name="session-cancel"),
    path("r/<slug:slug>/seances.ics", feeds.network_calendar, name="network-calendar"),
    path("r/<slug:slug>/seances.atom", feeds.network_atom, name="network-atom"),
    path("agenda/", feeds.feed_page, name="feed-page"),
    path("agenda/ouvrir/", feeds.feed_open, name="feed-open"),
    path("agenda/fermer/", feeds.feed_revoke, name="feed-revoke"),
    path("agenda/<str:token>.ics", feeds.feed, name="feed"),
]
