"""The dates of one series while an act changes them: all held, then parted, given up, or made.

The row of the series is taken first, then those of its sessions by key, then their threads: nobody registers, writes
or changes the rule meanwhile. What the actor may not see is never touched, told of, or let vanish.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import Topic
from forums.services.topics import discard_empty_threads
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from sessions.models import AgendaStep, PeerSession, SeatRule, SessionSeries
from sessions.policies.series import can_change_series
from sessions.queries.series import Kept, kept_by
from sessions.recurrence import Rule, local_dates, local_of, parse
from sessions.services.scheduling import create_session

# What a new date takes over from the one that it is made after, besides what `create_session` takes.
_CARRIED = (
    *("title", "format", "description", "place", "territory", "video_url"),
    *("capacity", "reminder_minutes", "reminder_note"),
)
_KEPT_AS_IS = ("video_provider", "is_invited_only", "offer_minutes")


@dataclass(frozen=True)
class Held:
    """A series and its sessions, whose rows are held. `seen`: the keys of those that the actor may see."""

    series: SessionSeries
    sessions: tuple[PeerSession, ...]
    seen: frozenset[int]
    now: datetime

    @property
    def fitting(self) -> list[PeerSession]:
        """Those that follow the rule, in its order."""
        return sorted((one for one in self.sessions if one.occurs_at is not None), key=occurs)

    def changeable(self, session: PeerSession) -> bool:
        """Whether an act on the series reaches it: seen by the actor, scheduled, and not begun."""
        return session.pk in self.seen and session.is_scheduled and not session.has_begun(self.now)


def occurs(session: PeerSession) -> datetime:
    if session.occurs_at is None:  # asked of those that follow the rule
        raise AssertionError
    return session.occurs_at


def hold_series(pk: int, actor: User) -> Held:
    """Take the series and its sessions until the end of the transaction. Raises `SessionSeries.DoesNotExist`, and
    `Refused` for whom does not run it."""
    if not connection.in_atomic_block:
        raise RuntimeError("A series is held inside a transaction.")
    SessionSeries.objects.select_for_update(no_key=True).get(pk=pk)
    series = SessionSeries.objects.visible_to(actor).select_related("network", "circle__category").filter(pk=pk).first()
    if series is None:
        raise Refused(_("Cette série ne vous est pas ouverte."))
    require(can_change_series(membership_for(actor, series.network), series))
    # Read by a statement after the one that waits: `services.holding` says why.
    list(PeerSession.objects.select_for_update(no_key=True).filter(series=pk).order_by("pk").values_list("pk"))
    rows = PeerSession.objects.filter(series=pk)
    return Held(
        series=series,
        sessions=tuple(rows.for_cards().order_by("starts_at", "pk")),
        seen=frozenset(rows.visible_to(actor).values_list("pk", flat=True)),
        now=timezone.now(),
    )


# --- The rule ------------------------------------------------------------------------------------------------------


def part(held: Held, actor: User, tail: Collection[PeerSession], rule: Rule, starts_at: datetime) -> SessionSeries:
    """A new series (its own UID) of this rule for these sessions, and for those outside of the rule that come after
    its beginning; the old one ends with what it keeps. Where it keeps nothing, it is the same series, by the new rule.
    """
    series = held.series
    gone = {session.pk for session in tail}
    kept = [session for session in held.fitting if session.pk not in gone]
    if not kept:
        _set_rule(series, rule, starts_at)
        return series
    made = SessionSeries.objects.create(
        network=series.network,
        circle=series.circle,
        rule=rule.text,
        starts_at=starts_at,
        minutes=series.minutes,
        time_zone=series.time_zone,
        continues=series,
        created_by=actor,
    )
    # What came after the old one comes after this one now.
    series.continued_by.exclude(pk=made.pk).update(continues=made)
    gone |= {one.pk for one in held.sessions if one.occurs_at is None and one.starts_at >= starts_at}
    PeerSession.objects.filter(pk__in=gone).update(series=made)
    end_with(series, kept)
    return made


def end_with(series: SessionSeries, fitting: Iterable[PeerSession]) -> None:
    """Let the rule end with the last of these."""
    last = max(occurs(one) for one in fitting)
    _set_rule(series, parse(series.rule).ending(local_of(last, series.time_zone).date()), series.starts_at)


def rest_of_rule(series: SessionSeries, since: datetime) -> Rule:
    """The rule from one of its dates on. Raises `DomainError` for an hour that the clocks skip: what begins with it
    would go on at another hour."""
    rule = parse(series.rule)
    dates = local_dates(rule, local_of(series.starts_at, series.time_zone))
    here = local_of(since, series.time_zone)
    if here not in dates:
        raise DomainError(_("Cette nuit-là, l’heure de la série n’existe pas : partez de la date d’avant ou d’après."))
    return rule if rule.count is None else rule.lasting(len(dates) - dates.index(here))


def _set_rule(series: SessionSeries, rule: Rule, starts_at: datetime) -> None:
    series.rule, series.starts_at = rule.text, starts_at
    series.sequence += 1
    series.save(update_fields=["rule", "starts_at", "sequence"])


def assign(series: SessionSeries, places: dict[int, datetime]) -> None:
    """Put these sessions (keys) of the series where its rule says."""
    # None of them may pass over another's place.
    PeerSession.objects.filter(pk__in=places).update(occurs_at=None)
    for pk, at in places.items():
        PeerSession.objects.filter(pk=pk).update(series=series, occurs_at=at)


def let_go(sessions: Iterable[PeerSession]) -> None:
    """They stay in their series, outside of its rule."""
    PeerSession.objects.filter(pk__in=[session.pk for session in sessions]).update(occurs_at=None)


# --- Dates ---------------------------------------------------------------------------------------------------------


def what_keeps(sessions: Collection[PeerSession]) -> dict[int, frozenset[Kept]]:
    """What keeps these from vanishing; their threads are held too, so that it stays true."""
    topics = [one.topic_id for one in sessions if one.topic_id is not None]
    list(Topic.objects.select_for_update(of=("self",)).filter(pk__in=topics).order_by("pk").values_list("pk"))
    return kept_by(sessions)


def vanish(sessions: Collection[PeerSession]) -> int:
    """Delete what nobody knows of: the caller holds these, and asked `what_keeps`. How many they are."""
    PeerSession.objects.filter(pk__in=[one.pk for one in sessions]).delete()
    discard_empty_threads(topic_ids=[one.topic_id for one in sessions if one.topic_id is not None])
    return len(sessions)


def add_date(series: SessionSeries, model: PeerSession, at: datetime, actor: User) -> PeerSession:
    """One more date, as the model is, with its steps and its rules of seats. Nobody is told."""
    made = create_session(
        author=actor,
        network=series.network,
        circle=series.circle,
        starts_at=at,
        ends_at=at + timedelta(minutes=series.minutes),
        time_zone=series.time_zone,
        **{name: getattr(model, name) for name in _CARRIED},
    )
    rest = {name: getattr(model, name) for name in _KEPT_AS_IS}
    PeerSession.objects.filter(pk=made.pk).update(series=series, occurs_at=at, **rest)
    steps = list(AgendaStep.objects.filter(session=model).order_by("pk"))
    rules = list(SeatRule.objects.filter(session=model).order_by("pk"))
    for step in steps:
        step.pk, step.session = None, made
    for rule in rules:
        rule.pk, rule.session = None, made
    AgendaStep.objects.bulk_create(steps)
    SeatRule.objects.bulk_create(rules)
    return made
