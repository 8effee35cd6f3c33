"""Load, or bring up to date, the official territories."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from peerhub.people.territories import TerritoriesMissing, load_territories


class Command(BaseCommand):
    help = "Load the official communes, EPCI, départements and régions, or bring them up to date. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="read the files even if they were loaded already")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_territories(settings.TERRITORIES_DIR, say=self.stdout.write, force=options["force"])
        except TerritoriesMissing as error:
            raise CommandError(str(error)) from error
