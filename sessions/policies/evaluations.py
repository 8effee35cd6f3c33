"""Who says what a session was worth, and who reads it (docs/adr/0026-anonymous-evaluations.md). Pure."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import PeerSession

OPEN_FOR = timedelta(days=14)
# Fewer answers than that are shown to nobody, ever.
LEAST = 5


def closes_at(session: PeerSession) -> datetime:
    """When the last answer is taken, and all of them are shown at once."""
    return session.ends_at + OPEN_FOR


def is_closed(session: PeerSession, now: datetime | None = None) -> bool:
    return closes_at(session) <= (now or timezone.now())


def can_evaluate(session: PeerSession, *, was_there: bool, now: datetime | None = None) -> Verdict:
    """From the end to the close; `was_there`: present, or registered and not noted absent."""
    if session.is_cancelled or session.is_draft:
        return Denied(_("Cette séance n’a pas eu lieu."))
    if not was_there:
        return Denied(_("L’avis est demandé aux personnes qui étaient à la séance."))
    if not session.is_over(now):
        return Denied(_("Vous pourrez donner votre avis une fois la séance finie."))
    if is_closed(session, now):
        return Denied(_("Le délai pour donner votre avis est passé."))
    return Allowed()


def can_read_results(
    session: PeerSession, *, was_there: bool, runs_it: bool, count: int, now: datetime | None = None
) -> Verdict:
    """Those who were there, who facilitate, who animate; all answers at once when none can come any more, from five.

    Never earlier: between two readings, whoever knows who answered meanwhile would know what was answered.
    """
    if not (was_there or runs_it):
        return Denied(_("Les avis sont montrés aux personnes qui étaient à la séance et à celles qui facilitent."))
    if not is_closed(session, now):
        return Denied(_("Les avis s’ouvrent tous ensemble, quand le délai est passé."))
    if count < LEAST:
        return Denied(_("Moins de cinq avis : pour que personne ne soit reconnu, ils ne sont montrés à personne."))
    return Allowed()
