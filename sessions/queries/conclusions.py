"""Reads of the conclusions of a group, for its own page, and of the envelopes of an agora."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Max, OuterRef, Q

from forums.policies.writing import can_participate
from forums.queries.lens import every_category
from peerhub.people.models import ActorCategory, CircleMember, Membership, User
from peerhub.people.prepared import PreparedInstances
from sessions.enums import ApprovalRule, CheckInMethod, ConclusionState, Format, SessionState, Voice
from sessions.models import Attendance, Conclusion, ConclusionVoice, PeerSession, Registration, RevealVoice
from sessions.policies.conclusions import Standing, Tally, has_conclusions

Person = User | AnonymousUser
DEFAULT_DAYS = 3


def rule_of(session: PeerSession) -> tuple[str, int]:
    """How the group approves, and in how many days: by the programme; without one, silence of three days."""
    if session.programme is None:
        return ApprovalRule.NO_OBJECTION, DEFAULT_DAYS
    return session.programme.approval_rule, session.programme.approval_days


def voters_of(session: PeerSession) -> set[int]:
    """Who may speak of the conclusions: registered or present, and still in the circle."""
    return insiders(session, _registered(session) | set(_present(session)))


def group_of(session: PeerSession) -> set[int]:
    """Whose agreement is counted: those present, once whoever facilitates has kept the list; until then those
    registered, and those who say that they are there: nobody becomes the whole group by a button."""
    present = _present(session)
    is_kept = CheckInMethod.LIST in present.values()
    return insiders(session, set(present) if is_kept else set(present) | _registered(session))


def _registered(session: PeerSession) -> set[int]:
    return set(Registration.objects.registered().filter(session=session).values_list("user_id", flat=True))


def _present(session: PeerSession) -> dict[int, str]:
    """Who was there, and how it is known: by the list of whoever facilitates, if it has them once."""
    there = Attendance.objects.filter(session=session, is_present=True)
    found: dict[int, str] = {}
    for pk, method in there.values_list("user_id", "method"):
        if pk is not None and found.get(pk) != CheckInMethod.LIST:
            found[pk] = method
    return found


def insiders(session: PeerSession, user_ids: set[int]) -> set[int]:
    """Those of them who are in the session's circle."""
    inside = CircleMember.objects.filter(circle=session.circle_id, user__in=user_ids)
    return set(inside.values_list("user_id", flat=True))


def standing_of(user: User, session: PeerSession) -> Standing:
    named = PeerSession.objects.filter(pk=session.pk, facilitators=OuterRef("user"))
    own = Membership.objects.active().filter(user=user, network=session.network_id)
    membership = own.annotate(facilitates=Exists(named)).first()
    return Standing(
        has_voice=user.pk in voters_of(session),
        is_facilitator=getattr(membership, "facilitates", False),
        may_speak=can_participate(user, membership),
    )


def tally_of(conclusion: Conclusion) -> Tally:
    """The voices of the version that is proposed."""
    voices = dict(
        ConclusionVoice.objects.filter(conclusion=conclusion, version=conclusion.version).values_list("user", "voice")
    )
    return Tally(
        group=frozenset(group_of(conclusion.session)),
        agreeing=frozenset(pk for pk, voice in voices.items() if voice == Voice.AGREES),
        objecting=frozenset(pk for pk, voice in voices.items() if voice == Voice.OBJECTS),
    )


def agora_of(session: PeerSession) -> PeerSession | None:
    """Where the conclusions of a session will be opened: the agora of its peer day."""
    if session.peer_day_id is None:
        return None
    agoras = PeerSession.objects.filter(
        peer_day=session.peer_day_id, format=Format.AGORA, state=SessionState.SCHEDULED
    ).exclude(pk=session.pk)
    return agoras.select_related("circle__category", "network").order_by("starts_at", "pk").first()


_conclusion = PreparedInstances(
    lambda marks: Conclusion.objects.filter(session=marks.integer("session")).select_related(
        "seal", "proposed_by", "agora"
    )
)


def conclusion_of(session: PeerSession) -> Conclusion | None:
    """The conclusions of a session that the person sees: callers come from `session_for`. What was not revealed is not
    read where the session is open."""
    found: Conclusion | None = _conclusion.first(session=session.pk)
    if found is None or not (session.is_confidential or found.state == ConclusionState.REVEALED):
        return None
    found.session = session
    return found


