"""Closed vocabularies of mentoring. Values are stable ASCII: they stand in rows, URLs and exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How well a person knows a thing, in their own eyes."""

    NOTIONS = "notions", _("J’en ai des notions")
    PRACTISED = "practised", _("Je l’ai pratiqué")
    EXPERIENCED = "experienced", _("Je suis référent·e")
