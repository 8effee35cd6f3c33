"""Compare every circle with the memberships that it must follow."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from peerhub.people.models import Circle
from peerhub.people.services.circles import repair_circle


class Command(BaseCommand):
    help = "Report circles whose people or count are not what memberships say; --write repairs them. Ids only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="repair what is reported")

    def handle(self, *args: Any, **options: Any) -> None:
        write: bool = options["write"]
        checked = wrong = 0
        for circle in Circle.objects.select_related("network").order_by("pk").iterator():
            missing, extra, drift = repair_circle(circle, write=write)
            checked += 1
            if missing or extra or drift:
                wrong += 1
                self.stdout.write(
                    f"circle {circle.pk} ({circle.kind}): missing {sorted(missing)}, too many {sorted(extra)}, "
                    f"count off by {drift:+d}"
                )
        self.stdout.write(f"{checked} circles, {wrong} {'repaired' if write else 'wrong'}.")
        if wrong and not write:
            sys.exit(1)
