"""What the processes of `web` and of the worker have in common, loaded by their parent before it forks them.

Memory that is written before a fork, and not after, exists once however many processes there are. Each would load the
same modules, routes, templates and catalogues, at its first requests.
"""

import gc

from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.urls import get_resolver
from django.utils import translation

_TEMPLATES = settings.BASE_DIR / "templates"


def load() -> None:
    """To be called after `django.setup`, by a process that serves nobody itself. Opens no connection: forked ones
    would share it."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            # Reverse addresses are sorted by language at the first that is asked for.
            _ = get_resolver().reverse_dict
    for path in sorted(_TEMPLATES.rglob("*")):
        if path.suffix in {".html", ".txt"}:
            try:
                engines["django"].get_template(str(path.relative_to(_TEMPLATES)))
            except (TemplateDoesNotExist, TemplateSyntaxError):
                continue  # of an app that is not installed here: the demo's mailbox, in production
    gc.collect()
    # Collecting writes a mark into each object that it looks at, and with it a copy of the whole page.
    gc.freeze()
