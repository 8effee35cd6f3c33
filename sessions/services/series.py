"""Series: planning one, and changing, re-ruling or calling off some of its dates at once.

Each date is a session with its own seats, reminders and UID; whoever is registered is told of each that moves or is
called off, as for any session. Only dates that nobody knows of vanish (`queries.series.kept_by` says who knows).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Circle, Network, User
from peerhub.people.queries import membership_for
from peerhub.text.markdown import clean_source, one_line
from sessions import when
from sessions.enums import SeriesScope
from sessions.models import PeerSession, SessionSeries
from sessions.policies.series import can_change_others
from sessions.policies.sessions import can_change_session
from sessions.recurrence import MOST, Rule, instant, local_dates, local_of, parse, shifted
from sessions.services.scheduling import cancel_session, create_session, update_session
from sessions.services.series_dates import (
    Held,
    add_date,
    assign,
    end_with,
    hold_series,
    let_go,
    occurs,
    part,
    rest_of_rule,
    vanish,
    what_keeps,
)

WHEN = ("starts_at", "ends_at", "time_zone")
# What a date says; of one in confidence, it stays in its circle.
WORDS = frozenset({"title", "description", "place", "territory", "video_url", "reminder_note"})


@dataclass
class Outcome:
    """What became of the dates (keys of sessions). `series` is the one that goes on; None when none is left."""

    series: SessionSeries | None
    moved: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    vanished: int = 0
    stayed: list[PeerSession] = field(default_factory=list)


def dates_of(rule: Rule, first: datetime, length: timedelta, time_zone: str) -> list[datetime]:
    """The moments at which the sessions of a series would begin, from a local hour on. Raises `DomainError` with a
    sentence for what is no series: a single date, too many, or dates that run into each other."""
    dates = local_dates(rule, first, most=MOST + 1)
    if len(dates) > MOST:
        raise DomainError(_("Une série a %(most)d dates au plus : choisissez une fin plus proche.") % {"most": MOST})
    if len(dates) < 2:
        raise DomainError(_("Ce rythme ne donne pas deux dates : choisissez une fin plus lointaine."))
    moments = [instant(one, time_zone) for one in dates]
    if any(later - earlier < length for earlier, later in pairwise(moments)):
        raise DomainError(_("Une séance doit finir avant que la suivante commence."))
    return moments


def dates_from(series: SessionSeries, rule: Rule, since: date) -> list[datetime]:
    """The dates of another rule for the series from a local day on, at the series' hour; raises as `dates_of`."""
    zone, now = series.time_zone, timezone.now()
    first = datetime.combine(since, local_of(series.starts_at, zone).time())
    if instant(first, zone) <= now:
        first += timedelta(days=1)
    moments = dates_of(rule, first, timedelta(minutes=series.minutes), zone)
    if moments[0] <= now:
        raise DomainError(_("Un rythme change à partir d’une date à venir."))
    return moments


