"""Closed vocabularies of moderation. Values are stable ASCII: they stand in rows and addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why somebody reports."""

    CHARTER = "charter", _("contraire à la charte, ou insultant")
    ADVERTISING = "advertising", _("publicité")
    PERSONAL_DATA = "personal_data", _("donnée personnelle, la mienne ou celle de quelqu’un d’autre")
    DANGEROUS = "dangerous", _("erreur dangereuse")
    OFF_TOPIC = "off_topic", _("hors sujet")
    OTHER = "other", _("autre raison")


class HeldReason(models.TextChoices):
    """Why a text waits for approval."""

    NEWCOMER = "newcomer", _("premiers messages d’une personne qui vient d’arriver")
    WORD = "word", _("un mot que le réseau fait relire")
    DOMAIN = "domain", _("un lien que le réseau fait relire")
    APPROVAL = "approval", _("discussion relue avant publication")


class CaseKind(models.TextChoices):
    REPORT = "report", _("signalement")
    HELD = "held", _("en attente de publication")


class CaseState(models.TextChoices):
    """open -> decided -> (appealed -> closed)."""

    OPEN = "open", _("à traiter")
    DECIDED = "decided", _("tranché")
    APPEALED = "appealed", _("recours à examiner")
    CLOSED = "closed", _("recours examiné")


class Decision(models.TextChoices):
    """What becomes of the content. The last two are for what waits for approval."""

    NOTHING = "nothing", _("laisser tel quel")
    HIDE = "hide", _("masquer")
    EDIT = "edit", _("corriger, en laissant une trace")
    MOVE = "move", _("déplacer")
    REMOVE = "remove", _("retirer")
    PUBLISH = "publish", _("publier")
    REFUSE = "refuse", _("ne pas publier")


class Sanction(models.TextChoices):
    """What it means for the person, beside what becomes of the content."""

    NONE = "none", _("rien")
    WARN = "warn", _("avertir")
    SILENCE = "silence", _("suspendre l’écriture jusqu’à une date")
    SUSPEND = "suspend", _("suspendre du réseau jusqu’à une date")


class AppealOutcome(models.TextChoices):
    UPHELD = "upheld", _("la décision est maintenue")
    OVERTURNED = "overturned", _("la décision est annulée")


class NewcomerPolicy(models.TextChoices):
    OPEN = "open", _("publiés tout de suite")
    HELD = "held", _("relus avant publication")
    LIMITED = "limited", _("publiés, en nombre limité par jour")


OPEN_DECISIONS = {
    CaseKind.REPORT: (Decision.NOTHING, Decision.HIDE, Decision.EDIT, Decision.MOVE, Decision.REMOVE),
    CaseKind.HELD: (Decision.PUBLISH, Decision.REFUSE),
}
# Decisions that leave the content as its author wrote it, where it was.
HARMLESS = (Decision.NOTHING, Decision.PUBLISH)
WAITING = (CaseState.OPEN, CaseState.APPEALED)
