"""What is said to a person of their own coming, after an act and on the page: only what is true of this session now."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.models import PeerSession
from sessions.services.reminders import planned_hours


def reminders_to_come(session: PeerSession, now: datetime | None = None) -> str:
    """What somebody registered now may still expect before the beginning; empty once it is too late to say it."""
    now = now or timezone.now()
    if session.has_begun(now) or session.is_cancelled:
        return ""
    ahead = sum(not reason for _offset, _due, reason in planned_hours(session, now))
    if ahead:
        words = ngettext("Un rappel vous parviendra avant.", "Vous recevrez %(n)s rappels avant.", ahead)
        return words % {"n": ahead}
    if session.reminder_minutes:
        return _("C’est bientôt : il n’y aura plus de rappel.")
    return _("Aucun rappel n’est prévu : notez la date dans votre agenda.")


def seat_taken(session: PeerSession) -> str:
    said = _("C’est noté : vous venez.") if session.is_between else _("Votre place est réservée.")
    return " ".join(words for words in (said, reminders_to_come(session)) if words)


def seat_left(session: PeerSession) -> str:
    if session.is_between:
        return _("C’est noté : vous ne venez plus.")
    return _("C’est noté : votre place est libre pour quelqu’un d’autre.")


def declined(session: PeerSession, *, had_offer: bool) -> str:
    if had_offer:
        return _("C’est noté : la place est proposée à la personne suivante.")
    if session.is_between:
        return _("C’est noté : vous ne venez pas. Un mot dans votre conversation aide à trouver un autre moment.")
    return _("C’est noté : vous ne venez pas. Vous pouvez changer d’avis tant qu’il reste des places.")


def changed(session: PeerSession, *, is_told: bool) -> str:
    """`is_told`: people get the new date, place or link."""
    if session.is_between:
        return _("Le rendez-vous est changé : un e-mail met vos agendas à jour.") if is_told else _("C’est enregistré.")
    if is_told:
        return _("La séance est changée : les personnes inscrites reçoivent la nouvelle date dans leur agenda.")
    return _("La séance est enregistrée.")


def called_off(session: PeerSession) -> str:
    if session.is_between:
        return _("Le rendez-vous est annulé : un e-mail le retire de vos agendas.")
    return _("La séance est annulée. Les personnes inscrites sont prévenues.")
