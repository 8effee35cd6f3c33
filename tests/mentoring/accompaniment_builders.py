"""What stands around mentorships, for tests, made by the services that production calls."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from mentoring.models import CheckIn, Mentorship, MentorshipNote, Thanks
from mentoring.services.check_ins import ask_due
from mentoring.services.notes import write_note
from mentoring.services.thanks import thank
from peerhub.people.models import User


def peer_in(mentorship: Mentorship) -> User:
    return mentorship.peers.select_related("user").order_by("pk")[0].user


def page(mentorship: Mentorship) -> str:
    return reverse("mentoring:accompaniment", args=[mentorship.pk])


def note(author: User, mentorship: Mentorship, body: str = "Une idée", *, is_shared: bool = False) -> MentorshipNote:
    return write_note(author=author, mentorship=mentorship, body=body, is_shared=is_shared, token=uuid4())


def word(author: User, mentorship: Mentorship, recipient: User, *, may_be_public: bool = True) -> Thanks:
    return thank(
        author=author,
        helped=mentorship,
        recipient_id=recipient.pk,
        body="Merci pour tout.",
        may_be_public=may_be_public,
        token=uuid4(),
    )


def checked(mentorship: Mentorship, user: User) -> CheckIn:
    """What the person is asked at a third of it."""
    began = timezone.localdate() - timedelta(days=40)
    Mentorship.objects.filter(pk=mentorship.pk).update(starts_on=began, ends_on=began + timedelta(days=90))
    mentorship.peers.update(joined_at=timezone.now() - timedelta(days=40))
    ask_due()
    return CheckIn.objects.get(mentorship=mentorship, user=user)
