"""Compare what the platform knows of people with what they did, and write what is true."""

from typing import Any

from django.core.management.base import BaseCommand

from mentoring.services.evidence import refresh_everybody


class Command(BaseCommand):
    help = "Make the evidence beside competences say what is true; what people hid stays hidden."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{refresh_everybody()} pieces of evidence were wrong.")
