"""Reads of mentorships. Each raises `Mentorship.DoesNotExist` for what the person may not see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import MentorshipState
from mentoring.models import DirectoryEntry, Mentorship
from mentoring.models.mentorships import MentorshipQuerySet
from mentoring.policies.mentorships import has_agreed, others_of
from mentoring.queries.directory import search_people
from peerhub.people.models import Network, User
from sessions.models import PeerSession

ENDED_SHOWN = 30


@dataclass(frozen=True)
class MentorshipLine:
    """One mentorship, as one of its people reads it."""

    mentorship: Mentorship
    is_mentor: bool
    others: list[User]
    waits_for_me: bool
    is_due: bool
    next_meeting: PeerSession | None = None

    @property
    def title(self) -> str:
        """Who one is in it with."""
        names = {"names": ", ".join(one.full_name for one in self.others), "name": self.mentorship.mentor.full_name}
        if not self.mentorship.is_group:
            return _("Mentorat avec %(names)s") % names
        if not self.is_mentor:
            return _("Groupe de %(name)s") % names
        return _("Groupe avec %(names)s") % names if self.others else _("Mon groupe")


@dataclass(frozen=True)
class MentorshipsPage:
    given: list[MentorshipLine]
    received: list[MentorshipLine]
    ended: list[MentorshipLine]


def mentorships_page(user: User, network: Network) -> MentorshipsPage:
    """A person's mentorships of a network: four queries."""
    mine = _shown(Mentorship.objects.visible_to(user)).filter(network=network)
    running = list(mine.exclude(state=MentorshipState.ENDED).order_by("-created_at", "-pk"))
    ended = list(mine.filter(state=MentorshipState.ENDED).order_by("-ended_at", "-pk")[:ENDED_SHOWN])
    meetings = _next_meetings(running)
    lines = [line_of(user, one, meetings.get(one.circle_id)) for one in running]
    return MentorshipsPage(
        given=[line for line in lines if line.is_mentor],
        received=[line for line in lines if not line.is_mentor],
        ended=[line_of(user, one) for one in ended],
    )


def mentorship_for(user: User, pk: int) -> Mentorship:
    return _shown(Mentorship.objects.visible_to(user)).get(pk=pk)


def loaded_mentorship(pk: int) -> Mentorship | None:
    """For what reacts to an event: seen by nobody."""
    return _shown(Mentorship.objects.all()).filter(pk=pk).first()


def mentorships_by_id(user: User, ids: Iterable[int]) -> dict[int, Mentorship]:
    """Those of these that the person may open: two queries."""
    return {one.pk: one for one in _shown(Mentorship.objects.visible_to(user)).filter(pk__in=set(ids))}


def people_to_invite(user: User, mentorship: Mentorship, words: str) -> list[DirectoryEntry]:
    """Members of the network whom the words name and who are not in the group, nor were."""
    known = {mentorship.mentor_id, *(one.user_id for one in mentorship.peers.all())}
    return [entry for entry in search_people(user, mentorship.network, words) if entry.user_id not in known]


def line_of(user: User, mentorship: Mentorship, next_meeting: PeerSession | None = None) -> MentorshipLine:
    is_mentor = mentorship.mentor_id == user.pk
    return MentorshipLine(
        mentorship=mentorship,
        is_mentor=is_mentor,
        others=others_of(user, mentorship),
        waits_for_me=not mentorship.is_ended and not has_agreed(mentorship, user),
        is_due=mentorship.is_running and mentorship.ends_on <= timezone.localdate(),
        next_meeting=next_meeting,
    )


@dataclass(frozen=True)
class Meetings:
    ahead: list[PeerSession]
    last: PeerSession | None


def meetings_of(user: User, mentorship: Mentorship) -> Meetings:
    """What its people planned in their circle, the next one first; then the last one that was held: two queries."""
    sessions = PeerSession.objects.visible_to(user).scheduled().filter(circle=mentorship.circle_id).for_cards()
    return Meetings(ahead=list(sessions.upcoming()), last=sessions.past().first())


def meetings_ahead(mentorship: Mentorship) -> list[PeerSession]:
    """Those that have not begun."""
    sessions = PeerSession.objects.scheduled().filter(circle=mentorship.circle_id, starts_at__gt=timezone.now())
    return list(sessions.order_by("pk"))


def paused_until(day: date) -> list[int]:
    """Whose pause ends by this day."""
    due = Mentorship.objects.filter(state=MentorshipState.PAUSED, paused_until__lte=day)
    return list(due.order_by("pk").values_list("pk", flat=True))


def to_end_by(day: date) -> list[int]:
    """Those that were to end by this day, and whose people were not asked for that day yet."""
    unasked = Q(end_asked_for__isnull=True) | ~Q(end_asked_for=F("ends_on"))
    due = Mentorship.objects.running().filter(unasked, ends_on__lte=day)
    return list(due.order_by("pk").values_list("pk", flat=True))


def _shown(mentorships: MentorshipQuerySet) -> MentorshipQuerySet:
    return mentorships.select_related("network", "circle", "mentor", "competence", "need", "topic").prefetch_related(
        "peers__user"
    )


def _next_meetings(mentorships: Iterable[Mentorship]) -> dict[int, PeerSession]:
    """Of each circle, the next session: one query."""
    circles = [one.circle_id for one in mentorships]
    ahead = PeerSession.objects.scheduled().filter(circle__in=circles).upcoming()
    return {session.circle_id: session for session in ahead.reverse()}
