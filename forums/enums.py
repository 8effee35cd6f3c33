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


class TopicState(models.TextChoices):
    OPEN = "open", _("ouvert")
    ARCHIVED = "archived", _("archivé")  # read as before, written no more, in no list
    REMOVED = "removed", _("retiré")
    MERGED = "merged", _("fusionné")  # its posts live in `merged_into`, and its address leads there


class RemovalKind(models.TextChoices):
    AUTHOR = "author", _("retiré par son auteur·rice")
    MODERATION = "moderation", _("retiré par l’animation")
    MOVED = "moved", _("déplacé dans un autre sujet")


class HeldState(models.TextChoices):
    WAITING = "waiting", _("en attente")
    PUBLISHED = "published", _("publié")
    REFUSED = "refused", _("refusé")


class ReactionKind(models.TextChoices):
    THANKS = "thanks", _("Merci")
    USEFUL = "useful", _("Utile")
    TRIED = "tried", _("Je l’ai essayé")


class SubscriptionLevel(models.TextChoices):
    """What a person is told of a topic, a theme or a tag."""

    ALL = "all", _("chaque réponse")
    FIRST = "first", _("la première réponse non lue")
    MENTIONS = "mentions", _("seulement ce qui me nomme")
    MUTED = "muted", _("rien")


class TopicView(models.TextChoices):
    """The lists of topics, as they stand in addresses."""

    LATEST = "derniers", _("Derniers échanges")
    UNREAD = "non-lus", _("Non lus")
    UNANSWERED = "sans-reponse", _("Sans réponse")
    FOLLOWED = "suivis", _("Suivis")
    MINE = "les-miens", _("Les miens")
    ARCHIVED = "archives", _("Archives")
