"""What became of the dates of a series, said to whoever changed it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions import when
from sessions.models import PeerSession
from sessions.services.series import Outcome


def changed(outcome: Outcome) -> str:
    n = len(outcome.moved)
    if not n:
        return _("Les dates de la série sont enregistrées.")
    told = ngettext(
        "%(n)d date est changée : les personnes inscrites reçoivent la nouvelle dans leur agenda.",
        "%(n)d dates sont changées : les personnes inscrites reçoivent les nouvelles dans leur agenda.",
        n,
    )
    return told % {"n": n}


def called_off(outcome: Outcome) -> str:
    return " ".join([*_cancelled(len(outcome.cancelled)), *_vanished(outcome.vanished)])


def ruled(outcome: Outcome) -> str:
    """What was added, what vanished, and what stays."""
    n = len(outcome.added)
    sentences = [_("Le rythme est changé.")]
    if n:
        sentences.append(ngettext("%(n)d date est ajoutée.", "%(n)d dates sont ajoutées.", n) % {"n": n})
    sentences += _vanished(outcome.vanished)
    if outcome.stayed:
        days = ", ".join(_day(one) for one in outcome.stayed)
        words = ngettext(
            "Une date reste, hors du rythme, parce que des personnes ou des écrits y sont attachés : %(days)s.",
            "%(n)d dates restent, hors du rythme, parce que des personnes ou des écrits y sont attachés : %(days)s.",
            len(outcome.stayed),
        )
        sentences.append(words % {"n": len(outcome.stayed), "days": days})
    return " ".join(sentences)


def _cancelled(n: int) -> list[str]:
    if not n:
        return []
    words = ngettext(
        "%(n)d date est annulée : les personnes inscrites sont prévenues.",
        "%(n)d dates sont annulées : les personnes inscrites sont prévenues.",
        n,
    )
    return [words % {"n": n}]


def _vanished(n: int) -> list[str]:
    if not n:
        return []
    words = ngettext(
        "%(n)d date, à laquelle personne n’était attendu, est retirée.",
        "%(n)d dates, auxquelles personne n’était attendu, sont retirées.",
        n,
    )
    return [words % {"n": n}]


def _day(session: PeerSession) -> str:
    return when.date_words(session.starts_at, session.time_zone)
