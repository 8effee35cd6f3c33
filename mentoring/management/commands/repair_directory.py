"""Compare the directory with the people, hats, territories and competences that it copies."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mentoring.services.directory import refresh_entries, wrong_entries


class Command(BaseCommand):
    help = "Report directory entries that are not in step (ids of memberships); --write repairs them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="repair what is reported")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = wrong_entries()
        for membership_id in wrong[:100]:
            self.stdout.write(f"membership {membership_id}: not in step")
        if options["write"]:
            self.stdout.write(f"{refresh_entries('all')} entries repaired.")
            return
        self.stdout.write(f"{len(wrong)} entries wrong.")
        if wrong:
            sys.exit(1)
