from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class NotificationsConfig(AppConfig):
    name = "peerhub.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Find every app's `notification_kinds.py`."""
        for app in apps.get_app_configs():
            if not app.name.startswith("django.") and find_spec(f"{app.name}.notification_kinds"):
                import_module(f"{app.name}.notification_kinds")
