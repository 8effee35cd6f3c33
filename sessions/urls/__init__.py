"""Addresses of sessions, one module per area."""

from sessions.urls import aftermath, around, conclusions, minutes, polls, programmes, seats, series, sessions, video

app_name = "sessions"
urlpatterns = [
    *sessions.urlpatterns,
    *series.urlpatterns,
    *seats.urlpatterns,
    *programmes.urlpatterns,
    *polls.urlpatterns,
    *around.urlpatterns,
    *conclusions.urlpatterns,
    *minutes.urlpatterns,
    *video.urlpatterns,
    *aftermath.urlpatterns,
]
