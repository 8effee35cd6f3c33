"""Verify every seal, from the first to the last, with its text."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from sessions.models import Seal
from sessions.services.sealing import verify_chain


class Command(BaseCommand):
    help = "Verify the chain of seals and the texts that it holds; names the links that are broken, ids only."

    def handle(self, *args: Any, **options: Any) -> None:
        flaws = verify_chain()
        for flaw in flaws:
            self.stdout.write(f"link {flaw.number}, conclusion {flaw.conclusion_id}: {flaw.what}")
        last = Seal.objects.order_by("-number").first()
        if last is not None:
            self.stdout.write(f"{last.number} links, the last one {last.chain_hash}")
        if flaws:
            sys.exit(1)
