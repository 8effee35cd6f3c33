"""Closed vocabularies of sessions. Values are stable ASCII: they stand in rows, URLs and exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Format(models.TextChoices):
    PEER_GROUP = "peer_group", _("groupe de pairs")
    CODEVELOPMENT = "codevelopment", _("codéveloppement")
    AGORA = "agora", _("agora")
    THEMATIC = "thematic", _("journée thématique")
    TRAINING = "training", _("formation")
    WEBINAR = "webinar", _("webinaire")
    FIELD = "field", _("journée de terrain")


class SessionState(models.TextChoices):
    SCHEDULED = "scheduled", _("prévue")
    CANCELLED = "cancelled", _("annulée")


class RegistrationState(models.TextChoices):
    REGISTERED = "registered", _("inscrit·e")
    WITHDRAWN = "withdrawn", _("retiré·e")


class SkippedReason(models.TextChoices):
    """Why a reminder will not be sent. Not shown to members: it answers « why was I not reminded? »."""

    TOO_LATE = "too_late", "its hour had passed when it was planned"
    WITHDRAWN = "withdrawn", "the person withdrew"
    CANCELLED = "cancelled", "the session was cancelled"
    BEGUN = "begun", "the session had begun"
    MERGED = "merged", "the next reminder was due as well"
    NOT_VISIBLE = "not_visible", "the session is no longer open to the person"
    INACTIVE = "inactive", "the account is closed"
