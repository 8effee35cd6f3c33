"""Reads of sessions. Each raises `PeerSession.DoesNotExist` for what the person may not see."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery, SearchQueryField
from django.db.models import Case, F, Func, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.caching import recent
from peerhub.people.enums import CircleKind
from peerhub.people.folding import fold
from peerhub.people.models import Circle, Network, User
from peerhub.people.prepared import ForPerson, InstancesForPerson, Marks, PreparedInstances, Shape
from peerhub.ui.pagination import Page, page_of
from peerhub.ui.times import day as day_words
from sessions.enums import SessionState, VideoProvider
from sessions.models import TEXTS, CalendarFeed, PeerSession, Registration
from sessions.queries.filters import EVERYTHING, Filters
from sessions.tokens import hash_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PAGE_SIZE = 20
Person = User | AnonymousUser


_session = InstancesForPerson(
    lambda marks, user: (
        PeerSession.objects.visible_to(user)
        .filter(pk=marks.integer("pk"))
        .for_cards()
        .select_related("created_by", "territory", "topic", "peer_day")
        .defer("search", "topic__title_vector")
    )
)
_registration = PreparedInstances(
    lambda marks: Registration.objects.filter(session=marks.integer("session"), user=marks.integer("user"))
)


def session_for(user: Person, pk: int) -> PeerSession:
    """With what its page shows."""
    session: PeerSession | None = _session.first(user, pk=pk)
    if session is None:
        raise PeerSession.DoesNotExist
    return session


_act_on = InstancesForPerson(
    lambda marks, user: (
        PeerSession.objects.visible_to(user)
        .filter(pk=marks.integer("pk"))
        .select_related("network", "circle")
        .defer(*TEXTS)
    )
)


def session_to_act_on(user: Person, pk: int) -> PeerSession:
    """With what an act and its answer need, which is little: of a session in demand, hundreds claim a seat at once."""
    session: PeerSession | None = _act_on.first(user, pk=pk)
    if session is None:
        raise PeerSession.DoesNotExist
    return session


def registration_of(user: Person, session: PeerSession) -> Registration | None:
    if not user.is_authenticated:
        return None
    registration: Registration | None = _registration.first(session=session.pk, user=user.pk)
    return registration


def circles_for_planning(user: Person, network: Network) -> QuerySet[Circle]:
    """The circles of a network that a session may be opened to by this person: those the person is in, and everyone."""
    return (
        Circle.objects.visible_to(user)
        .filter(Q(network=network) | Q(kind=CircleKind.PUBLIC))
        .exclude(kind__in=[CircleKind.SESSION, CircleKind.CONVERSATION])
        .select_related("category", "delegation")
        .order_by(Case(When(kind=CircleKind.NETWORK, then=0), When(kind=CircleKind.PUBLIC, then=1), default=2), "pk")
    )


# --- Lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """The sessions that begin on one day, in the viewer's zone."""

    date: date
    sessions: list[PeerSession]

    @property
    def words(self) -> str:
        return day_words(self.date)


def session_page(
    user: Person,
    network: Network,
    *,
    is_past: bool = False,
    filters: Filters = EVERYTHING,
    on: date | None = None,
    page: int = 1,
) -> Page[PeerSession]:
    """One page of a network's sessions: those not over, soonest first; those over, latest first; or all that begin on
    one day of the viewer's zone. Raises Http404 past the last page."""
    sessions = filters.apply(PeerSession.objects.visible_to(user), user, network)
    if on is not None:
        sessions = sessions.filter(starts_at__gte=midnight(on), starts_at__lt=midnight(on + timedelta(days=1)))
        sessions = sessions.order_by("starts_at", "pk")
    else:
        sessions = sessions.past() if is_past else sessions.upcoming()
    rows = sessions.for_cards().with_mine(user).defer(*TEXTS)
    return page_of(rows, page, PAGE_SIZE)


def midnight(day: date) -> datetime:
    """When a day begins in the current zone."""
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


