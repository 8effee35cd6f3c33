"""Programmes: made, edited, dated, and made again on other dates."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.outbox.sweeping import sweep
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Circle, Delegation, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import change_cohort, create_cohort, freeze_cohort
from peerhub.people.time_zones import known_zones
from peerhub.text.markdown import RENDER_VERSION, TextError, clean_source, one_line, render
from sessions.enums import ApprovalRule, LeaversRule, MilestoneKind
from sessions.models import Enrolment, Milestone, PeerSession, Programme
from sessions.policies.programmes import can_run_programmes

LONGEST_DAYS = 366 * 5


@dataclass(frozen=True)
class About:
    """What is said of a programme."""

    title: str
    starts_on: date
    ends_on: date
    description: str = ""
    time_zone: str = "Europe/Paris"
    leavers_rule: str = LeaversRule.KEEP
    approval_rule: str = ApprovalRule.NO_OBJECTION
    approval_days: int = 3


@transaction.atomic
def create_programme(
    *,
    author: User,
    network: Network,
    about: About,
    delegations: Iterable[int],
    new_delegations: Iterable[str] = (),
) -> Programme:
    """A programme of these delegations of the network (ids), and of new ones (names). Its circle holds their people
    and the animators. Raises `DomainError` with a sentence."""
    require(can_run_programmes(membership_for(author, network), network))
    chosen = _delegations_of(network, delegations, new_delegations)
    title = clean_title(about.title)
    circle = create_cohort(network=network, name=title, delegations=chosen, with_animators=True)
    programme = Programme(network=network, circle=circle, created_by=author)
    _write(programme, about)
    programme.save()
    Enrolment.objects.bulk_create([Enrolment(programme=programme, delegation_id=pk) for pk in sorted(chosen)])
    return programme


@transaction.atomic
def edit_programme(
    *,
    actor: User,
    programme: Programme,
    about: About,
    delegations: Iterable[int],
    new_delegations: Iterable[str] = (),
) -> Programme:
    """Say it otherwise, or let other delegations follow it: the circle of the programme and those of its sessions that
    are not over go along at once; what is over follows the rule for those who leave."""
    current = hold_programme(actor, programme)
    keep_the_past(programme=current)
    chosen = _delegations_of(current.network, delegations, new_delegations)
    _write(current, about)
    current.save()
    Circle.objects.filter(pk=current.circle_id).update(name=current.title[:120])
    Enrolment.objects.filter(programme=current).exclude(delegation__in=chosen).delete()
    Enrolment.objects.bulk_create(
        [Enrolment(programme=current, delegation_id=pk) for pk in sorted(chosen)], ignore_conflicts=True
    )
    change_cohort(circle=current.circle, delegations=chosen)
    for circle in _circles_of_sessions(current):
        change_cohort(circle=circle, delegations=chosen)
    return current


@transaction.atomic
def add_milestone(
    *, actor: User, programme: Programme, kind: str, title: str, on: date, note: str = "", delegation: int | None = None
) -> Milestone:
    """A date to know: a deadline, or a day still to be planned, maybe on the territory of one delegation."""
    current = hold_programme(actor, programme)
    milestone = Milestone(programme=current)
    _write_milestone(milestone, kind, title, on, note, delegation)
    milestone.save()
    return milestone


@transaction.atomic
def edit_milestone(
    *, actor: User, milestone: Milestone, kind: str, title: str, on: date, note: str = "", delegation: int | None = None
) -> Milestone:
    hold_programme(actor, milestone.programme)
    _write_milestone(milestone, kind, title, on, note, delegation)
    milestone.save()
    return milestone


@transaction.atomic
def remove_milestone(*, actor: User, milestone: Milestone) -> None:
    """Removing twice is removing once."""
    hold_programme(actor, milestone.programme)
    Milestone.objects.filter(pk=milestone.pk).delete()


def keep_the_past(*, programme: Programme) -> int:
    """By the rule KEEP, the people of each session that is over stay as they were: who leaves a delegation later keeps
    what was said there. Returns how many circles this stopped."""
    if programme.leavers_rule != LeaversRule.KEEP:
        return 0
    over = _over(programme.pk)
    circles = Circle.objects.filter(pk__in=over.values("circle")).exclude(pk__in=_still_open(programme))
    return sum(freeze_cohort(circle=circle) for circle in circles)


def keep_every_past() -> int:
    """`keep_the_past` of all programmes that have a past to keep."""
    due = Programme.objects.filter(Exists(_over(OuterRef("pk"))), leavers_rule=LeaversRule.KEEP)
    return sweep("sessions.past.keep", _keep, list(due.order_by("pk")))


@transaction.atomic
def _keep(programme: Programme) -> int:
    return keep_the_past(programme=programme)


# --- Shared with the services of delegations and peer days --------------------------------------------------------


def hold_programme(actor: User, programme: Programme) -> Programme:
    """The programme's row, held, after judging that the actor may edit it now."""
    current = (
        Programme.objects.select_for_update(of=("self",), no_key=True)
        .select_related("network", "circle")
        .get(pk=programme.pk)
    )
    require(can_run_programmes(membership_for(actor, current.network), current.network))
    return current


