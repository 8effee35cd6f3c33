"""How the acts of moderation itself read in the trail, after their actor's name."""

from django.utils.translation import gettext_lazy as _

from peerhub.moderation.targets import register_verb

register_verb("moderation.reported", _("a signalé un contenu"))
register_verb("moderation.held", _("a mis un texte en attente"))
register_verb("moderation.decided", _("a tranché un dossier"))
register_verb("moderation.appealed", _("a demandé un second regard"))
register_verb("moderation.appeal_decided", _("a examiné un recours"))
register_verb("moderation.suspension_ended", _("a mis fin à une suspension arrivée à son terme"))
register_verb("moderation.rules_changed", _("a changé les règles du réseau"))
