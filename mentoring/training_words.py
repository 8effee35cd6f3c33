"""How trainings are said."""

from django.utils.translation import gettext as _

from mentoring.queries.trainings import CertificateView


def title_of(shown: CertificateView) -> str:
    """For pages and papers that leave its circle: of what is offered in confidence, not the title."""
    return _("Formation confidentielle") if shown.is_confidential else shown.says.title


def duration(minutes: int) -> str:
    """« 2 h 30 », « 3 h », « 45 min »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
