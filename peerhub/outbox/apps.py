from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class OutboxConfig(AppConfig):
    name = "peerhub.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Find every app's `events.py` and `handlers.py`, and tell `emit` how workers are woken."""
        # Models, and what imports them, exist only now.
        from peerhub.outbox import kicks, tasks  # noqa: PLC0415

        kicks.install(tasks.kick)
        for module in ("events", "handlers"):
            for app in apps.get_app_configs():
                # Django's own `handlers` modules are about something else.
                if not app.name.startswith("django.") and find_spec(f"{app.name}.{module}"):
                    import_module(f"{app.name}.{module}")
