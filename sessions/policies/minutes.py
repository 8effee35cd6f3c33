"""Who reads, writes and publishes minutes of a session that the person sees. Pure: callers load the facts
(`queries.standing`)."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import CircleKind
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import Minutes, PeerSession
from sessions.policies.standing import Standing

OPENS_BEFORE = timedelta(hours=1)
FROZEN = _("Ce compte rendu est publié : il ne s’écrit plus. La personne qui facilite peut le rouvrir.")


def has_minutes(session: PeerSession, now: datetime | None = None) -> bool:
    """Whether there is something to write or to read, for anybody."""
    is_held = not session.is_draft and not session.is_cancelled
    return is_held and (now or timezone.now()) >= session.starts_at - OPENS_BEFORE


def can_read_minutes(session: PeerSession, minutes: Minutes | None, standing: Standing) -> Verdict:
    """Once published, whoever sees the session; while they are written, never the whole web."""
    if minutes is not None and minutes.published_at is not None:
        return Allowed()
    if standing.is_member or session.circle.kind != CircleKind.PUBLIC:
        return Allowed()
    return Denied(_("Le compte rendu de cette séance n’est pas encore publié."))


def can_follow_minutes(standing: Standing) -> Verdict:
    """The changes one by one, before and after publication: they hold what was taken away since, and tell who typed
    what. For those who write them."""
    if standing.has_seat or standing.facilitates:
        return Allowed()
    return Denied(_("Le compte rendu est écrit par les personnes inscrites et celles qui facilitent."))


def can_write_minutes(
    session: PeerSession, minutes: Minutes | None, standing: Standing, now: datetime | None = None
) -> Verdict:
    if session.is_draft or session.is_cancelled:
        return Denied(_("Cette séance ne donne pas lieu à un compte rendu."))
    if not (verdict := can_follow_minutes(standing)):
        return verdict
    if not standing.may_speak:
        return standing.may_speak
    if minutes is not None and minutes.published_at is not None:
        return Denied(FROZEN)
    if (now or timezone.now()) < session.starts_at - OPENS_BEFORE:
        return Denied(_("Le compte rendu s’écrit à partir d’une heure avant le début."))
    return Allowed()


def can_publish_minutes(
    session: PeerSession, minutes: Minutes | None, standing: Standing, now: datetime | None = None
) -> Verdict:
    if not (verdict := can_write_minutes(session, minutes, standing, now)):
        return verdict
    if not standing.facilitates:
        return Denied(_("Le compte rendu est publié par l’animation ou par la personne qui facilite."))
    if not session.has_begun(now):
        return Denied(_("Le compte rendu se publie une fois la séance commencée."))
    if minutes is None or not minutes.body:
        return Denied(_("Écrivez d’abord le compte rendu."))
    return Allowed()


def can_reopen_minutes(minutes: Minutes | None, standing: Standing) -> Verdict:
    if not standing.facilitates:
        return Denied(_("Le compte rendu est rouvert par l’animation ou par la personne qui facilite."))
    if not standing.may_speak:
        return standing.may_speak
    if minutes is None or minutes.published_at is None:
        return Denied(_("Ce compte rendu n’est pas publié."))
    return Allowed()
