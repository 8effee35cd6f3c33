from django.apps import AppConfig


class TextConfig(AppConfig):
    name = "peerhub.text"
    label = "text"
