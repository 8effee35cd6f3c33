"""What mentoring writes in the journal of a network, and in that of the tree of competences."""

from django.utils.translation import gettext_lazy

from mentoring.enums import TreeAct
from mentoring.services.exports import EXPORTED
from peerhub.moderation.targets import register_verb

register_verb(EXPORTED, gettext_lazy("a exporté une liste de l’annuaire"))
for act in TreeAct:
    register_verb(act.value, act.label)
