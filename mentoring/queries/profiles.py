"""What a person reads of their own availability: nobody else reads this."""

from dataclasses import dataclass

from django.utils import timezone

from mentoring.models import Absence, DirectoryEntry, HierarchicalLink, KeptApart, MentoringProfile
from mentoring.queries.directory import search_people
from mentoring.queries.load import Load, load_of
from peerhub.people.models import User


def profile_of(user: User) -> MentoringProfile:
    """The person's own; when nothing was said, one of defaults that is not saved, in the language of the account."""
    found = MentoringProfile.objects.filter(user=user).first()
    return found or MentoringProfile(user=user, languages=[user.language])


@dataclass(frozen=True)
class Availability:
    """Of whom the person is never brought together with, what they said themselves: never what others said of them."""

    profile: MentoringProfile
    load: Load
    absences: list[Absence]
    apart: list[KeptApart]
    links: list[HierarchicalLink]


def availability_of(user: User) -> Availability:
    """All of the page « Ma disponibilité »: eight queries."""
    today = timezone.localdate()
    links = HierarchicalLink.objects.filter(declared_by=user, ended_at__isnull=True)
    return Availability(
        profile=profile_of(user),
        load=load_of(user.pk, today),
        absences=list(Absence.objects.filter(user=user, ends_on__gte=today)),
        apart=list(KeptApart.objects.filter(user=user, asked_by=user).select_related("other").order_by("pk")),
        links=list(links.select_related("senior", "junior").order_by("pk")),
    )


def people_named(user: User, words: str) -> list[DirectoryEntry]:
    """Others of the person's networks whom the words name; ten at most."""
    return [entry for entry in search_people(user, None, words) if entry.user_id != user.pk]
