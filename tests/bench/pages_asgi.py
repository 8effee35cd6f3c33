"""The pages under ASGI, for the comparison of servers alone."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
application = get_asgi_application()
