from django.apps import AppConfig


class PeerSessionsConfig(AppConfig):
    name = "sessions"
    label = "peer_sessions"
