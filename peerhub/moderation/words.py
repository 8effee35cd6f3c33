"""Decisions in words, as facts: « retiré », « écriture suspendue jusqu’au 25 novembre »."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.moderation.enums import Decision, Sanction
from peerhub.ui.times import day


def decision_words(decision: str) -> str:
    """What became of the content; empty before the decision."""
    return (
        {
            Decision.NOTHING: _("laissé tel quel"),
            Decision.HIDE: _("masqué"),
            Decision.EDIT: _("corrigé, avec une trace"),
            Decision.MOVE: _("déplacé"),
            Decision.REMOVE: _("retiré"),
            Decision.PUBLISH: _("publié"),
            Decision.REFUSE: _("pas publié"),
        }.get(Decision(decision), "")
        if decision
        else ""
    )


def sanction_words(sanction: str, until: datetime | None) -> str:
    """What it meant for the person; empty for nothing."""
    if sanction == Sanction.WARN:
        return _("avertissement")
    if until is None:
        return ""
    words = {"day": day(timezone.localtime(until).date(), weekday=False)}
    if sanction == Sanction.SILENCE:
        return _("écriture suspendue jusqu’au %(day)s") % words
    return _("suspension du réseau jusqu’au %(day)s") % words
