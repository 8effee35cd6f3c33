"""A whole programme made again on other dates: what was planned, nothing of who came."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, Membership, User
from peerhub.people.services.circles import create_cohort
from sessions.enums import SessionState
from sessions.local_time import days_before
from sessions.models import AgendaStep, Enrolment, Milestone, PeerDay, PeerSession, Programme
from sessions.queries.invitations import future_circle
from sessions.services.agenda_steps import apply_template
from sessions.services.peer_days import usual_session_title, usual_title
from sessions.services.programmes import About, create_programme, hold_programme
from sessions.services.seats import RuleWish, set_rules

_SHAPE = (
    *("format", "time_zone", "render_version", "is_invited_only", "offer_minutes", "reminder_minutes"),
    "video_provider",
)
# What a session says, wherever and whenever it takes place.
_KEPT = (
    *("description", "description_html", "description_text", "place", "territory_id", "video_url", "reminder_note"),
    *_SHAPE,
)


@transaction.atomic
def duplicate_programme(
    *, actor: User, programme: Programme, title: str, starts_on: date, delegations: Iterable[int]
) -> Programme:
    """The same course, shifted so that it begins on that day, for these delegations of the network (ids): milestones,
    peer days, and their sessions as drafts, at the same local hours. Nobody is invited or told.

    Raises `DomainError` when a session would fall in the past."""
    source = hold_programme(actor, programme)
    days = (starts_on - source.starts_on).days
    about = About(
        title=title,
        starts_on=starts_on,
        ends_on=source.ends_on + timedelta(days=days),
        description=source.description,
        time_zone=source.time_zone,
        leavers_rule=source.leavers_rule,
        approval_rule=source.approval_rule,
        approval_days=source.approval_days,
    )
    made = create_programme(author=actor, network=source.network, about=about, delegations=delegations)
    seats = dict(source.enrolments.values_list("delegation", "seats"))
    for enrolment in Enrolment.objects.filter(programme=made):
        Enrolment.objects.filter(pk=enrolment.pk).update(seats=seats.get(enrolment.delegation_id))
    kept = set(made.circle.delegations)
    Milestone.objects.bulk_create(
        Milestone(
            programme=made,
            kind=one.kind,
            title=one.title,
            note=one.note,
            on=one.on + timedelta(days=days),
            delegation_id=one.delegation_id if one.delegation_id in kept else None,
        )
        for one in Milestone.objects.filter(programme=source).order_by("on", "pk")
    )
    for day in PeerDay.objects.filter(programme=source).order_by("on", "pk"):
        _copy_day(day, made, actor, days)
    return made


def _copy_day(day: PeerDay, made: Programme, actor: User, days: int) -> None:
    on = day.on + timedelta(days=days)
    title = usual_title(on) if _has_usual_title(day) else day.title
    copy = PeerDay.objects.create(programme=made, title=title, on=on, created_by=actor)
    sessions = day.sessions.filter(state=SessionState.SCHEDULED).select_related(
        "circle__category", "opens_to__category"
    )
    for session in sessions.prefetch_related("facilitators", "steps", "seat_rules").order_by("starts_at", "pk"):
        _copy_session(session, copy, actor, days)


def _has_usual_title(day: PeerDay) -> bool:
    """Whether nobody gave it a name of its own; it was proposed in the language of whoever did."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            if day.title == usual_title(day.on):
                return True
    return False


def _copy_session(session: PeerSession, day: PeerDay, actor: User, days: int) -> None:
    programme = day.programme
    network = programme.network
    shifted = partial(days_before, zone=session.time_zone, days=-days)
    starts_at = shifted(session.starts_at)
    if starts_at <= timezone.now():
        raise DomainError(_("À ces dates, une des séances tomberait dans le passé : choisissez un début plus tardif."))
    known = [one.pk for one in session.facilitators.all()]
    members = Membership.objects.active().filter(network=network, user__in=known)
    facilitators = sorted(members.values_list("user_id", flat=True))
    was = future_circle(session)
    # Every animator reads a draft: of what is said in confidence, only the shape is taken up.
    is_secret = was.is_confidential and not session.is_draft
    says = _SHAPE if is_secret else _KEPT
    title = usual_session_title(was.category) if is_secret else session.title
    copy = PeerSession.objects.create(
        network=network,
        circle=Circle.objects.of_network(network, CircleKind.ANIMATORS),
        opens_to=create_cohort(
            network=network,
            name=was.name,
            delegations=programme.circle.delegations,
            categories=[was.category_id] if was.category_id else [],
            chosen=facilitators,
            with_animators=was.has_animators,
            confidential=was.is_confidential,
        ),
        programme=programme,
        peer_day=day,
        starts_at=starts_at,
        ends_at=shifted(session.ends_at),
        floors_until=session.floors_until and shifted(session.floors_until),
        created_by=actor,
        title=title,
        **{name: getattr(session, name) for name in says},
    )
    copy.facilitators.set(facilitators)
    rules = [
        RuleWish(one.category_id, one.delegation_id, one.is_each_delegation, one.floor, one.ceiling)
        for one in session.seat_rules.all()
        if one.delegation_id is None or one.delegation_id in programme.circle.delegations
    ]
    set_rules(
        actor=actor,
        session=copy,
        capacity=session.capacity,
        rules=rules,
        floors_until=copy.floors_until,
    )
    if is_secret:
        apply_template(session=copy)
        return
    AgendaStep.objects.bulk_create(
        AgendaStep(session=copy, position=one.position, minutes=one.minutes, title=one.title, note=one.note)
        for one in session.steps.all()
    )
