"""What check-ins and thanks tell people: that something happened, never what it says."""

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentoring.models import CheckIn, Mentorship, Thanks
from mentoring.models.mentorships import RUNNING
from mentoring.queries.check_ins import help_wanted_in
from peerhub.notifications.enums import Frequency
from peerhub.notifications.kinds import Kind, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User


def load_check_ins(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """While the person has not answered, and the mentorship runs."""
    seen = Mentorship.objects.visible_to(user).filter(state__in=RUNNING)
    asked = CheckIn.objects.filter(pk__in=_targets(notifications), user=user, answer="", mentorship__in=seen)
    found = {
        pk: Subject(url=reverse("mentoring:accompaniment", args=[mentorship]) + "#bilan")
        for pk, mentorship in asked.values_list("pk", "mentorship")
    }
    return by_target(notifications, found)


def load_help_wanted(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """While nobody said that it is done; the name of who asks stands on the page of the animators alone."""
    found = {
        pk: Subject(url=reverse("mentoring:mentorship-desk", args=[slug]) + "#aide", context={"network_name": name})
        for pk, slug, name in help_wanted_in(user, _targets(notifications))
    }
    return by_target(notifications, found)


def load_thanks(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """Of the two, while the page of what it is about is open to them."""
    own = Thanks.objects.filter(Q(author=user) | Q(recipient=user), pk__in=_targets(notifications))
    found = {}
    for pk, mentorship, solicitation in own.visible_to(user).values_list("pk", "mentorship", "solicitation"):
        if mentorship or solicitation:
            page = ("mentoring:accompaniment", mentorship) if mentorship else ("mentoring:thanks", solicitation)
            found[pk] = Subject(url=reverse(page[0], args=[page[1]]))
    return by_target(notifications, found)


def load_published(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """While it is shown."""
    shown = set(
        Thanks.objects.filter(pk__in=_targets(notifications), published_at__isnull=False).values_list("pk", flat=True)
    )
    return load_thanks(user, [one for one in notifications if one.target_id in shown])


def _targets(notifications: Sequence[Notification]) -> set[int]:
    return {one.target_id for one in notifications}


for _key, _label, _load, _email in (
    ("check_in_asked", _("Un point d’étape sur un de mes mentorats"), load_check_ins, Frequency.NOW),
    ("check_in_help_wanted", _("Quelqu’un aimerait parler de son mentorat (animation)"), load_help_wanted, None),
    ("thanks_given", _("Un mot de remerciement pour moi"), load_thanks, None),
    ("thanks_published", _("Un de mes remerciements est montré au réseau"), load_published, Frequency.DAILY),
):
    register(Kind(key=f"mentoring.{_key}", label=_label, load=_load, email=_email or Frequency.NOW))
