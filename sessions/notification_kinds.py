"""What people are told of sessions. The world is read again when it is shown or sent.

Of a confidential session, `title` is neutral and `place` and `reason` are empty: a mail says that something happens,
never what.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peerhub.notifications.enums import Frequency
from peerhub.notifications.kinds import Attachment, Kind, Load, Subject, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.people.prepared import InstancesForPerson
from peerhub.ui.times import zone_label
from sessions import when
from sessions.aftermath_subjects import is_due, is_given, load_decisions, load_evaluations, load_reports
from sessions.calendars import Method, file_name, session_calendar
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
from sessions.models import PeerSession, PeerSessionQuerySet
from sessions.poll_subjects import is_awaited, is_given_up, load_polls
from sessions.queries.sessions import visible_among
from sessions.services.registration import clashes_of
from sessions.told_delegations import load_leads, load_principals
from sessions.told_seats import Holds as SeatHolds
from sessions.told_seats import (
    is_answered,
    is_offered,
    is_past_offer,
    is_seated,
    is_silent,
    load_seats,
    load_withdrawals,
)

Holds = Callable[[PeerSession, bool, Notification], bool]
# Of what a session leaves: sent although the bell was opened.
ONCE = ("decision_due", "report_late")


def _readable(user: User | AnonymousUser) -> PeerSessionQuerySet:
    visible = PeerSession.objects.visible_to(user).with_mine(user)
    return visible.select_related("network", "circle").defer("description_html", "search")


_one_session = InstancesForPerson(lambda marks, user: _readable(user).filter(pk=marks.integer("session")))


def _load(method: Method | None, holds: Holds) -> Load:
    """A reader of sessions for one kind: one query for any number of notifications.

    `holds` says whether a session, with whether the recipient has a seat in it, still gives reason to tell.
    """

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {notification.target_id for notification in notifications}
        # One, as mails ask, hundreds of times: a read that is planned once.
        is_one = len(ids) == 1
        rows = _one_session.all(user, session=ids.pop()) if is_one else _readable(user).filter(pk__in=ids)
        sessions = {session.pk: session for session in rows}
        return {
            notification.pk: _subject(session, user, notification, method)
            for notification in notifications
            if (session := sessions.get(notification.target_id)) and holds(session, session.is_mine, notification)
        }

    return load


def _subject(session: PeerSession, user: User, notification: Notification, method: Method | None) -> Subject:
    own, there = user.time_zone, session.time_zone
    context = {
        "title": str(session.public_title),
        "is_confidential": session.is_confidential,
        "network_name": session.network.name,
        "span": when.span(session.starts_at, session.ends_at, own),
        "zone": zone_label(own),
        "start": when.hour(session.starts_at, own),
        "day": when.date_words(session.starts_at, own),
        "days_ahead": when.days_ahead(session.starts_at, timezone.now(), own),
        "span_there": ""
        if when.agree(session.starts_at, own, there)
        else when.span(session.starts_at, session.ends_at, there),
        "zone_there": zone_label(there),
        "is_of_series": session.series_id is not None,
        "place": "" if session.is_confidential else session.place,
        "has_video": session.meets_by_video,
        "to_prepare": "" if session.is_confidential else session.reminder_note,
        "reason": "" if session.is_confidential else session.cancelled_reason,
        # Called by the templates of mails alone: it asks the database, once.
        "clashes": cache(partial(_clash_titles, session, user)),
    }
    if method is None:
        return Subject(url=session.get_absolute_url(), context=context)
    attachments = partial(_attachments, session, user, notification, method)
    return Subject(url=session.get_absolute_url(), context=context, attachments=attachments)


def _attachments(session: PeerSession, user: User, notification: Notification, method: Method) -> list[Attachment]:
    if method == Method.PUBLISH:
        content = _published(session, session.updated_at, get_language())
    else:
        content = session_calendar(session, method=method, attendee=user, told_at=notification.created_at)
    return [Attachment(file_name(session), content, f"text/calendar; method={method}")]


@lru_cache(maxsize=32)
def _published(session: PeerSession, _revision: datetime, _language: str | None) -> bytes:
    """A reminder's calendar names nobody: it is one text for all who come, made once for each revision."""
    return session_calendar(session, method=Method.PUBLISH)


def _clash_titles(session: PeerSession, user: User) -> list[str]:
    return [str(other.public_title) for other in visible_among(user, clashes_of(user, session))]


def _is_ahead(session: PeerSession, has_seat: bool, _notification: Notification) -> bool:
    return session.is_scheduled and has_seat and not session.has_begun()


def _is_news_of_move(session: PeerSession, has_seat: bool, notification: Notification) -> bool:
    """Of several moves, the last one is told."""
    is_last = notification.key.endswith(f":{session.sequence}")
    return is_last and session.is_scheduled and has_seat and not session.is_over()


def _is_news_of_cancel(session: PeerSession, has_seat: bool, _notification: Notification) -> bool:
    return session.is_cancelled and has_seat


def _is_open(session: PeerSession, _has_seat: bool, _notification: Notification) -> bool:
    return session.is_scheduled and not session.has_begun()


