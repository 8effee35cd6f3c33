from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "peerhub.ui"
    label = "ui"
