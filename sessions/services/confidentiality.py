"""Closing a session further, at once; opening it wider, only when all who wrote there agree."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import Topic
from forums.services.topics import move_thread
from peerhub.live.publish import recheck_group_on_commit
from peerhub.moderation.services.trail import record
from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import ActorCategory, Circle, CircleMember, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import (
    categories_circle,
    category_circle,
    create_circle,
    create_cohort,
    delegation_circle,
)
from peerhub.text.markdown import one_line
from sessions.enums import OpeningTarget, RegistrationState
from sessions.events import LoweringAsked, LoweringClosed
from sessions.models import Conclusion, DatePoll, LoweringRequest, LoweringVoice, Minutes, PeerSession, Registration
from sessions.policies.confidentiality import can_answer, can_ask_to_lower, can_lower, can_raise
from sessions.queries.conclusions import holds_envelopes
from sessions.queries.confidentiality import (
    LOWERED,
    RAISED,
    TWIN,
    authors_of,
    closing_targets,
    opening_targets,
    pending_request,
    unreachable,
)
from sessions.seating.engine import Left
from sessions.seating.holders import holder_of
from sessions.services.closed_circles import make_closed_circle
from sessions.services.holding import hold_visible
from sessions.services.seats_room import enter, keep
from sessions.services.video import change_room


@transaction.atomic
def raise_confidentiality(*, actor: User, session: PeerSession, target: str) -> bool:
    """Close a session to a circle in confidence (a key of `closing_targets`), with all that was written there; who is
    outside of it reads nothing from the commit on. False when it was in confidence already."""
    current = _lock(session.pk, actor)
    if current.is_confidential:
        return False
    require(can_raise(actor, membership_for(actor, current.network), current))
    if target not in {one.key for one in closing_targets(current)}:
        raise DomainError(_("Choisissez à qui la séance se ferme."))
    was = current.circle
    circle = _twin(was, confidential=True) if target == TWIN else make_closed_circle(current, actor)
    _release_outsiders(current, circle, actor)
    _move(current, circle)
    if not current.has_begun():
        # Who is put out may know the address of the room, and its provider the title.
        change_room(current)
    # What people answered to the poll was said before: it closes with the session, and does not open with it.
    DatePoll.objects.filter(session=current).update(circle=circle)
    record(
        network_id=current.network_id,
        actor=actor,
        verb=RAISED,
        circle_id=circle.pk,
        session=current.pk,
        was=was.pk,
    )
    return True


@transaction.atomic
def ask_to_lower(*, actor: User, session: PeerSession, target: str, reason: str) -> LoweringRequest:
    """Ask all who wrote in a session in confidence that it be opened to a wider circle (a key of `opening_targets`).
    Who asks agrees; where nobody else wrote, it opens at once. Raises `Refused`, or `DomainError` with a sentence."""
    current = _lock(session.pk, actor)
    require(
        can_ask_to_lower(
            actor,
            membership_for(actor, current.network),
            current,
            Conclusion.objects.filter(session=current).first(),
            is_pending=pending_request(current) is not None,
            has_envelopes=holds_envelopes(current),
        )
    )
    if target not in {one.key for one in opening_targets(current)}:
        raise DomainError(_("Choisissez à qui la séance s’ouvrirait."))
    reason = one_line(reason)[:500]
    if not reason:
        raise DomainError(_("Dites pourquoi : les personnes qui ont écrit ici le liront."))
    authors = authors_of(current)
    if unreachable(current, authors):
        raise DomainError(
            _(
                "Une personne qui a écrit ici n’est plus dans le cercle : on ne peut plus lui demander son accord, "
                "et la séance reste en confidence."
            )
        )
    request = LoweringRequest.objects.create(
        session=current, asked_in=current.circle, target=target, asked_by=actor, reason=reason
    )
    now = timezone.now()
    LoweringVoice.objects.bulk_create(
        [
            LoweringVoice(request=request, user_id=pk, **({"agrees": True, "at": now} if pk == actor.pk else {}))
            for pk in sorted(authors)
        ]
    )
    _settle(request, current, now)
    return request


@transaction.atomic
def answer_lowering(*, user: User, request: LoweringRequest, agrees: bool) -> LoweringRequest:
    """One author's answer. One refusal closes the request; with the last agreement the session opens."""
    current = _lock(request.session_id, user)
    locked = LoweringRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    voices = LoweringVoice.objects.filter(request=locked)
    require(can_answer(user, locked, set(voices.values_list("user_id", flat=True))))
    now = timezone.now()
    voices.filter(user=user).update(agrees=agrees, at=now)
    if agrees:
        _settle(locked, current, now)
    else:
        _close(locked, now, is_granted=False)
    return locked


@transaction.atomic
def withdraw_request(*, actor: User, request: LoweringRequest) -> None:
    """Who asked may let go of it; what was answered stays in the journal."""
    _lock(request.session_id, actor)
    locked = LoweringRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.asked_by_id != actor.pk:
        raise Refused(_("Une demande est retirée par la personne qui l’a faite."))
    if locked.closed_at is None:
        _close(locked, timezone.now(), is_granted=None)


