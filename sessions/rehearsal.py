"""What an invitation will look like to one person: it is made as it will be, in a transaction that is undone."""

from dataclasses import dataclass

from django.db import transaction

from peerhub.notifications import kinds
from peerhub.notifications.channels.email import review_message
from peerhub.notifications.models import Notification
from peerhub.notifications.queries import Line
from peerhub.people.models import User
from sessions.models import PeerSession
from sessions.services.seats import invite_people

KIND = "sessions.invited"


@dataclass(frozen=True)
class Letter:
    """A mail as its recipient will read it."""

    recipient: User
    subject: str
    text: str
    html: str
    attachments: list[str]


def rehearse(*, actor: User, session: PeerSession, user_id: int) -> Letter | None:
    """The mail that this person will receive about a draft or an open session; None where none would be sent."""
    with transaction.atomic():
        try:
            return _letter(actor, session, user_id)
        finally:
            transaction.set_rollback(True)


def _letter(actor: User, session: PeerSession, user_id: int) -> Letter | None:
    PeerSession.objects.filter(pk=session.pk, opens_to__isnull=False).update(
        circle=session.opens_to_id or session.circle_id, opens_to=None
    )
    invite_people(actor=actor, session=session, user_ids=[user_id])
    recipient = User.objects.get(pk=user_id)
    kind = kinds.get(KIND)
    notification = Notification(
        pk=0, recipient=recipient, kind=kind.key, target_id=session.pk, network_id=session.network_id, actor=actor
    )
    subject = kind.load(recipient, [notification]).get(0)
    if subject is None:
        return None
    mail = review_message(recipient, Line(kind, notification, subject))
    html = next((str(part[0]) for part in mail.alternatives if part[1] == "text/html"), "")
    names = [str(one[0]) for one in mail.attachments if isinstance(one, tuple)]
    return Letter(recipient, str(mail.subject), str(mail.body), html, names)
