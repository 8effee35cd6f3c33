"""Make a big world to measure in."""

import time
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from peerhub.demo import bulk


class Command(BaseCommand):
    help = "Make a network of any size to measure in, unless it is there. Never in production: its passwords are known."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=list(bulk.SCALES), default="compare", help="the sizes, by name")
        for name in ("members", "forums", "topics", "posts", "sessions"):
            parser.add_argument(f"--{name}", type=int, help=f"another number of {name}")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("No bench in production: anyone could sign in with its published password.")
        if bulk.exists():
            self.stdout.write("Bench: already there.")
            return
        sizes = {name: options[name] for name in ("members", "forums", "topics", "posts", "sessions")}
        scale = replace(bulk.SCALES[options["scale"]], **{name: size for name, size in sizes.items() if size})
        if not scale.forums <= scale.topics <= scale.posts // 2 or scale.members < 10:
            raise CommandError("There must be 10 members, and more topics than forums, and twice more posts.")
        began = time.monotonic()
        bulk.seed_bulk(scale, timezone.now(), self._say)
        self._say(f"Bench: ready in {time.monotonic() - began:.0f} s. Sign in as bench1@example.org and so on.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
