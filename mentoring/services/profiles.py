"""What people say of their availability, and of whom they are never to be brought together with."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.models import Absence, HierarchicalLink, KeptApart, MentoringProfile
from mentoring.services.directory import refresh_entries
from peerhub.people.errors import DomainError
from peerhub.people.models import User

SAID = ("people_at_a_time", "hours_a_month", "languages", "not_now_until", "is_suggested")
MOST_ABSENCES = 20
MOST_APART = 100
MOST_LINKS = 50


@transaction.atomic
def save_availability(*, user: User, fields: Mapping[str, Any]) -> MentoringProfile:
    """Write what the person can give; the directory knows at once. Fewer places than people whom they accompany takes
    nothing from these: nobody more is taken on. Whoever takes a place meanwhile (`places.hold_places`) comes before or
    after, never between."""
    MentoringProfile.objects.get_or_create(user=user)
    profile = MentoringProfile.objects.select_for_update(no_key=True).get(user=user)
    for name in SAID:
        if name in fields:
            setattr(profile, name, fields[name])
    profile.updated_at = timezone.now()
    profile.save()
    refresh_entries("user", user.pk)
    return profile


@transaction.atomic
def add_absence(*, user: User, starts_on: date, ends_on: date) -> Absence:
    """Days away, both included; with those that they touch they become one absence. Raises `DomainError`."""
    _hold(user)
    Absence.objects.filter(user=user, ends_on__lt=timezone.localdate()).delete()
    touched = Absence.objects.filter(user=user, starts_on__lte=ends_on, ends_on__gte=starts_on)
    spans = [(starts_on, ends_on), *touched.values_list("starts_on", "ends_on")]
    touched.delete()
    if Absence.objects.filter(user=user).count() >= MOST_ABSENCES:
        raise DomainError(_("Vous avez déjà dit %(number)s absences.") % {"number": MOST_ABSENCES})
    absence = Absence.objects.create(
        user=user, starts_on=min(first for first, _last in spans), ends_on=max(last for _first, last in spans)
    )
    refresh_entries("user", user.pk)
    return absence


@transaction.atomic
def drop_absence(*, user: User, pk: int) -> None:
    Absence.objects.filter(user=user, pk=pk).delete()
    refresh_entries("user", user.pk)


@transaction.atomic
def keep_apart(*, user: User, other: User) -> None:
    """Never bring these two together, everywhere; said twice, it is said once. The other is told nothing, ever. Raises
    `DomainError`."""
    _hold(user)
    if KeptApart.objects.filter(user=user, asked_by=user).count() >= MOST_APART:
        raise DomainError(_("Votre liste est pleine."))
    KeptApart.objects.update_or_create(user=user, other=other, defaults={"asked_by": user, "network": None})


def allow_near(*, user: User, other_id: int) -> None:
    """Take it back. Where the other asked for the same, that still holds, and nothing tells so."""
    KeptApart.objects.filter(user=user, other=other_id, asked_by=user).delete()


@transaction.atomic
def declare_link(*, user: User, other: User, other_is_senior: bool) -> None:
    """Say that one of the two has authority over the other; said twice, it is said once. The other is told nothing, and
    may say the same. Raises `DomainError`."""
    _hold(user)
    senior, junior = (other, user) if other_is_senior else (user, other)
    own = HierarchicalLink.objects.filter(declared_by=user, ended_at__isnull=True)
    if own.filter(senior=senior, junior=junior).exists():
        return
    if own.count() >= MOST_LINKS:
        raise DomainError(_("Votre liste est pleine."))
    HierarchicalLink.objects.create(senior=senior, junior=junior, declared_by=user)


def end_link(*, user: User, pk: int) -> None:
    """A link that one declared is over; one that the other, or an animator, declared still holds."""
    HierarchicalLink.objects.filter(pk=pk, declared_by=user, ended_at__isnull=True).update(ended_at=timezone.now())


def _hold(user: User) -> None:
    """One writing of a person's lists at a time, so that they are counted right."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
