"""Make the demo world."""

import time
from datetime import date, datetime
from datetime import time as clock
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from peerhub.demo import world
from peerhub.demo.accounts import accounts_table
from peerhub.demo.dates import PARIS


class Command(BaseCommand):
    help = "Make the demo world, dated from today, unless it is there. Never in production: its passwords are known."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="date the world from that day (YYYY-MM-DD), 10:00")
        parser.add_argument("--reset", action="store_true", help="first delete every person and network there is")
        parser.add_argument("--yes", action="store_true", help="with --reset: do not ask")
        parser.add_argument(
            "--i-know-that-the-passwords-are-public",
            action="store_true",
            help="allow it in production, on a database that holds nobody",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_production(options)
        if options["reset"]:
            self._reset(asks=not options["yes"])
        if world.exists():
            self._say(options, "Demo world: already there.")
        else:
            began = time.monotonic()
            world.seed(self._now(options["today"]), lambda line: self._say(options, line))
            self._say(options, f"Demo world: ready in {time.monotonic() - began:.1f} s.")
        self._say(options, accounts_table())

    def _refuse_production(self, options: dict[str, Any]) -> None:
        if not settings.PRODUCTION:
            return
        if options["reset"]:
            raise CommandError("Production is never reset.")
        if not options["i_know_that_the_passwords_are_public"]:
            raise CommandError("No demo in production: anyone could sign in with its published password.")

    def _reset(self, *, asks: bool) -> None:
        name = settings.DATABASES["default"]["NAME"]
        question = f"Delete every person, network, discussion and session of the database « {name} »? [yes/no] "
        if asks and input(question).strip().lower() != "yes":
            raise CommandError("Nothing was deleted.")
        world.clear()

    def _now(self, today: date | None) -> datetime:
        return datetime.combine(today, clock(10), tzinfo=PARIS) if today else timezone.now()

    def _say(self, options: dict[str, Any], line: str) -> None:
        if options["verbosity"]:
            self.stdout.write(line)
