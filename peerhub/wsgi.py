"""Pages: `granian --interface wsgi peerhub.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")

application = get_wsgi_application()
