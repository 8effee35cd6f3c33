"""Closed vocabularies of the forums. Values are stable ASCII: they stand in rows, URLs and exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ForumKind(models.TextChoices):
    THEMED = "themed", _("thème")
    # Holds the preparation threads of sessions; never listed.
    SESSIONS = "sessions", _("séances")


class TopicPolicy(models.TextChoices):
    """Who may open topics."""

    MEMBERS = "members", _("toutes les personnes du cercle")
    ANIMATORS = "animators", _("l’animation du réseau")


class TopicKind(models.TextChoices):
    QUESTION = "question", _("Question")
    DISCUSSION = "discussion", _("Discussion")
    REPORT = "report", _("Retour d’expérience")
    ANNOUNCEMENT = "announcement", _("Annonce")


class SubscriptionLevel(models.TextChoices):
    ALL = "all", _("chaque réponse")
    MUTED = "muted", _("rien")
