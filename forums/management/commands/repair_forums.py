"""Report, and with --write repair, the denormalised counters of topics and forums."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from forums.services.counters import find_drifts, repair
from forums.services.reactions import find_reaction_drifts, repair_reactions


class Command(BaseCommand):
    help = "Compare the counters of topics and forums with their rows; --write sets them right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="set the wrong counters right")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = repaired = 0
        for drift in find_drifts():
            wrong += 1
            fields = ", ".join(sorted(name for name in drift.truth if drift.was[name] != drift.truth[name]))
            self.stdout.write(f"{drift.model} {drift.pk}: {fields}")
            if options["write"]:
                repaired += repair(drift)
        for reactions in find_reaction_drifts():
            wrong += 1
            self.stdout.write(f"post {reactions.post_id}: reactions")
            if options["write"]:
                repaired += repair_reactions(reactions)
        self.stdout.write(f"{wrong} wrong, {repaired} repaired.")
