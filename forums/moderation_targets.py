"""What moderation needs to know of the forums: found at start (peerhub/moderation/targets.py)."""

from django.utils.translation import gettext_lazy as _

from peerhub.moderation.targets import register_verb

register_verb("forums.answer_accepted", _("a retenu une réponse"))
register_verb("forums.answer_revoked", _("a cessé de retenir une réponse"))
register_verb("forums.post_edited", _("a modifié un message"))
register_verb("forums.post_removed", _("a retiré un message"))
register_verb("forums.post_restored", _("a rétabli un message"))