def by_day(sessions: list[PeerSession]) -> list[Day]:
    """Grouped by the day on which they begin in the current zone; keeps their order."""
    return [
        Day(day, list(group))
        for day, group in groupby(sessions, key=lambda session: timezone.localtime(session.starts_at).date())
    ]


# --- For the portal -----------------------------------------------------------------------------------------------


_next = InstancesForPerson(
    lambda marks, user: (
        PeerSession.objects.visible_to(user)
        .scheduled()
        .upcoming(marks.moment("now"))
        .joined_by(user)
        .filter(network=marks.integer("network"))
        .for_cards()
        .with_mine(user)[:1]
    )
)
UPCOMING = 5
# What began earlier is not looked at to find what is not over: home would walk through every session that ever was
# (87 ms in a network of 26,000; 1 ms since).
LONGEST = timedelta(days=31)
_upcoming = InstancesForPerson(
    lambda marks, user: (
        PeerSession.objects.visible_to(user)
        .scheduled()
        .upcoming(marks.moment("now"))
        .filter(network=marks.integer("network"), starts_at__gt=marks.moment("since"))
        .for_cards()
        .with_mine(user)
        .defer(*TEXTS)[:UPCOMING]
    )
)


def next_session_for(user: Person, network: Network | None = None) -> PeerSession | None:
    """The next session, or the one under way, in which the person holds a seat and which the person may see."""
    if not user.is_authenticated:
        return None
    if network is not None:
        session: PeerSession | None = _next.first(user, network=network.pk, now=timezone.now())
        return session
    sessions = PeerSession.objects.visible_to(user).scheduled().upcoming().joined_by(user)
    return sessions.for_cards().with_mine(user).first()


def upcoming_for(user: Person, network: Network, limit: int = UPCOMING) -> list[PeerSession]:
    """The next sessions of a network that the person may see, UPCOMING at most, with `is_mine`; without their texts."""
    now = timezone.now()
    return _upcoming.all(user, network=network.pk, now=now, since=now - LONGEST)[:limit]


OPEN_SHOWN = 4
_open_to_everyone = InstancesForPerson(
    lambda marks, user: (
        PeerSession.objects.visible_to(user)
        .scheduled()
        .upcoming(marks.moment("now"))
        .filter(network__is_public=True, starts_at__gt=marks.moment("since"))
        .for_cards()
        .defer(*TEXTS)[:OPEN_SHOWN]
    )
)


@recent
def open_to_everyone() -> list[PeerSession]:
    """The next sessions that the whole web may see, of the networks that it may see: OPEN_SHOWN at most. As old as a
    page that visitors share may be."""
    now = timezone.now()
    return _open_to_everyone.all(AnonymousUser(), now=now, since=now - LONGEST)


FOUND = 10
# Of those that hold the words, the latest: a word that is everywhere must not cost a rank of each.
RANKED = 200


def search_sessions(user: Person, network: Network | None, q: str, limit: int = FOUND) -> list[PeerSession]:
    """The sessions that the person may see and whose title or text answer the words; titles count more, then the
    latest ones (of the latest RANKED). Read: what names them and says when."""
    if not q.strip():
        return []
    in_network = {"network": network.pk} if network else {}
    rows = (_found_in_network if network else _found).rows(user, words=fold(q), **in_network)
    return [_SHOWN.build(row) for row in rows[:limit]]


# All that answer are sorted, the latest alone are ranked. Joined anew to be ranked, they were most of the time.
_BY_RANK = f"""
SELECT id, title, starts_at FROM ({{}}) latest (id, title, starts_at, search, asked)
ORDER BY ts_rank(search, asked) DESC, starts_at DESC, id LIMIT {FOUND}
"""  # noqa: S608 - constants of this module
_SHOWN = Shape([("", PeerSession, ("id", "title", "starts_at"))])