@dataclass(frozen=True)
class ConclusionPage:
    session: PeerSession
    conclusion: Conclusion | None
    standing: Standing
    rule: str
    days: int
    tally: Tally
    voices: list[ConclusionVoice]
    past_objections: list[ConclusionVoice]
    mine: ConclusionVoice | None
    agora: PeerSession | None

    @property
    def agreed_count(self) -> int:
        return len(set(self.tally.group) & set(self.tally.agreeing))


def conclusion_page(user: User, session: PeerSession) -> ConclusionPage:
    """All that the page of conclusions shows; raises `Conclusion.DoesNotExist` for a session that draws none."""
    conclusion = conclusion_of(session)
    if conclusion is None and not has_conclusions(session):
        raise Conclusion.DoesNotExist
    rule, days = rule_of(session)
    said = list(
        ConclusionVoice.objects.filter(conclusion=conclusion).select_related("user").order_by("-version", "at", "pk")
        if conclusion
        else []
    )
    version = conclusion.version if conclusion else 0
    voices = [one for one in said if one.version == version]
    group = frozenset(group_of(session))
    return ConclusionPage(
        session=session,
        conclusion=conclusion,
        standing=standing_of(user, session),
        rule=rule,
        days=days,
        tally=Tally(
            group=group,
            agreeing=frozenset(one.user_id for one in voices if one.voice == Voice.AGREES),
            objecting=frozenset(one.user_id for one in voices if one.voice == Voice.OBJECTS),
        ),
        voices=voices,
        past_objections=[one for one in said if one.version < version and one.voice == Voice.OBJECTS],
        mine=next((one for one in voices if one.user_id == user.pk), None),
        agora=(conclusion.agora if conclusion and conclusion.is_closed else None) or agora_of(session),
    )


def envelope_file_for(user: Person, session_pk: int) -> Conclusion:
    """Sealed conclusions whose canonical form the person may keep; raises `Conclusion.DoesNotExist`."""
    closed = [ConclusionState.SEALED, ConclusionState.REVEALED]
    return (
        Conclusion.objects.visible_to(user)
        .filter(session=session_pk, state__in=closed)
        .select_related("session", "seal")
        .get()
    )


# --- At the agora ---------------------------------------------------------------------------------------------------


def envelopes_q(agora: PeerSession) -> Q:
    """The conclusions that are opened at an agora: those of its peer day, unless another one opens or opened them."""
    here = Q(agora=agora.pk)
    if agora.peer_day_id is None:
        return here
    orphans = Q(agora__isnull=True) | Q(agora__state=SessionState.CANCELLED)
    return here | Q(session__peer_day=agora.peer_day_id) & orphans & ~Q(state=ConclusionState.REVEALED)


def holds_envelopes(agora: PeerSession) -> bool:
    """Whether sealed conclusions of other sessions are opened here, or will be."""
    here = envelopes_q(agora) if agora.format == Format.AGORA else Q(agora=agora.pk)
    return Conclusion.objects.filter(here, state__in=[ConclusionState.SEALED, ConclusionState.REVEALED]).exists()


def groups_of(agora: PeerSession) -> list[PeerSession]:
    """The sessions in confidence whose conclusions are awaited at an agora."""
    if agora.peer_day_id is None:
        return []
    groups = PeerSession.objects.filter(
        peer_day=agora.peer_day_id, state=SessionState.SCHEDULED, circle__is_confidential=True, opens_to__isnull=True
    )
    groups = groups.exclude(format=Format.AGORA).exclude(pk=agora.pk)
    return list(groups.select_related("circle__category").order_by("starts_at", "pk"))


def categories_by_session(sessions: Iterable[PeerSession]) -> dict[int, list[int]]:
    """Which categories met in each session (read with its circle): by its circle; of a circle that does not say (a list
    of people, a cohort that was frozen), those of the people who were registered."""
    found = {one.pk: _of_circle(one) for one in sessions}
    unsaid = [pk for pk, categories in found.items() if not categories]
    if unsaid:
        hats = Registration.objects.registered().filter(session__in=unsaid).order_by("affiliation__category_id")
        for pk, category in hats.values_list("session", "affiliation__category_id").distinct():
            found[pk].append(category)
    return found


