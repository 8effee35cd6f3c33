"""Reads of check-ins. Nobody but its author reads what one says in them."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from mentoring.enums import CheckInAnswer
from mentoring.models import CheckIn, Mentorship, MentorshipPeer
from peerhub.people.models import Membership, Network, User

# What animators are told of who asks for help: neither what they say, nor of whom.
TOLD = ("answered_at", "stage", "user__given_name", "user__family_name", "help_taken_by__given_name",
        "help_taken_by__family_name")  # fmt: skip


def own_check_ins(user: User, mentorship: Mentorship) -> list[CheckIn]:
    """What the person was asked, and what they answered."""
    return list(CheckIn.objects.filter(user=user, mentorship=mentorship, asked_at__isnull=False).order_by("due_on"))


def helpers_of(asked: CheckIn) -> set[int]:
    """The animators (ids) who may help: those who are not in the mentorship."""
    people = MentorshipPeer.objects.filter(mentorship=asked.mentorship_id).values("user")
    animators = Membership.objects.animating().filter(network=asked.mentorship.network_id)
    others = animators.exclude(user__in=people).exclude(user=asked.mentorship.mentor_id)
    return set(others.values_list("user", flat=True))


def help_wanted(animator: User, network: Network) -> list[CheckIn]:
    """Who asks for help in the network, and was not yet helped; of mentorships that are not the animator's own."""
    return list(wanted_by(animator, network).order_by("answered_at", "pk")[:50])


def help_wanted_in(user: User, pks: Collection[int]) -> list[tuple[int, str, str]]:
    """Those of these that wait for the person, who animates the network: key, slug and name of the network."""
    own = Exists(MentorshipPeer.objects.filter(mentorship=OuterRef("mentorship"), user=user))
    animated = Membership.objects.animating().filter(user=user).values("network")
    wanted = CheckIn.objects.filter(~own, ~Q(mentorship__mentor=user), pk__in=pks, mentorship__network__in=animated)
    waiting = wanted.filter(answer=CheckInAnswer.HELP, help_done_at__isnull=True)
    return list(waiting.values_list("pk", "mentorship__network__slug", "mentorship__network__name"))


def wanted_by(animator: User, network: Network) -> QuerySet[CheckIn]:
    """The check-ins of which the animator may know that they ask for help, and wait for it."""
    own = Exists(MentorshipPeer.objects.filter(mentorship=OuterRef("mentorship"), user=animator))
    asked = CheckIn.objects.filter(
        ~own, ~Q(mentorship__mentor=animator), mentorship__network=network, answer=CheckInAnswer.HELP
    )
    return asked.filter(help_done_at__isnull=True).select_related("user", "help_taken_by").only(*TOLD)