def _settle(request: LoweringRequest, session: PeerSession, now: datetime) -> None:
    """Open the session when all who wrote agree; whoever wrote meanwhile is asked too. Nobody writes during this: a
    message takes the row of its topic, a line of minutes theirs, conclusions that of the session. Raises `Refused` when
    what was written since the request does not leave by it."""
    if session.topic_id is not None:
        Topic.objects.select_for_update(of=("self",)).only("pk").get(pk=session.topic_id)
    list(Minutes.objects.select_for_update(of=("self",)).filter(session=session).values_list("pk"))
    voices = dict(LoweringVoice.objects.filter(request=request).values_list("user", "agrees"))
    new = authors_of(session) - set(voices)
    LoweringVoice.objects.bulk_create([LoweringVoice(request=request, user_id=pk) for pk in sorted(new)])
    if new or not all(voices.values()):
        emit(LoweringAsked(request_id=request.pk))
        return
    conclusion = Conclusion.objects.filter(session=session).first()
    require(can_lower(conclusion, has_envelopes=holds_envelopes(session)))
    was = session.circle_id
    # Made now, not when it was asked: who left meanwhile, or whose delegation did, is not let in by it.
    request.circle = _wider(session, request.target)
    request.save(update_fields=["circle"])
    _move(session, request.circle)
    _close(request, now, is_granted=True)
    record(
        network_id=session.network_id,
        actor=request.asked_by,
        verb=LOWERED,
        circle_id=request.circle.pk,
        session=session.pk,
        was=was,
    )


def _close(request: LoweringRequest, now: datetime, *, is_granted: bool | None) -> None:
    request.closed_at, request.is_granted = now, is_granted
    request.save(update_fields=["closed_at", "is_granted"])
    emit(LoweringClosed(request_id=request.pk))


def _move(session: PeerSession, circle: Circle) -> None:
    """The session and all that hangs on it; whoever is no longer in its circle stops hearing of it."""
    PeerSession.objects.filter(pk=session.pk).update(circle=circle, updated_at=timezone.now())
    if session.topic is not None:
        move_thread(topic=session.topic, circle=circle)
    recheck_group_on_commit(f"session.{session.pk}")
    recheck_group_on_commit(f"minutes.{session.pk}")


def _twin(circle: Circle, *, confidential: bool) -> Circle:
    """The circle of the same people, in confidence or not."""
    if circle.network is None:  # the public circle has no twin: `closing_targets` never offers it
        raise AssertionError
    if circle.kind == CircleKind.CATEGORY and circle.category:
        return category_circle(network=circle.network, category=circle.category, confidential=confidential)
    if circle.kind == CircleKind.CATEGORIES:
        categories = ActorCategory.objects.filter(pk__in=circle.categories)
        return categories_circle(network=circle.network, categories=categories, confidential=confidential)
    if circle.kind == CircleKind.DELEGATION and circle.delegation:
        return delegation_circle(delegation=circle.delegation, confidential=confidential)
    if circle.kind == CircleKind.COHORT:
        return create_cohort(
            network=circle.network,
            name=circle.name,
            delegations=circle.delegations,
            categories=circle.categories,
            chosen=circle.chosen,
            with_animators=circle.has_animators,
            confidential=confidential,
        )
    return create_circle(
        network=circle.network,
        kind=CircleKind.CUSTOM,
        name=circle.name,
        members=circle.members.all(),
        confidential=confidential,
    )


def _release_outsiders(session: PeerSession, circle: Circle, actor: User) -> None:
    """Who waits, or was offered a seat, and is outside of the session's new circle, can have none: they leave the list,
    so that the seats go to those who can. Nobody is offered any once it has begun."""
    if session.is_cancelled or session.has_begun():
        return
    rows = Registration.objects.filter(
        session=session, state__in=[RegistrationState.WAITING, RegistrationState.OFFERED]
    )
    outside = rows.exclude(user__in=CircleMember.objects.filter(circle=circle).values("user")).order_by("pk")
    # Those who wait first: else the seat of an offer that ends would be offered to one of them.
    leaving = sorted(outside, key=lambda row: row.state == RegistrationState.OFFERED)
    if not leaving:
        return
    room = enter(session.pk)
    for row in leaving:
        room.knows(row)
        keep(room, Left(holder_of(row.user_id)), actor_id=actor.pk)


def _wider(session: PeerSession, target: str) -> Circle:
    if target == OpeningTarget.PROGRAMME:
        if session.programme is None:
            raise DomainError(_("Cette séance n’est plus dans un parcours : faites une autre demande."))
        return session.programme.circle
    if target == OpeningTarget.NETWORK:
        return Circle.objects.of_network(session.network, CircleKind.NETWORK)
    return _twin(session.circle, confidential=False)


def _lock(pk: int, user: User) -> PeerSession:
    return hold_visible(pk, user, "circle__delegation", "circle__network", "topic", "programme__circle")
