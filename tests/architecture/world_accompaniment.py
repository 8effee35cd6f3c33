"""Secrets around a mentorship that has ended, of the elected official with the delegate."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from mentoring.models import CheckIn, Mentorship
from mentoring.services.check_ins import answer_check_in, ask_due
from mentoring.services.feedback import give_feedback
from mentoring.services.mentorship_course import end
from mentoring.services.mentorships import propose_mentorship
from mentoring.services.notes import write_note
from mentoring.services.profiles import keep_apart
from mentoring.services.terms import agree_terms
from mentoring.services.thanks import thank
from peerhub.people.models import Network, User


def make_accompaniment(network: Network, people: dict[str, User], words: dict[str, str]) -> Mentorship:
    """What the two share says `words["delegation"]`; what the elected official keeps, `words["elected"]`. They asked
    for help, which the animator is told of."""
    mentor, peer = people["elected"], people["delegate"]
    own, shared = words["elected"], words["delegation"]
    mentorship = propose_mentorship(network=network, mentor=mentor, peers=[peer], goals=f"Un potiron {shared}")
    for actor in (mentor, peer):
        agree_terms(actor=actor, mentorship=mentorship, number=1)
    for body, is_shared in ((f"Potiron {shared}", True), (f"Potiron {own}", False)):
        write_note(author=mentor, mentorship=mentorship, body=body, is_shared=is_shared, token=uuid4())
    ask_due(timezone.now() + timedelta(days=70))
    asked = CheckIn.objects.get(mentorship=mentorship, user=mentor)
    answer_check_in(user=mentor, pk=asked.pk, answer="help", comment=f"Potiron {own}")
    end(actor=mentor, mentorship=mentorship)
    give_feedback(
        author=mentor, helped=mentorship, about_id=peer.pk, usefulness=2, would_again=False, comment=f"Potiron {own}"
    )
    thank(
        author=mentor,
        helped=mentorship,
        recipient_id=peer.pk,
        body=f"Merci pour le potiron {shared}",
        may_be_public=True,
        token=uuid4(),
    )
    keep_apart(user=mentor, other=people["agent"])
    return mentorship
