"""Which days may be said: near enough that somebody means them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

HALF_A_YEAR, YEAR = 183, 366


@dataclass(frozen=True)
class Days:
    """From `soonest` to `latest` days after today, both included."""

    soonest: int
    latest: int

    @property
    def first(self) -> date:
        return timezone.localdate() + timedelta(days=self.soonest)

    @property
    def last(self) -> date:
        return timezone.localdate() + timedelta(days=self.latest)

    def refusal(self, day: date) -> str:
        """What is said of a day that is none of them, else nothing."""
        if self.first <= day <= self.last:
            return ""
        days = {"first": date_format(self.first, "j F Y"), "last": date_format(self.last, "j F Y")}
        return _("Choisissez un jour entre le %(first)s et le %(last)s.") % days
