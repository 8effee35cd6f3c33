"""Compare what sessions count with their rows, and say what the reminders wait for."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sessions.services.registration import repair_counts
from sessions.services.reminders import stuck_reminders


class Command(BaseCommand):
    help = "Report sessions whose number of seats taken is not that of their registrations, and overdue reminders; --write repairs the numbers. Ids only."  # noqa: E501

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="repair what is reported")

    def handle(self, *args: Any, **options: Any) -> None:
        write: bool = options["write"]
        differences = repair_counts(write=write)
        for pk, count, truth in differences:
            self.stdout.write(f"session {pk}: counts {count}, has {truth}")
        if stuck := stuck_reminders():
            self.stdout.write(f"{stuck} reminders are overdue by more than five minutes")
        if differences and not write:
            sys.exit(1)