register(
    Kind(
        key="sessions.reminder",
        label=_("Les rappels d’une séance à laquelle je suis inscrit·e"),
        load=_load(Method.PUBLISH, _is_ahead),
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="sessions.confirmed",
        label=_("La confirmation de mon inscription à une séance"),
        load=_load(Method.REQUEST, _is_ahead),
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="sessions.moved",
        label=_("Le changement d’heure ou de lieu d’une séance à laquelle je suis inscrit·e"),
        load=_load(Method.REQUEST, _is_news_of_move),
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="sessions.cancelled",
        label=_("L’annulation d’une séance à laquelle je suis inscrit·e"),
        load=_load(Method.CANCEL, _is_news_of_cancel),
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="sessions.created",
        label=_("Une nouvelle séance qui m’est ouverte"),
        load=_load(None, _is_open),
        email=Frequency.DAILY,
    )
)
register(
    Kind(
        key="sessions.poll_asked",
        label=_("Un sondage de dates qui m’attend"),
        load=load_polls(is_awaited),
    )
)
register(
    Kind(
        key="sessions.poll_chased",
        label=_("Le rappel d’un sondage de dates auquel je n’ai pas répondu"),
        load=load_polls(is_awaited),
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="sessions.poll_closed",
        label=_("La date choisie après un sondage"),
        load=_load(Method.PUBLISH, _is_open),
        is_skipped_when_read=False,
    )
)
register(
    Kind(
        key="sessions.poll_cancelled",
        label=_("L’abandon d’un sondage auquel j’ai répondu"),
        load=load_polls(is_given_up),
    )
)
register(
    Kind(
        key="sessions.conclusions_proposed",
        label=_("Des conclusions de mon groupe qui attendent mon avis"),
        load=load_conclusions(is_proposed),
    )
)
register(
    Kind(
        key="sessions.conclusions_objected",
        label=_("Une opposition aux conclusions que j’ai soumises"),
        load=load_conclusions(is_proposed),
    )
)
register(
    Kind(
        key="sessions.conclusions_sealed",
        label=_("Les conclusions de mon groupe, une fois scellées"),
        load=load_conclusions(is_closed),
        email=Frequency.DAILY,
    )
)
register(
    Kind(
        key="sessions.envelopes_opened",
        label=_("Les restitutions ouvertes à une agora où je suis inscrit·e"),
        load=load_agoras,
        email=Frequency.DAILY,
    )
)
register(
    Kind(
        key="sessions.lowering_asked",
        label=_("Mon accord demandé pour ouvrir une séance où j’ai écrit"),
        load=load_requests(is_pending),
    )
)
register(
    Kind(
        key="sessions.lowering_closed",
        label=_("La suite donnée à une demande d’ouvrir une séance"),
        load=load_requests(is_settled),
        email=Frequency.DAILY,
    )
)


def _seat(method: Method | None, holds: SeatHolds) -> Load:
    return load_seats(partial(_subject, method=method), holds)


for _key, _label, _method, _holds in (
    ("invited", _("Une invitation à une séance"), None, is_silent),
    ("chased", _("Le rappel d’une invitation à laquelle je n’ai pas répondu"), None, is_silent),
    ("offered", _("Une place qui m’est proposée, quand j’attends"), None, is_offered),
    ("offer_reminder", _("Le rappel d’une place qui m’est proposée"), None, is_offered),
    ("offer_ended", _("La fin d’une proposition de place restée sans réponse"), None, is_past_offer),
    ("substituted", _("Une séance où je remplace quelqu’un"), Method.REQUEST, is_seated),
    ("answered_for", _("Une réponse donnée pour moi par quelqu’un d’autre"), None, is_answered),
):
    register(
        Kind(key=f"sessions.{_key}", label=_label, load=_seat(_method, _holds), is_skipped_when_read=_key == "invited")
    )


register(
    Kind(
        key="sessions.withdrawn",
        label=_("Une séance retirée de mon agenda, quand je n’y viens plus"),
        load=load_withdrawals(partial(_subject, method=None)),
        is_skipped_when_read=False,
    )
)


for _key, _label, _reads in (
    ("decision_given", _("Une décision d’une séance qui m’est confiée"), load_decisions(is_given)),
    ("decision_due", _("La veille de l’échéance d’une décision qui m’est confiée"), load_decisions(is_due)),
    ("evaluation_asked", _("Mon avis, anonyme, demandé après une séance"), load_evaluations),
    ("report_late", _("Le compte rendu attendu d’une séance que je facilite ou que j’anime"), load_reports),
    ("minutes_published", _("Le compte rendu d’une séance où j’étais inscrit·e"), load_minutes),
    ("delegation_invited", _("Les invitations envoyées à la délégation dont je suis référent·e"), load_leads),
    ("principal_invited", _("Une invitation d’une personne à la place de qui je peux répondre"), load_principals),
):
    register(Kind(key=f"sessions.{_key}", label=_label, load=_reads, is_skipped_when_read=_key not in ONCE))
