"""Write what territories are compared by, after a new edition of the official list."""

from typing import Any

from django.core.management.base import BaseCommand

from mentoring.services.traits import refresh_traits


class Command(BaseCommand):
    help = "Compute again what makes territories alike (after load_territories)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Traits of territories: {refresh_traits():,} new or changed.")
