"""What each person carries already, and whether there is room for one more."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count

from mentoring.models import Absence, MentoringProfile, Mentorship, Solicitation
from mentoring.models.profiles import HOURS_A_MONTH, PEOPLE_AT_A_TIME
from mentoring.queries.among import among


@dataclass(frozen=True)
class Load:
    """One person's capacity and what fills it, on one day.

    `running` counts the people whom they accompany now (a group counts once); `pending`, the asks that wait for their
    answer: those take no place, and weigh on who is suggested. Without `languages`, that of the account holds.
    """

    people_at_a_time: int = PEOPLE_AT_A_TIME
    hours_a_month: int = HOURS_A_MONTH
    languages: tuple[str, ...] = ()
    running: int = 0
    pending: int = 0
    is_away: bool = False
    is_not_now: bool = False
    is_suggested: bool = True

    @property
    def room(self) -> int:
        """How many more people fit."""
        return max(0, self.people_at_a_time - self.running)

    @property
    def is_available(self) -> bool:
        """Whether the person may be asked something today."""
        return self.room > 0 and not self.is_away and not self.is_not_now


def loads_of(user_ids: Collection[int], on: date) -> dict[int, Load]:
    """The load of each of these people on a day; of whoever wrote no profile, the defaults: four queries."""
    loads = {pk: Load() for pk in user_ids}
    for profile in MentoringProfile.objects.filter(among("user", loads)):
        loads[profile.user_id] = Load(
            people_at_a_time=profile.people_at_a_time,
            hours_a_month=profile.hours_a_month,
            languages=tuple(profile.languages),
            is_not_now=profile.is_not_now(on),
            is_suggested=profile.is_suggested,
        )
    for pk in Absence.objects.on(on).filter(among("user", loads)).values_list("user", flat=True):
        loads[pk] = replace(loads[pk], is_away=True)
    running = Mentorship.objects.running().filter(among("mentor", loads)).values("mentor").annotate(number=Count("pk"))
    for pk, number in running.values_list("mentor", "number"):
        loads[pk] = replace(loads[pk], running=number)
    pending = Solicitation.objects.sent().filter(among("peer", loads)).values("peer").annotate(number=Count("pk"))
    for pk, number in pending.values_list("peer", "number"):
        loads[pk] = replace(loads[pk], pending=number)
    return loads


def load_of(user_id: int, on: date) -> Load:
    return loads_of([user_id], on)[user_id]