def _searching(marks: Marks, user: Person, *, has_network: bool) -> QuerySet[PeerSession, Any]:
    words = SearchQuery(marks.text("words"), config="french", search_type="websearch")
    # As a sub-select it is made once, and not for each row.
    asked = Func(words, template="(SELECT %(expressions)s)", output_field=SearchQueryField())
    sessions = PeerSession.objects.visible_to(user).filter(search=words)
    if has_network:
        sessions = sessions.filter(network=marks.integer("network"))
    return sessions.order_by("-starts_at", "pk").values_list(*_SHOWN.columns, "search", asked)[:RANKED]


_found = ForPerson(partial(_searching, has_network=False), around=_BY_RANK)
_found_in_network = ForPerson(partial(_searching, has_network=True), around=_BY_RANK)


@dataclass(frozen=True)
class Attention:
    """A session and why its animator should look at it: `few`, `full` or `no_link`."""

    session: PeerSession
    reasons: tuple[str, ...]

    @property
    def sentences(self) -> "list[_StrOrPromise]":
        words = {
            "few": _("Peu d’inscrit·es"),
            "full": _("Complète"),
            "no_link": _("Ni lieu ni lien vidéo"),
        }
        return [words[reason] for reason in self.reasons]


FEW = 3


def sessions_needing_attention(
    user: Person, network: Network, *, within: timedelta = timedelta(days=21), limit: int = 10
) -> list[Attention]:
    """The coming sessions of a network, visible to its animator, that are full, have few people a week before, or say
    neither where nor how to join; meetings of the animator's own conversations are none of these."""
    now = timezone.now()
    sessions = (
        PeerSession.objects.visible_to(user)
        .scheduled()
        .filter(network=network, starts_at__gt=now, starts_at__lt=now + within)
        .exclude(circle__kind=CircleKind.CONVERSATION)
        .order_by("starts_at", "pk")
    )
    few = Q(registered_count__lt=FEW, starts_at__lt=now + timedelta(days=7))
    full = Q(capacity__isnull=False, registered_count__gte=F("capacity"))
    no_link = Q(place="", video_url="", video_provider=VideoProvider.LINK)
    found: list[Attention] = []
    for session in sessions.filter(few | full | no_link).for_cards()[:limit]:
        reasons = (
            ("few", session.registered_count < FEW and session.starts_at < now + timedelta(days=7)),
            ("full", session.is_full),
            ("no_link", not session.place and not session.meets_by_video),
        )
        found.append(Attention(session, tuple(name for name, holds in reasons if holds)))
    return found


# --- For calendars ------------------------------------------------------------------------------------------------

FEED_KEEPS = timedelta(days=90)
CANCELLED_KEPT = timedelta(days=30)


def feed_sessions(user: User, now: datetime | None = None) -> list[PeerSession]:
    """What a person's calendar feed holds: the sessions of the person's seats, that the person may see now; those
    cancelled stay for 30 days as cancelled, those over for 90."""
    now = now or timezone.now()
    if not user.is_active:
        return []
    kept = Q(state=SessionState.SCHEDULED) | Q(cancelled_at__gt=now - CANCELLED_KEPT)
    return list(
        PeerSession.objects.visible_to(user)
        .joined_by(user)
        .filter(kept, ends_at__gt=now - FEED_KEEPS)
        .for_cards()
        .order_by("starts_at", "pk")
    )


def feed_of_token(token: str) -> CalendarFeed:
    """The feed that this secret opens, with its person; raises `CalendarFeed.DoesNotExist`."""
    return CalendarFeed.objects.select_related("user").get(token_hash=hash_of(token))


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def may_read(user: Person, session: PeerSession) -> bool:
    """Whether the person sees it by now, as the rows have it."""
    return PeerSession.objects.visible_to(user).filter(pk=session.pk).exists()


def visible_among(user: Person, sessions: list[PeerSession]) -> list[PeerSession]:
    """Those of these sessions whose name the person may still read."""
    pks = {session.pk for session in sessions}
    return list(PeerSession.objects.visible_to(user).filter(pk__in=pks).for_cards().order_by("starts_at", "pk"))
