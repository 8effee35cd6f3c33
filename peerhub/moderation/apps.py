from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "peerhub.moderation"
    label = "moderation"
