"""Sockets, in a process of their own: `python -m peerhub.live` (pages are served under WSGI, see peerhub/wsgi.py)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
django.setup()

from peerhub.live.application import LiveApplication  # noqa: E402  (needs the settings)

application = LiveApplication()
