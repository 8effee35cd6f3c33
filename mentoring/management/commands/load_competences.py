"""Load, or bring up to date, the tree of competences."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mentoring.services.tree import load_competences


class Command(BaseCommand):
    help = "Load the tree of competences from mentoring/data/competences.json, or bring it up to date. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="read the file even if it was loaded already")

    def handle(self, *args: Any, **options: Any) -> None:
        written = load_competences(force=options["force"])
        self.stdout.write(f"Competences: {written} new or changed." if written else "Competences: up to date.")
