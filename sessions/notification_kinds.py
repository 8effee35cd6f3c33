"""The kinds of notification of sessions, one table: what each is called, and who reads the world again for it."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from peerhub.notifications.enums import Frequency
from peerhub.notifications.kinds import Kind, register
from sessions.aftermath_subjects import is_due, is_given, load_decisions, load_evaluations, load_reports
from sessions.calendars import Method
from sessions.conclusion_subjects import (
    is_closed,
    is_pending,
    is_proposed,
    is_settled,
    load_agoras,
    load_conclusions,
    load_requests,
)
from sessions.minutes_subjects import load_minutes
from sessions.poll_subjects import is_awaited, is_given_up, load_polls
from sessions.told_delegations import load_leads, load_principals
from sessions.told_seats import (
    is_answered,
    is_offered,
    is_past_offer,
    is_seated,
    is_silent,
    load_seats,
    load_withdrawals,
)
from sessions.told_sessions import (
    is_ahead,
    is_news_of_cancel,
    is_news_of_move,
    is_open,
    load_sessions,
    subject_of,
)

# Once a day, unless the person wishes otherwise.
DAILY = {"created", "conclusions_sealed", "envelopes_opened", "lowering_closed"}
# Sent although the bell was opened: they chase, or bring what a calendar needs.
SENT_THOUGH_READ = {
    *("reminder", "confirmed", "moved", "cancelled", "withdrawn", "substituted"),
    *("poll_chased", "poll_closed", "chased", "offered", "offer_reminder", "offer_ended", "answered_for"),
    *("decision_due", "report_late"),
}

_plain = partial(subject_of, method=None)
_inviting = partial(subject_of, method=Method.REQUEST)

for _key, _label, _load in (
    ("reminder", _("Les rappels d’une séance à laquelle je suis inscrit·e"), load_sessions(Method.PUBLISH, is_ahead)),
    ("confirmed", _("La confirmation de mon inscription à une séance"), load_sessions(Method.REQUEST, is_ahead)),
    (
        "moved",
        _("Le changement d’heure ou de lieu d’une séance à laquelle je suis inscrit·e"),
        load_sessions(Method.REQUEST, is_news_of_move),
    ),
    (
        "cancelled",
        _("L’annulation d’une séance à laquelle je suis inscrit·e"),
        load_sessions(Method.CANCEL, is_news_of_cancel),
    ),
    ("created", _("Une nouvelle séance qui m’est ouverte"), load_sessions(None, is_open)),
    ("poll_asked", _("Un sondage de dates qui m’attend"), load_polls(is_awaited)),
    ("poll_chased", _("Le rappel d’un sondage de dates auquel je n’ai pas répondu"), load_polls(is_awaited)),
    ("poll_closed", _("La date choisie après un sondage"), load_sessions(Method.PUBLISH, is_open)),
    ("poll_cancelled", _("L’abandon d’un sondage auquel j’ai répondu"), load_polls(is_given_up)),
    ("conclusions_proposed", _("Des conclusions de mon groupe qui attendent mon avis"), load_conclusions(is_proposed)),
    ("conclusions_objected", _("Une opposition aux conclusions que j’ai soumises"), load_conclusions(is_proposed)),
    ("conclusions_sealed", _("Les conclusions de mon groupe, une fois scellées"), load_conclusions(is_closed)),
    ("envelopes_opened", _("Les restitutions ouvertes à une agora où je suis inscrit·e"), load_agoras),
    ("lowering_asked", _("Mon accord demandé pour ouvrir une séance où j’ai écrit"), load_requests(is_pending)),
    ("lowering_closed", _("La suite donnée à une demande d’ouvrir une séance"), load_requests(is_settled)),
    ("invited", _("Une invitation à une séance"), load_seats(_plain, is_silent)),
    ("chased", _("Le rappel d’une invitation à laquelle je n’ai pas répondu"), load_seats(_plain, is_silent)),
    ("offered", _("Une place qui m’est proposée, quand j’attends"), load_seats(_plain, is_offered)),
    ("offer_reminder", _("Le rappel d’une place qui m’est proposée"), load_seats(_plain, is_offered)),
    ("offer_ended", _("La fin d’une proposition de place restée sans réponse"), load_seats(_plain, is_past_offer)),
    ("substituted", _("Une séance où je remplace quelqu’un"), load_seats(_inviting, is_seated)),
    ("answered_for", _("Une réponse donnée pour moi par quelqu’un d’autre"), load_seats(_plain, is_answered)),
    ("withdrawn", _("Une séance retirée de mon agenda, quand je n’y viens plus"), load_withdrawals(_plain)),
    ("decision_given", _("Une décision d’une séance qui m’est confiée"), load_decisions(is_given)),
    ("decision_due", _("La veille de l’échéance d’une décision qui m’est confiée"), load_decisions(is_due)),
    ("evaluation_asked", _("Mon avis, anonyme, demandé après une séance"), load_evaluations),
    ("report_late", _("Le compte rendu attendu d’une séance que je facilite ou que j’anime"), load_reports),
    ("minutes_published", _("Le compte rendu d’une séance où j’étais inscrit·e"), load_minutes),
    ("delegation_invited", _("Les invitations envoyées à la délégation dont je suis référent·e"), load_leads),
    ("principal_invited", _("Une invitation d’une personne à la place de qui je peux répondre"), load_principals),
):
    register(
        Kind(
            key=f"sessions.{_key}",
            label=_label,
            load=_load,
            email=Frequency.DAILY if _key in DAILY else Frequency.NOW,
            is_skipped_when_read=_key not in SENT_THOUGH_READ,
        )
    )
