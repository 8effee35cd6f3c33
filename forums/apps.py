from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ForumsConfig(AppConfig):
    name = "forums"
    label = "forums"

    def ready(self) -> None:
        # What the rooms above say of their threads: `<app>/forum_origins.py`.
        autodiscover_modules("forum_origins")
