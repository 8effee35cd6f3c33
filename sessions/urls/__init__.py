"""Addresses of sessions, one module per area."""

from sessions.urls import around, sessions

app_name = "sessions"
urlpatterns = [*sessions.urlpatterns, *around.urlpatterns]
