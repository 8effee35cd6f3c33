"""Reads of notes, opinions and thanks. Each raises the model's `DoesNotExist` for what the person may not see."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from mentoring.models import Feedback, Mentorship, MentorshipNote, Solicitation, Thanks
from mentoring.policies.accompaniment import Around
from peerhub.people.models import User

NOTES = 100


def exchange_for(user: User, pk: int) -> Solicitation:
    """An ask as either of its two people thanks for it, with both."""
    seen = Solicitation.objects.visible_to(user).filter(Q(asker=user) | Q(peer=user))
    return seen.select_related("network", "circle", "asker", "peer").get(pk=pk)


def notes_for(user: User, mentorship: Mentorship) -> list[MentorshipNote]:
    """One's own and those that are shared, the newest first."""
    notes = MentorshipNote.objects.visible_to(user).filter(mentorship=mentorship)
    return list(notes.select_related("author").order_by("-created_at", "-pk")[:NOTES])


def own_note(user: User, mentorship: Mentorship, pk: int) -> MentorshipNote:
    return MentorshipNote.objects.visible_to(user).get(pk=pk, mentorship=mentorship, author=user)


def thanks_for(user: User, around: Around) -> list[Thanks]:
    """Those that the person gave or received around one thing."""
    given = Thanks.objects.filter(Q(author=user) | Q(recipient=user), _about(around))
    return list(given.select_related("author", "recipient").order_by("pk"))


def own_feedback(user: User, around: Around) -> dict[int, Feedback]:
    """What the person said, by whom it is about (ids)."""
    return {one.about_id: one for one in Feedback.objects.filter(_about(around), author=user)}


def public_thanks_of(viewer: User | AnonymousUser, user_id: int, limit: int = 10) -> list[Thanks]:
    """What others wrote of a person, that both show, as far as the viewer may see it: for their profile."""
    shown = Thanks.objects.visible_to(viewer).filter(recipient=user_id, published_at__isnull=False)
    return list(shown.select_related("author").order_by("-published_at", "-pk")[:limit])


def _about(around: Around) -> Q:
    if around.mentorship is not None:
        return Q(mentorship=around.mentorship)
    return Q(solicitation=around.solicitation)