def _of_circle(session: PeerSession) -> list[int]:
    circle = session.circle
    return [circle.category_id] if circle.category_id is not None else list(circle.categories)


def wanted_categories(agora: PeerSession) -> set[int]:
    """The categories that met in confidence, each of which must ask; where none did, those of the people who are
    registered at the agora."""
    found = {pk for categories in categories_by_session(groups_of(agora)).values() for pk in categories}
    if found:
        return found
    registered = Registration.objects.registered().filter(session=agora)
    return set(registered.values_list("affiliation__category_id", flat=True))


def category_at(user: Person, agora: PeerSession) -> int | None:
    """The category under which the person is registered at the agora."""
    own = Registration.objects.registered().filter(session=agora, user_id=user.pk or 0)
    return own.values_list("affiliation__category_id", flat=True).first()


def asking_categories(agora: PeerSession) -> set[int]:
    """The categories of which a person who is still registered asked, since envelopes were last opened here."""
    opened = Conclusion.objects.filter(agora=agora, state=ConclusionState.REVEALED).order_by("-revealed_at")
    since = opened.values_list("revealed_at", flat=True).first()
    voices = RevealVoice.objects.filter(agora=agora)
    if since is not None:
        voices = voices.filter(at__gt=since)
    seats = Registration.objects.registered().filter(session=agora, user__in=voices.values("user"))
    return set(seats.values_list("affiliation__category_id", flat=True))


@dataclass(frozen=True)
class CategoryVoice:
    category: ActorCategory
    has_asked: bool


@dataclass(frozen=True)
class Sealed:
    """What may be told of closed envelopes to those who run or attend the agora: how many, nothing else; and the
    categories that must ask (ids), and how many were opened here."""

    sealed_count: int
    group_count: int
    voices: list[CategoryVoice]
    wanted: frozenset[int]
    revealed_count: int


def sealed_at(agora: PeerSession) -> Sealed:
    """Two queries, one more for the groups of a peer day, and one for those whose circle does not say a category: the
    same as `wanted_categories` and `asking_categories`, which the services ask, in fewer."""
    opened = Q(agora=agora.pk, state=ConclusionState.REVEALED)
    totals = Conclusion.objects.filter(envelopes_q(agora)).aggregate(
        sealed=Count("pk", filter=Q(state=ConclusionState.SEALED)),
        here=Count("pk", filter=Q(agora=agora.pk)),
        revealed=Count("pk", filter=opened),
        since=Max("revealed_at", filter=opened),
    )
    voices = RevealVoice.objects.filter(agora=agora, user=OuterRef("user"))
    if totals["since"] is not None:
        voices = voices.filter(at__gt=totals["since"])
    seats = Registration.objects.registered().filter(session=agora).annotate(asks=Exists(voices)).order_by()
    coming = set(seats.values_list("affiliation__category_id", "asks").distinct())
    groups = groups_of(agora)
    met = {pk for categories in categories_by_session(groups).values() for pk in categories}
    wanted = frozenset(met or {category for category, _asks in coming})
    return Sealed(
        sealed_count=totals["sealed"],
        group_count=max(len(groups), totals["here"], totals["sealed"]),
        voices=[CategoryVoice(one, (one.pk, True) in coming) for one in every_category() if one.pk in wanted],
        wanted=wanted,
        revealed_count=totals["revealed"],
    )


@dataclass(frozen=True)
class Envelope:
    """Opened conclusions, and whose they are: the categories that met, never the title of what is confidential."""

    conclusion: Conclusion
    categories: list[ActorCategory]

    @property
    def category_slug(self) -> str:
        return self.categories[0].slug if len(self.categories) == 1 else ""


def opened_at(agora: PeerSession) -> list[Envelope]:
    """What was revealed at an agora that the person sees, in the order of the sessions."""
    opened = Conclusion.objects.filter(agora=agora, state=ConclusionState.REVEALED)
    rows = list(opened.select_related("session__circle", "seal").order_by("session__starts_at", "session_id"))
    met = categories_by_session(one.session for one in rows)
    wanted = {pk for categories in met.values() for pk in categories}
    categories = {one.pk: one for one in ActorCategory.objects.filter(pk__in=wanted)} if wanted else {}
    return [Envelope(one, [categories[pk] for pk in met[one.session_id]]) for one in rows]