@transaction.atomic
def create_series(*, author: User, network: Network, circle: Circle, rule: Rule, **values: Any) -> SessionSeries:
    """Plan one session for each date of the rule; `values` are those that `create_session` takes, of the first one.
    People are told of the first, whose page leads to the others. Raises `DomainError` with a sentence."""
    starts_at, ends_at, zone = values["starts_at"], values["ends_at"], values["time_zone"]
    moments = dates_of(rule, local_of(starts_at, zone), ends_at - starts_at, zone)
    series = SessionSeries.objects.create(
        network=network,
        circle=circle,
        rule=rule.text,
        starts_at=moments[0],
        minutes=int((ends_at - starts_at).total_seconds() // 60),
        time_zone=zone,
        created_by=author,
    )
    for moment in moments:
        times = {"starts_at": moment, "ends_at": moment + (ends_at - starts_at)}
        made = create_session(author=author, network=network, circle=circle, **{**values, **times})
        PeerSession.objects.filter(pk=made.pk).update(series=series, occurs_at=moment)
    return series


@transaction.atomic
def update_series(*, actor: User, session: PeerSession, scope: str, values: Mapping[str, Any]) -> Outcome:
    """What the form of one date says, for the dates to come of its series from this one on, or for all: what it
    changes is changed in each, what it leaves is left. A date that was moved by itself keeps its day and its hour.
    What a date in confidence says is not written in those of another circle.

    Where earlier dates stay as they were, the later ones are another series from here on. Raises `DomainError`, and
    nothing is changed.
    """
    held, current = _hold(actor, session)
    tail = _tail(held, current, scope)
    begins = min(occurs(one) for one in tail)
    series = held.series
    if len(tail) < len(held.fitting):
        series = part(held, actor, tail, rest_of_rule(held.series, begins), begins)
    changes = _changes(current, values)
    wanted = {name: values[name] for name in changes - set(WHEN)}
    times: dict[int, dict[str, Any]] = {}
    if changes & set(WHEN):
        times = _shift(series, tail, current, values)
    outcome = Outcome(series)
    # Away from each other: none moves to where another still is.
    goes_later = values["starts_at"] > current.starts_at
    for one in sorted(tail, key=occurs, reverse=goes_later):
        if held.changeable(one):
            own = {name: getattr(one, name) for name in values}
            is_told = not current.is_confidential or one.circle_id == current.circle_id
            said = wanted if is_told else {name: value for name, value in wanted.items() if name not in WORDS}
            _update(actor, one, {**own, **said, **times.get(one.pk, {})}, outcome)
    return outcome


@transaction.atomic
def change_rule(*, actor: User, series: SessionSeries, rule: Rule, since: date) -> Outcome:
    """Another rhythm from that local day on, at the same hour. Dates that it says are kept, or made; of the others,
    those that nobody knows of vanish, and the rest stays, outside of the rule. Raises `DomainError` with a sentence."""
    held = hold_series(series.pk, actor)
    series = held.series
    moments = dates_from(series, rule, since)
    if (rule.text, moments[0]) == (series.rule, series.starts_at):
        return Outcome(series)
    midnight = instant(datetime.combine(since, time()), series.time_zone)
    tail = [one for one in held.fitting if occurs(one) >= midnight and not one.has_begun(held.now)]
    model = _model(held, tail)
    target = part(held, actor, tail, rule, moments[0])
    return _fit(held, target, tail, moments, model, actor)


@transaction.atomic
def cancel_dates(*, actor: User, session: PeerSession, scope: str, reason: str = "") -> Outcome:
    """Call off this date and the following ones, or all those to come: those that nobody knows of vanish, the others
    are cancelled, and whoever is registered is told. The rule ends with the last date that is left."""
    held, current = _hold(actor, session)
    tail = [one for one in _tail(held, current, scope) if held.changeable(one)]
    kept = what_keeps(tail)
    outcome = Outcome(held.series)
    for one in tail:
        if one.pk in kept:
            cancel_session(actor=actor, session=one, reason=reason)
            outcome.cancelled.append(one.pk)
    outcome.vanished = vanish([one for one in tail if one.pk not in kept])
    gone = {one.pk for one in tail} - set(kept)
    left = [one for one in held.sessions if one.pk not in gone]
    if fitting := [one for one in left if one.occurs_at is not None]:
        end_with(held.series, fitting)
    if not left:
        held.series.continued_by.update(continues=held.series.continues_id)
        held.series.delete()
        outcome.series = None
    return outcome


# --- Which dates ---------------------------------------------------------------------------------------------------


def _hold(actor: User, session: PeerSession) -> tuple[Held, PeerSession]:
    """The series of a session, and the session as it is now. Raises `Refused` for one that follows no rule, or that
    has left its series meanwhile."""
    if session.series_id is None:
        raise Refused(_("Cette séance ne fait pas partie d’une série."))
    held = hold_series(session.series_id, actor)
    current = next((one for one in held.sessions if one.pk == session.pk and one.pk in held.seen), None)
    if current is None:
        raise Refused(_("La série vient de changer : rechargez la page."))
    require(can_change_others(current))
    require(can_change_session(membership_for(actor, held.series.network), current, held.now))
    if current.has_begun(held.now):
        raise DomainError(_("Cette date a commencé : elle se change seule."))
    return held, current


def _tail(held: Held, current: PeerSession, scope: str) -> list[PeerSession]:
    """The dates that follow the rule, from this one on, or all that have not begun; those that the act does not reach
    (cancelled, or not seen) go with them."""
    if scope == SeriesScope.FOLLOWING:
        return [one for one in held.fitting if occurs(one) >= occurs(current)]
    if scope != SeriesScope.ALL:
        raise DomainError(_("Choisissez quelles dates changent."))
    since = min(occurs(one) for one in held.fitting if not one.has_begun(held.now))
    return [one for one in held.fitting if occurs(one) >= since]


# --- Changing ------------------------------------------------------------------------------------------------------


def _changes(current: PeerSession, values: Mapping[str, Any]) -> set[str]:
    """The names of what the form says otherwise than the date is."""
    return {name for name, value in values.items() if _clean(name, value) != _clean(name, getattr(current, name))}


def _clean(name: str, value: Any) -> Any:
    """As the services keep it."""
    if name == "description":
        return clean_source(value)
    if isinstance(value, str):
        return one_line(value) if name in {"title", "place", "reminder_note"} else value.strip()
    return sorted(value) if isinstance(value, list | tuple) else value


def _shift(
    series: SessionSeries, tail: list[PeerSession], current: PeerSession, values: Mapping[str, Any]
) -> dict[int, dict[str, Any]]:
    """Move the rule as this date moves, and say when each session is from now on. Those that were moved by themselves
    stay where they are."""
    zone, to = series.time_zone, str(values["time_zone"])
    rule, first = parse(series.rule), local_of(series.starts_at, zone)
    by = local_of(values["starts_at"], to) - local_of(current.starts_at, current.time_zone)
    old = local_dates(rule, first)
    new_rule = shifted(rule, first.date(), ((first + by).date() - first.date()).days)
    new = local_dates(new_rule, first + by)
    if len(new) != len(old):
        new_rule = new_rule.lasting(len(old))
        new = local_dates(new_rule, first + by)
    places = {instant(was, zone): instant(is_now, to) for was, is_now in zip(old, new, strict=True)}
    was_long = timedelta(minutes=series.minutes)
    length = values["ends_at"] - values["starts_at"]
    if length == current.ends_at - current.starts_at:
        length = was_long
    series.rule, series.starts_at, series.time_zone = new_rule.text, instant(new[0], to), to
    series.minutes = int(length.total_seconds() // 60)
    series.sequence += 1
    series.save(update_fields=["rule", "starts_at", "time_zone", "minutes", "sequence"])
    assign(series, {one.pk: places[occurs(one)] for one in tail if occurs(one) in places})
    let_go(one for one in tail if occurs(one) not in places)
    times: dict[int, dict[str, Any]] = {}
    for one in tail:
        if one.starts_at == one.occurs_at and one.starts_at in places:
            starts_at, lasts = places[one.starts_at], one.ends_at - one.starts_at
            ends_at = starts_at + (length if lasts == was_long else lasts)
            times[one.pk] = {"starts_at": starts_at, "ends_at": ends_at, "time_zone": to}
    times[current.pk] = {name: values[name] for name in WHEN}
    return times


def _update(actor: User, session: PeerSession, values: dict[str, Any], outcome: Outcome) -> None:
    try:
        if update_session(actor=actor, session=session, **values):
            outcome.moved.append(session.pk)
    except DomainError as refusal:
        day = when.date_words(session.starts_at, session.time_zone)
        raise DomainError(_("%(day)s : %(why)s") % {"day": day[:1].upper() + day[1:], "why": refusal}) from refusal


# --- Another rule --------------------------------------------------------------------------------------------------


def _model(held: Held, tail: list[PeerSession]) -> PeerSession | None:
    """The date that new ones are made after: the next one, or else the last, of the circle of the series. None where
    all that the actor sees are in confidence elsewhere: what they say is not for the circle of the series."""
    seen = [one for one in held.sessions if one.pk in held.seen]
    if not seen:
        raise Refused(_("Cette série ne vous est pas ouverte."))
    usual = [one for one in seen if one.circle_id == held.series.circle_id]
    usual = usual or [one for one in seen if not one.is_confidential]
    if not usual:
        return None
    coming = [one for one in usual if one in tail]
    scheduled = [one for one in coming if one.is_scheduled]
    return (scheduled or coming or usual[-1:])[0]


def _fit(
    held: Held,
    target: SessionSeries,
    tail: list[PeerSession],
    moments: list[datetime],
    model: PeerSession | None,
    actor: User,
) -> Outcome:
    outcome = Outcome(target)
    placed = {occurs(one): one for one in tail}
    loose = {one.starts_at: one for one in held.sessions if one.occurs_at is None and held.changeable(one)}
    found = {at: one for at in moments if (one := placed.get(at) or loose.get(at))}
    rest = [one for at, one in placed.items() if at not in found]
    let_go(rest)
    assign(target, {one.pk: at for at, one in found.items()})
    missing = [at for at in moments if at not in found]
    if missing and model is None:
        raise DomainError(_("Toutes les dates de cette série se sont fermées : planifiez plutôt une nouvelle séance."))
    outcome.added = [add_date(target, model, at, actor).pk for at in missing if model is not None]
    going = [one for one in rest if held.changeable(one)]
    kept = what_keeps(going)
    outcome.stayed = [one for one in going if one.pk in kept]
    outcome.vanished = vanish([one for one in going if one.pk not in kept])
    return outcome
