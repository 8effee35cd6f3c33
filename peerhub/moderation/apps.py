from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class ModerationConfig(AppConfig):
    name = "peerhub.moderation"
    label = "moderation"

    def ready(self) -> None:
        """Find every app's `moderation_targets.py`."""
        for app in apps.get_app_configs():
            if not app.name.startswith("django.") and find_spec(f"{app.name}.moderation_targets"):
                import_module(f"{app.name}.moderation_targets")
