"""Make a person a member of a network: `add_member val --email a@example.org --given-name A --family-name B`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from peerhub.people.enums import Role
from peerhub.people.models import ActorCategory, Network, User
from peerhub.people.services.accounts import create_user
from peerhub.people.services.memberships import add_affiliation, add_membership


class Command(BaseCommand):
    help = "Make a person a member of a network, open or by invitation; without an account, one is made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("network", help="the network's slug")
        parser.add_argument("--email", required=True, help="signs in with a code sent there")
        parser.add_argument("--given-name", default="")
        parser.add_argument("--family-name", default="")
        parser.add_argument("--category", required=True, help="slug of the actor category: elected, agent...")
        parser.add_argument("--title", default="")
        parser.add_argument("--role", choices=Role.values, default=Role.MEMBER)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        network = Network.objects.filter(slug=options["network"]).first()
        category = ActorCategory.objects.filter(slug=options["category"]).first()
        if network is None or category is None:
            known = ", ".join(ActorCategory.objects.values_list("slug", flat=True))
            raise CommandError(f"No such network, or no such category (known: {known}).")
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            if not (options["given_name"] and options["family_name"]):
                raise CommandError("Nobody has this address yet: say --given-name and --family-name.")
            user = create_user(
                email=options["email"], given_name=options["given_name"], family_name=options["family_name"]
            )
        hat = add_affiliation(user=user, category=category, title=options["title"])
        membership = add_membership(user=user, network=network, affiliation=hat, role=options["role"])
        self.stdout.write(f"{user.full_name}: {membership.get_role_display()}, {network}.")
