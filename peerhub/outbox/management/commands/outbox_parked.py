from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.services import retry_parked


class Command(BaseCommand):
    help = "List the events that were set aside after too many failures, or try some of them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", nargs="+", metavar="ID", help="ids to try again, or: all")

    def handle(self, *args: Any, retry: list[str] | None = None, **options: Any) -> None:
        if retry is None:
            self._list()
        elif retry == ["all"]:
            self.stdout.write(f"{retry_parked()} retried")
        elif all(one.isdecimal() for one in retry):
            self.stdout.write(f"{retry_parked([int(one) for one in retry])} retried")
        else:
            raise CommandError("--retry takes ids, or the word all.")

    def _list(self) -> None:
        parked = OutboxEvent.objects.parked().order_by("parked_at", "pk")
        for row in parked.iterator():
            self.stdout.write(
                f"{row.pk}\t{row.name}\t{row.payload}\t{row.last_error}\t{row.parked_at:%Y-%m-%dT%H:%M:%SZ}"
            )
        self.stdout.write(f"{parked.count()} parked")
