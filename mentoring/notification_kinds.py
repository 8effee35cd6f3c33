"""What mentoring tells people: the forums read what it is about, for each recipient."""

from django.utils.translation import gettext_lazy as _

from forums.notification_kinds import load_topics
from mentoring import (  # found here: the kinds of other areas
    accompaniment_kinds,  # noqa: F401
    actor_kinds,  # noqa: F401
    curating_kinds,  # noqa: F401
    introduction_kinds,  # noqa: F401
    mentorship_kinds,  # noqa: F401 (found here: the kinds of other areas)
    open_group_kinds,  # noqa: F401
    solicitation_kinds,  # noqa: F401
    training_kinds,  # noqa: F401
)
from peerhub.notifications.enums import Frequency
from peerhub.notifications.kinds import Kind, register

register(
    Kind(
        key="mentoring.question",
        label=_("Une question sur un sujet où je propose mon aide"),
        load=load_topics,
        email=Frequency.DAILY,
    )
)