def clean_title(title: str) -> str:
    title = one_line(title)
    if not title:
        raise DomainError(_("Donnez un titre."))
    return title[:160]


# --- Own ----------------------------------------------------------------------------------------------------------


def _write(programme: Programme, about: About) -> None:
    if about.ends_on < about.starts_on:
        raise DomainError(_("Le parcours doit se terminer après son début."))
    if (about.ends_on - about.starts_on).days > LONGEST_DAYS:
        raise DomainError(_("Un parcours dure cinq ans au plus."))
    if about.time_zone not in known_zones():
        raise DomainError(_("Ce fuseau horaire n’existe pas."))
    source = clean_source(about.description)
    try:
        rendered = render(source, names={})
    except TextError as error:
        raise DomainError(str(error)) from error
    programme.title = clean_title(about.title)
    programme.description, programme.description_html = source, rendered.html
    programme.render_version = RENDER_VERSION
    programme.starts_on, programme.ends_on, programme.time_zone = about.starts_on, about.ends_on, about.time_zone
    programme.leavers_rule = LeaversRule(about.leavers_rule)
    programme.approval_rule = ApprovalRule(about.approval_rule)
    programme.approval_days = about.approval_days


def _delegations_of(network: Network, delegations: Iterable[int], names: Iterable[str]) -> set[int]:
    """Those of the network; those that are only named are made, or found by their name."""
    wanted = set(delegations)
    found = set(Delegation.objects.filter(network=network, pk__in=wanted).values_list("pk", flat=True))
    if found != wanted:
        raise DomainError(_("Cette délégation est celle d’un autre réseau."))
    for name in filter(None, (one_line(name)[:120] for name in names)):
        delegation, _created = Delegation.objects.get_or_create(network=network, name=name)
        found.add(delegation.pk)
    return found


def _circles_of_sessions(programme: Programme) -> list[Circle]:
    """The cohorts of the sessions that are not over, or not open yet."""
    pks = _still_open(programme) - {programme.circle_id}
    return list(Circle.objects.filter(pk__in=pks, kind=CircleKind.COHORT).order_by("pk"))


def _over(programme: int | OuterRef) -> QuerySet[PeerSession]:
    """The sessions of a programme that are over, and whose people are derived still (from more than the programme's
    own circle)."""
    return PeerSession.objects.filter(
        programme=programme, opens_to=None, ends_at__lte=timezone.now(), circle__kind=CircleKind.COHORT
    ).exclude(circle=F("programme__circle"))


def _still_open(programme: Programme) -> set[int]:
    sessions = PeerSession.objects.filter(programme=programme, ends_at__gt=timezone.now())
    return {opens_to or circle for circle, opens_to in sessions.values_list("circle", "opens_to")}


def _write_milestone(milestone: Milestone, kind: str, title: str, on: date, note: str, delegation: int | None) -> None:
    enrolled: Collection[int] = Enrolment.objects.filter(programme=milestone.programme).values_list(
        "delegation", flat=True
    )
    if delegation is not None and delegation not in enrolled:
        raise DomainError(_("Cette délégation ne suit pas ce parcours."))
    milestone.kind, milestone.title, milestone.on = MilestoneKind(kind), clean_title(title), on
    milestone.note, milestone.delegation_id = one_line(note)[:500], delegation
