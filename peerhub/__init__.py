"""PeerHub: peer exchange and peer training between the actors of territorial networks."""

# Celery's documented exception to "no code here": tasks must bind to this app in every process that queues one.
from peerhub.celery import app as celery_app

__all__ = ["celery_app"]
