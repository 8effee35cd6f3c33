"""Addresses of sessions, one module per area."""

from sessions.urls import around, conclusions, polls, programmes, seats, sessions

app_name = "sessions"
urlpatterns = [
    *sessions.urlpatterns,
    *seats.urlpatterns,
    *programmes.urlpatterns,
    *polls.urlpatterns,
    *around.urlpatterns,
    *conclusions.urlpatterns,
]
