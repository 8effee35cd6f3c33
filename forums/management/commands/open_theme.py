"""Open a theme of discussion in a network: `open_theme val --title "Eau" --slug eau`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forums.services.forums import create_forum
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, Network
from peerhub.people.services.circles import public_circle


class Command(BaseCommand):
    help = "Open a theme of discussion in a network, to its members unless said otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("network", help="the network's slug")
        parser.add_argument("--title", required=True)
        parser.add_argument("--slug", required=True, help="the theme's own part of its address")
        parser.add_argument("--introduction", default="")
        parser.add_argument("--circle", choices=["network", "public", "animators"], default="network")

    def handle(self, *args: Any, **options: Any) -> None:
        network = Network.objects.filter(slug=options["network"]).first()
        if network is None:
            raise CommandError(f"No network has the slug {options['network']}.")
        kind = CircleKind(options["circle"])
        circle = public_circle() if kind == CircleKind.PUBLIC else Circle.objects.of_network(network, kind)
        try:
            create_forum(
                network=network,
                circle=circle,
                slug=options["slug"],
                title=options["title"],
                introduction=options["introduction"],
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Opened: /r/{network.slug}/discussions/{options['slug']}/")
