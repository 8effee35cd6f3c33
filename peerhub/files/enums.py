"""What a file is, and where it stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileKind(TextChoices):
    IMAGE = "image", _("image")
    DOCUMENT = "document", _("document")


class FileState(TextChoices):
    """PENDING is its owner's alone, ATTACHED is its circle's, WITHDRAWN is nobody's until it is restored or purged."""

    PENDING = "pending", _("en attente")
    ATTACHED = "attached", _("joint")
    WITHDRAWN = "withdrawn", _("retiré")
