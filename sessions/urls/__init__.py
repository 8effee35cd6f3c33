"""Addresses of sessions, one module per area."""

from sessions.urls import sessions

app_name = "sessions"
urlpatterns = [*sessions.urlpatterns]
