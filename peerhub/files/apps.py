from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "peerhub.files"
    label = "files"
