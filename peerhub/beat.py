"""The clock of the background work: `celery -A peerhub.beat beat`.

It sends names of tasks at their hours and needs nothing of the products: without them (Django's fixup would load them
all) it takes half the memory. Its sign of life is that it publishes the heartbeat: `note_beat` hears that.
"""

import os

from celery import Celery
from django.conf import settings
from django.utils.log import configure_logging

from peerhub.portal.heartbeats import connect_heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")

app = Celery("peerhub", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
connect_heartbeat()
