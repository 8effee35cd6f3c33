"""What a person lets the directory show."""

from django.db import transaction
from django.utils import timezone

from mentoring.models import DirectoryChoices
from mentoring.services.directory import refresh_entries
from peerhub.people.models import User
from peerhub.people.services.accounts import show_hats


@transaction.atomic
def choose_listing(
    *,
    user: User,
    is_listed: bool,
    shows_organisation: bool,
    shows_territory: bool,
    shows_competences: bool,
    shows_availability: bool,
) -> DirectoryChoices:
    """Show what the person chose, and nothing else, from the next search on, in every network; their function and
    their territory stand beside their name elsewhere only if they show them here. Idempotent."""
    choices, _created = DirectoryChoices.objects.update_or_create(
        user=user,
        defaults={
            "is_listed": is_listed,
            "shows_organisation": shows_organisation,
            "shows_territory": shows_territory,
            "shows_competences": shows_competences,
            "shows_availability": shows_availability,
            "updated_at": timezone.now(),
        },
    )
    show_hats(user=user, function=shows_organisation, territory=shows_territory)
    refresh_entries("user", user.pk)
    return choices
