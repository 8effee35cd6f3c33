from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "peerhub.notifications"
    label = "notifications"
