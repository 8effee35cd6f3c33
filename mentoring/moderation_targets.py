"""What mentoring writes in the journal of a network."""

from django.utils.translation import gettext_lazy

from mentoring.services.exports import EXPORTED
from peerhub.moderation.targets import register_verb

register_verb(EXPORTED, gettext_lazy("a exporté une liste de l’annuaire"))
