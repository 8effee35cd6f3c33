"""Acts on sessions that the trail of a network tells."""

from django.utils.translation import gettext_lazy as _

from peerhub.moderation.targets import register_verb
from sessions.queries.confidentiality import LOWERED, RAISED

register_verb(RAISED, _("a mis une séance en confidence"))
register_verb(LOWERED, _("a ouvert une séance, avec l’accord de qui y avait écrit"))
