"""What is told of check-ins and thanks, and the evidence of a mentorship that ended. Each handler may run twice."""

from mentoring.events import CheckInAsked, CheckInHelpWanted, MentorshipEnded, ThanksGiven, ThanksPublished
from mentoring.models import CheckIn, Thanks
from mentoring.queries.check_ins import helpers_of
from mentoring.services.thanks import place_evidence
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles


@handles(CheckInAsked)
def on_check_in_asked(event: CheckInAsked) -> None:
    asked = CheckIn.objects.select_related("mentorship").filter(pk=event.check_in_id).first()
    if asked is not None:
        notify(
            kind="mentoring.check_in_asked",
            recipients=[asked.user_id],
            target_id=asked.pk,
            dedupe_key=f"mentoring.check_in_asked.{asked.pk}",
            network_id=asked.mentorship.network_id,
        )


@handles(CheckInHelpWanted)
def on_check_in_help_wanted(event: CheckInHelpWanted) -> None:
    """To every animator but those who are in the mentorship."""
    asked = CheckIn.objects.select_related("mentorship").filter(pk=event.check_in_id).first()
    if asked is not None:
        notify(
            kind="mentoring.check_in_help_wanted",
            recipients=helpers_of(asked),
            target_id=asked.pk,
            dedupe_key=f"mentoring.check_in_help_wanted.{asked.pk}",
            actor_id=asked.user_id,
            network_id=asked.mentorship.network_id,
        )


@handles(ThanksGiven)
def on_thanks_given(event: ThanksGiven) -> None:
    thanks = Thanks.objects.select_related("circle").filter(pk=event.thanks_id).first()
    if thanks is not None:
        _tell(thanks, "thanks_given", thanks.recipient_id, thanks.author_id)


@handles(ThanksPublished)
def on_thanks_published(event: ThanksPublished) -> None:
    thanks = Thanks.objects.select_related("circle").filter(pk=event.thanks_id).first()
    if thanks is not None:
        _tell(thanks, "thanks_published", thanks.author_id, thanks.recipient_id)


@handles(MentorshipEnded)
def on_mentorship_ended(event: MentorshipEnded) -> None:
    """A word that was shown before the end makes it known at the end."""
    place_evidence(event.mentorship_id)


def _tell(thanks: Thanks, what: str, recipient_id: int, actor_id: int) -> None:
    notify(
        kind=f"mentoring.{what}",
        recipients=[recipient_id],
        target_id=thanks.pk,
        dedupe_key=f"mentoring.{what}.{thanks.pk}",
        actor_id=actor_id,
        network_id=thanks.circle.network_id,
    )
