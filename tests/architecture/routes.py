"""The whole table of addresses times the kinds of person, written out.

A route that is not here fails the test: whoever adds one says here who gets what. The answers to GET stand in the
order of `world.KINDS`. Letters: o 200, e 204, r redirect, l redirect to sign-in, f 403, n 404, x 405.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.architecture.world import SECRETS, World, answer_of
from tests.moderation.notes import KEY

# anonymous, newcomer, outsider, other_animator, former, suspended, agent, delegate, elected, animator, administrator
EVERYONE = "ooooooooooo"
SIGNED_IN = "loooooooooo"
MEMBERS = "lnnnnnoooon"
DELEGATION = "lnnnnnnoonn"
ELECTED = "lnnnnnnnonn"
ANIMATOR = "lnnnnnfffon"
ANIMATORS = "lnnnnnnnnon"
NOT_FOUND_AT_ALL = "nnnnnnnnnnn"
NOBODY = "lnnnnnnnnnn"
PROGRAMME = "lnnnnnnooon"
RUNS_IT = "lnnnnnnffon"
POST_ONLY = "xxxxxxxxxxx"
POST_ONLY_SIGNED_IN = "lxxxxxxxxxx"


# When sessions of the world take place (`world.py`).
SOON = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(days=5)


@dataclass(frozen=True)
class Route:
    expected: str
    arguments: Callable[[World, str], Mapping[str, Any]] = field(default=lambda _world, _kind: {})
    query: str = ""


def fixed(**arguments: Any) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda _world, _kind: arguments


def of(name: str, secret: str, **more: Any) -> Callable[[World, str], Mapping[str, Any]]:
    """The key of the secret's topic, post or session."""
    return lambda world, _kind: {"pk": getattr(world, name)[secret].pk, **more}


def of_actor(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda world, _kind: {"slug": "val", "pk": world.supports[secret].organisation_id}


VAL = fixed(slug="val")
VAL_FORUMS = fixed(network_slug="val")


def in_forum(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda world, _kind: {"network_slug": "val", "forum_slug": world.forums[secret].slug}


def theme(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda world, _kind: {"network_slug": "val", "pk": world.forums[secret].pk}


def topic(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    """Who may not see it asks by another slug: the true one holds the title, and a page may repeat its address."""
    return lambda world, kind: {
        "pk": world.topics[secret].pk,
        "slug": world.topics[secret].slug if kind in SECRETS[secret] else "x",
    }


def attached(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    """The name is a decoration of the address, which a page of sign-in repeats."""
    return lambda world, _kind: {"pk": world.files[secret].pk, "name": "x.txt"}


def own_search(world: World, kind: str) -> Mapping[str, Any]:
    return {"pk": world.searches.get(kind, 0)}


def atom(secret: str = "") -> Callable[[World, str], Mapping[str, Any]]:
    """The feeds of the person's own address; of one theme, or of everything."""

    def arguments(world: World, kind: str) -> Mapping[str, Any]:
        token = {"token": world.atoms.get(kind, "x" * 43)}
        return {**token, "pk": world.forums[secret].pk} if secret else token

    return arguments


def answering_for(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda world, _kind: {"pk": world.polls[secret].pk, "principal_pk": world.people["elected"].pk}


def first_slot(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda world, _kind: {
        "pk": world.polls[secret].pk,
        "slot_pk": world.polls[secret].slots.order_by("starts_at")[0].pk,
    }


def planned(name: str) -> Callable[[World, str], Mapping[str, Any]]:
    """What belongs to the programme of the world."""
    return lambda world, _kind: {"pk": getattr(world.plan, name).pk}


def envelopes(name: str) -> Callable[[World, str], Mapping[str, Any]]:
    """A group that has met, or an agora."""
    return lambda world, _kind: {"pk": getattr(world.envelopes, name).pk}


def asked_of(world: World, _kind: str) -> Mapping[str, Any]:
    """The request that a session be opened."""
    return {"pk": world.envelopes.request.session_id, "request_pk": world.envelopes.request.pk}


def in_delegation(**more: Any) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda world, _kind: {"pk": world.plan.programme.pk, "delegation": world.plan.delegation.pk, **more}


def first_of(world: World) -> int:
    """A session of the day that is still proposed."""
    return int(world.plan.draft.sessions.order_by("starts_at", "pk")[0].pk)


def date_of(secret: str, place: int) -> Callable[[World, str], Mapping[str, Any]]:
    """A session of the secret's series."""
    return lambda world, _kind: {"pk": world.series[secret].sessions.order_by("starts_at")[place].pk}


def numbered(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    """A certificate of the secret's training."""
    return lambda world, _kind: {"number": world.certificates[secret]}


def left_by(name: str) -> Callable[[World, str], Mapping[str, Any]]:
    """A session that is over."""
    return lambda world, _kind: {"pk": getattr(world.aftermath, name).pk}


def decided_by(name: str) -> Callable[[World, str], Mapping[str, Any]]:
    return lambda world, _kind: {
        "pk": getattr(world.aftermath, name).pk,
        "decision_pk": world.aftermath.decided[name].pk,
    }


def seat_of(secret: str) -> Callable[[World, str], Mapping[str, Any]]:
    """The elected official's seat in the secret's session."""
    return lambda world, _kind: {"pk": world.sessions[secret].pk, "user_pk": world.people["elected"].pk}


# A route may be walked several times, with the objects of several circles: the part after "#" tells them apart.
ROUTES: dict[str, Route] = {
    "portal:home": Route("orrrrrrrrrr"),
    "portal:network-home": Route(MEMBERS, VAL),
    "portal:desk": Route(ANIMATOR, VAL),
    "portal:search": Route(EVERYONE, query="?q=potiron"),
    "portal:search#words": Route(EVERYONE, query="?q=potiron&reseau=val"),
    "portal:search#filtered": Route(EVERYONE, query="?q=potiron+par:elu+theme:theme-0&tri=recent"),
    "portal:similar": Route(MEMBERS, VAL, "?q=Un+potiron+au+potager"),
    "portal:health-alive": Route(EVERYONE),
    "portal:health-ready": Route(EVERYONE),
    "people:colours": Route(EVERYONE),
    "people:territory-options": Route(SIGNED_IN, query="?q=potiron"),
    "people:network-list": Route(EVERYONE),
    "people:network-join": Route("lnnnnnrrrrn", VAL),
    "people:network-leave": Route(MEMBERS, VAL),
    "people:network-hat": Route(MEMBERS, VAL),
    "people:hat-confirm": Route(
        POST_ONLY_SIGNED_IN, lambda world, kind: {"slug": "val", "pk": world.people["agent"].memberships.get().pk}
    ),
    "people:hat-list": Route(SIGNED_IN),
    "people:hat-create": Route(SIGNED_IN),
    "people:hat-end": Route(POST_ONLY, lambda world, kind: {"pk": world.people["agent"].affiliations.get().pk}),
    "people:preferences": Route(SIGNED_IN),
    "forums:forum-list": Route(MEMBERS, VAL_FORUMS),
    "forums:topic-list#elected": Route(ELECTED, in_forum("elected")),
    "forums:topic-list#delegation": Route(DELEGATION, in_forum("delegation")),
    "forums:topic-list#chosen": Route(ELECTED, in_forum("chosen")),
    "forums:topic-list#animators": Route(ANIMATORS, in_forum("animators")),
    "forums:topic-list#network": Route(MEMBERS, in_forum("network")),
    "forums:topic-list#public": Route(EVERYONE, in_forum("public")),
    "forums:topic-list#categories": Route(ELECTED, in_forum("categories")),
    "forums:forum-list#narrowed": Route(MEMBERS, VAL_FORUMS, "?nature=question&sans=elected&vue=non-lus&filtrer=1"),
    "forums:topic-list#archives": Route(ELECTED, in_forum("elected"), "?vue=archives&mot-cle=jardin"),
    "forums:theme-list": Route(ANIMATOR, VAL_FORUMS),
    "forums:theme-create": Route(ANIMATOR, VAL_FORUMS),
    "forums:theme-starters": Route(POST_ONLY, VAL_FORUMS),
    "forums:theme-edit#elected": Route("lnnnnnnnfnn", theme("elected")),
    "forums:theme-edit#animators": Route(ANIMATORS, theme("animators")),
    "forums:theme-shift": Route(POST_ONLY, theme("elected")),
    "forums:theme-archive": Route(POST_ONLY, theme("elected")),
    "forums:tag-list": Route(MEMBERS, VAL_FORUMS),
    "forums:tag": Route(MEMBERS, fixed(network_slug="val", slug="jardin")),
    "forums:tag#synonym": Route("lnnnnnrrrrn", fixed(network_slug="val", slug="potager")),
    "forums:tag-edit": Route(ANIMATOR, fixed(network_slug="val", slug="jardin")),
    "forums:tag-merge": Route(POST_ONLY, fixed(network_slug="val", slug="jardin")),
    "forums:tag-delete": Route(POST_ONLY, fixed(network_slug="val", slug="jardin")),
    "forums:topic-create#elected": Route(ELECTED, in_forum("elected")),
    "forums:topic-create#network": Route(MEMBERS, in_forum("network")),
    "forums:topic-short": Route("lnnnnnnnrnn", of("topics", "elected")),
    "forums:topic#elected": Route(ELECTED, topic("elected")),
    "forums:topic#delegation": Route(DELEGATION, topic("delegation")),
    "forums:topic#chosen": Route(ELECTED, topic("chosen")),
    "forums:topic#animators": Route(ANIMATORS, topic("animators")),
    "forums:topic#network": Route(MEMBERS, topic("network")),
    "forums:topic#public": Route(EVERYONE, topic("public")),
    "forums:topic#after": Route(ELECTED, topic("elected"), "?after=0"),
    "forums:topic-read": Route(POST_ONLY, of("topics", "elected")),
    "forums:post-create": Route(POST_ONLY, of("topics", "elected")),
    "forums:forum-readers": Route("nnnnnnnnonn", in_forum("elected"), "?q=a"),
    "forums:topic-readers": Route("nnnnnnnnonn", of("topics", "elected"), "?q=a"),
    "forums:post-quote": Route("nnnnnnnnonn", of("posts", "elected")),
    "forums:draft-list": Route(SIGNED_IN),
    "forums:draft": Route("feeeeeeeoee", fixed(key="topic-1")),
    "forums:draft-forget": Route(POST_ONLY_SIGNED_IN, fixed(key="topic-1")),
    "forums:answer-revoke": Route(ELECTED, of("posts", "elected")),
    "forums:post-unread": Route(POST_ONLY, of("posts", "elected")),
    "forums:topic-print": Route(ELECTED, of("topics", "elected")),
    "forums:topic-print#public": Route(EVERYONE, of("topics", "public")),
    "forums:topic-actions": Route(ELECTED, of("topics", "elected")),
    "forums:post-actions": Route(ELECTED, of("posts", "elected")),
    "forums:answer-accept": Route(ELECTED, of("posts", "elected")),
    "forums:saved-search-list": Route(SIGNED_IN),
    "forums:saved-search-create": Route(POST_ONLY),
    "forums:saved-search": Route("lrrrrrrrrrr", own_search),
    "forums:saved-search#other": Route("lnnnnnnnrnn", lambda world, _kind: {"pk": world.searches["elected"]}),
    "forums:saved-search-edit": Route(SIGNED_IN, own_search),
    "forums:saved-search-delete": Route(POST_ONLY, own_search),
    "forums:search-feed": Route(EVERYONE, query="?q=potiron"),
    "forums:network-feed": Route("nnnnnnnnnnn", VAL_FORUMS),
    "forums:theme-feed#public": Route(EVERYONE, in_forum("public")),
    "forums:theme-feed#network": Route("nnnnnnnnnnn", in_forum("network")),
    "forums:feed-page": Route(SIGNED_IN),
    "forums:feed-open": Route(POST_ONLY),
    "forums:feed-revoke": Route(POST_ONLY),
    "forums:own-feed": Route("noooooooooo", atom()),
    "forums:own-followed-feed": Route("noooooooooo", atom()),
    "forums:own-theme-feed#elected": Route("nnnnnnnnonn", atom("elected")),
    "forums:own-theme-feed#network": Route("nnnnnnoooon", atom("network")),
    "forums:own-search-feed": Route(
        "noooooooooo", lambda world, kind: {**atom()(world, kind), **own_search(world, kind)}
    ),
    "forums:post": Route("lnnnnnnnrnn", of("posts", "elected")),
    "forums:post-react": Route(POST_ONLY, of("posts", "elected")),
    "forums:post-reactions": Route(ELECTED, of("posts", "elected")),
    "forums:post-reactions#public": Route(SIGNED_IN, of("posts", "public")),
    # Nobody tries one's own: the post of the elected official is the elected official's.
    "forums:post-tried": Route("lnnnnnnnfnn", of("posts", "elected")),
    "forums:post-trials": Route(ELECTED, of("posts", "elected")),
    "forums:post-trials#public": Route(EVERYONE, of("posts", "public")),
    "forums:post-keep": Route(ELECTED, of("posts", "elected")),
    "forums:bookmark-list": Route(SIGNED_IN),
    "forums:bookmark-remove": Route(POST_ONLY, fixed(pk=1)),
    "forums:topic-follow": Route(ELECTED, of("topics", "elected")),
    "forums:forum-follow": Route(ELECTED, of("forums", "elected")),
    "forums:forum-follow#public": Route(SIGNED_IN, of("forums", "public")),
    "forums:tag-follow": Route(MEMBERS, lambda world, _kind: {"pk": world.network.tags.order_by("pk")[0].pk}),
    "forums:follow-list": Route(SIGNED_IN),
    "forums:post-edit": Route(ELECTED, of("posts", "elected")),
    "forums:post-edit#network": Route("lnnnnnfffon", of("posts", "network")),
    "forums:post-history": Route(ELECTED, of("posts", "elected")),
    "forums:post-remove": Route(ELECTED, of("posts", "elected")),
    "forums:post-restore": Route(POST_ONLY, of("posts", "elected")),
    "forums:post-removed": Route("lnnnnnnnnnn", of("posts", "elected")),
    "forums:topic-curate": Route("lnnnnnnnfnn", of("topics", "elected", act="clore")),
    "forums:topic-curate#network": Route(ANIMATOR, of("topics", "network", act="retirer")),
    "forums:topic-curate#filing": Route(ANIMATOR, of("topics", "network", act="reclasser")),
    "forums:topic-curate#animators": Route(ANIMATORS, of("topics", "animators", act="epingler")),
    "forums:topic-move": Route(ANIMATOR, of("topics", "network")),
    "forums:topic-split": Route(ANIMATOR, of("topics", "network")),
    "forums:topic-merge": Route(ANIMATOR, of("topics", "network"), "?q=potiron"),
    "forums:topic-phone": Route(ANIMATOR, of("topics", "network"), "?q=p"),
    "forums:post-split": Route(ANIMATOR, of("posts", "network")),
    "forums:topic-removed": Route(NOBODY, of("topics", "elected")),
    "forums:topic-restore": Route(POST_ONLY, of("topics", "elected")),
    "forums:removed-list": Route(ANIMATOR, VAL_FORUMS),
    "forums:held-list": Route(SIGNED_IN),
    "forums:held-judge": Route(POST_ONLY, lambda world, _kind: {"pk": world.held}),
    "forums:held": Route("lnnnnnnnonn", lambda world, _kind: {"pk": world.held}),
    "forums:held-withdraw": Route(POST_ONLY, lambda world, _kind: {"pk": world.held}),
    "files:upload": Route(POST_ONLY),
    "files:file#elected": Route(ELECTED, attached("elected")),
    "files:file#delegation": Route(DELEGATION, attached("delegation")),
    "files:file#chosen": Route(ELECTED, attached("chosen")),
    "files:file#animators": Route(ANIMATORS, attached("animators")),
    "files:file#network": Route(MEMBERS, attached("network")),
    "files:file#public": Route(EVERYONE, attached("public")),
    # What was removed is nobody's, its owner included.
    "files:file#removed": Route(NOBODY, attached("elected removed")),
    "files:file#removed-public": Route(NOBODY, attached("public removed")),
    "files:thumbnail": Route(NOBODY, attached("elected")),
    "sessions:session-list": Route(MEMBERS, VAL),
    "sessions:session-list#month": Route(MEMBERS, VAL, f"?mois={SOON:%Y-%m}&categorie=elected"),
    "sessions:session-list#week": Route(MEMBERS, VAL, f"?semaine={SOON:%G-W%V}"),
    "sessions:session-list#networks": Route(MEMBERS, VAL, "?reseaux=tous&format=peer_group"),
    "sessions:session-create": Route(ANIMATOR, VAL),
    "sessions:session#elected": Route(ELECTED, of("sessions", "elected")),
    "sessions:session#delegation": Route(DELEGATION, of("sessions", "delegation")),
    "sessions:session#chosen": Route(ELECTED, of("sessions", "chosen")),
    "sessions:session#animators": Route(ANIMATORS, of("sessions", "animators")),
    "sessions:session#network": Route(MEMBERS, of("sessions", "network")),
    "sessions:session#public": Route(EVERYONE, of("sessions", "public")),
    "sessions:session-ics#elected": Route(ELECTED, of("sessions", "elected")),
    "sessions:session-ics#network": Route(MEMBERS, of("sessions", "network")),
    "sessions:register": Route("lnnnnnnnrnn", of("sessions", "elected")),
    "sessions:withdraw": Route("lnnnnnnnrnn", of("sessions", "elected")),
    "sessions:seat-wait": Route("lnnnnnnnrnn", of("sessions", "elected")),
    "sessions:seat-decline": Route("lnnnnnnnrnn", of("sessions", "elected")),
    "sessions:seats#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:seats#network": Route(ANIMATOR, of("sessions", "network")),
    "sessions:seat-log#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:seat-log#network": Route(ANIMATOR, of("sessions", "network")),
    "sessions:seat-rules": Route(POST_ONLY, of("sessions", "elected")),
    "sessions:seat-chase": Route(POST_ONLY, of("sessions", "elected")),
    "sessions:guest-add": Route(POST_ONLY, of("sessions", "elected")),
    "sessions:guest-remove": Route(POST_ONLY, of("sessions", "elected", guest=1)),
    "sessions:seat-answers#elected": Route("lnnnnnononn", of("sessions", "elected")),
    "sessions:seat-answers#network": Route(MEMBERS, of("sessions", "network")),
    "sessions:seat-answer-for#elected": Route("lnnnnnonnnn", seat_of("elected")),
    "sessions:seat-answer-for#network": Route("lnnnnnonnon", seat_of("network")),
    "sessions:seat-replace": Route(POST_ONLY, seat_of("elected")),
    "sessions:session-edit#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:session-edit#network": Route(ANIMATOR, of("sessions", "network")),
    "sessions:session-cancel": Route(ANIMATOR, of("sessions", "network")),
    "sessions:series#elected": Route(ELECTED, of("series", "elected")),
    "sessions:series#network": Route(MEMBERS, of("series", "network")),
    "sessions:series#public": Route(EVERYONE, of("series", "public")),
    "sessions:series-ics#elected": Route(ELECTED, of("series", "elected")),
    "sessions:series-ics#network": Route(MEMBERS, of("series", "network")),
    "sessions:series-ics#public": Route(EVERYONE, of("series", "public")),
    "sessions:series-rule#elected": Route("lnnnnnnnfnn", of("series", "elected")),
    "sessions:series-rule#network": Route(ANIMATOR, of("series", "network")),
    "sessions:session#series": Route(MEMBERS, date_of("network", 2)),
    "sessions:session#series-closed": Route(ELECTED, date_of("network", 1)),
    "sessions:session-edit#series": Route(ANIMATOR, date_of("network", 2)),
    "sessions:session-cancel#series": Route(ANIMATOR, date_of("network", 2)),
    "sessions:steps-edit#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:steps-edit#network": Route(ANIMATOR, of("sessions", "network")),
    "sessions:check-in": Route(POST_ONLY, of("sessions", "elected")),
    "sessions:attendance#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:attendance#network": Route(ANIMATOR, of("sessions", "network")),
    "sessions:attendance-pdf#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:attendance-pdf#network": Route(ANIMATOR, of("sessions", "network")),
    "sessions:certificate#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:certificate#network": Route("lnnnnnffffn", of("sessions", "network")),
    "sessions:video-join#elected": Route("lnnnnnnnfnn", of("sessions", "elected")),
    "sessions:video-join#network": Route("lnnnnnffffn", of("sessions", "network")),
    "sessions:charter": Route(MEMBERS, VAL),
    "sessions:charter-accept": Route(POST_ONLY, VAL),
    "sessions:network-calendar": Route(NOT_FOUND_AT_ALL, VAL),
    "sessions:network-calendar#public": Route(EVERYONE, fixed(slug="ailleurs")),
    "sessions:network-atom": Route(NOT_FOUND_AT_ALL, VAL),
    "sessions:network-atom#public": Route(EVERYONE, fixed(slug="ailleurs")),
    "sessions:feed-page": Route(SIGNED_IN),
    "sessions:feed-open": Route(POST_ONLY),
    "sessions:feed-revoke": Route(POST_ONLY),
    "sessions:feed": Route("n" + "o" * 10, lambda world, kind: {"token": world.feeds.get(kind, "x" * 43)}),
    "sessions:poll-list": Route(MEMBERS, VAL),
    "sessions:poll-create": Route(ANIMATOR, VAL),
    "sessions:poll#elected": Route(ELECTED, of("polls", "elected")),
    "sessions:poll#delegation": Route(DELEGATION, of("polls", "delegation")),
    "sessions:poll#chosen": Route(ELECTED, of("polls", "chosen")),
    "sessions:poll#animators": Route(ANIMATORS, of("polls", "animators")),
    "sessions:poll#network": Route(MEMBERS, of("polls", "network")),
    # The agent may answer for the elected official, and reads nothing of what it is about.
    "sessions:poll-answer-for": Route("lnnnnnonnnn", answering_for("elected")),
    "sessions:poll-guest": Route("n" * 11, fixed(token="forged")),
    "sessions:poll-edit#elected": Route("lnnnnnnnfnn", of("polls", "elected")),
    "sessions:poll-edit#network": Route(ANIMATOR, of("polls", "network")),
    "sessions:poll-slots": Route(ANIMATOR, of("polls", "network")),
    "sessions:poll-guests": Route(ANIMATOR, of("polls", "network")),
    "sessions:poll-close#elected": Route("lnnnnnnnfnn", first_slot("elected")),
    "sessions:poll-close#network": Route(ANIMATOR, first_slot("network")),
    "sessions:poll-act": Route(POST_ONLY, of("polls", "network")),
    "sessions:programme-list": Route(MEMBERS, VAL),
    "sessions:programme-create": Route(ANIMATOR, VAL),
    "sessions:programme": Route(PROGRAMME, planned("programme")),
    "sessions:programme-edit": Route(RUNS_IT, planned("programme")),
    "sessions:programme-duplicate": Route(RUNS_IT, planned("programme")),
    "sessions:milestone-create": Route(RUNS_IT, planned("programme")),
    "sessions:milestone-edit": Route(RUNS_IT, planned("milestone")),
    "sessions:milestone-remove": Route(POST_ONLY, planned("milestone")),
    "sessions:delegation": Route(PROGRAMME, in_delegation()),
    "sessions:delegation-settings": Route(POST_ONLY, in_delegation()),
    "sessions:delegation-add": Route(POST_ONLY, in_delegation()),
    "sessions:delegation-remove": Route(POST_ONLY, in_delegation()),
    "sessions:delegate-name": Route(POST_ONLY, in_delegation()),
    "sessions:delegate-revoke": Route(POST_ONLY, in_delegation(delegate=1)),
    "sessions:peer-day-create": Route(RUNS_IT, planned("programme")),
    "sessions:peer-day#sent": Route(RUNS_IT, planned("sent")),
    "sessions:peer-day#draft": Route(RUNS_IT, planned("draft")),
    "sessions:slot-edit": Route(
        "lnnnnnnffrn", lambda world, _kind: {"pk": world.plan.sent.pk, "session": world.plan.elected.pk}
    ),
    "sessions:peer-day-chase": Route(POST_ONLY, planned("sent")),
    "sessions:peer-day-discard": Route(POST_ONLY, planned("sent")),
    "sessions:invitations#sent": Route(RUNS_IT, planned("sent")),
    "sessions:invitations#draft": Route(RUNS_IT, planned("draft")),
    "sessions:invitation-mail": Route(
        RUNS_IT, lambda world, _kind: {"pk": world.plan.draft.pk, "session": first_of(world)}
    ),
    "sessions:session#peer-day": Route("lnnnnnnnonn", planned("elected")),
    "sessions:conclusions#draft": Route(ELECTED, envelopes("draft")),
    "sessions:conclusions#editing": Route(ELECTED, envelopes("draft"), "?modifier=1"),
    "sessions:conclusions#sealed": Route(ELECTED, envelopes("sealed")),
    "sessions:conclusions#revealed": Route(ELECTED, envelopes("revealed")),
    "sessions:conclusions#network": Route(NOBODY, of("sessions", "network")),
    "sessions:conclusion-propose": Route(POST_ONLY, envelopes("draft")),
    "sessions:conclusion-voice": Route(POST_ONLY, envelopes("draft")),
    "sessions:conclusion-seal": Route(POST_ONLY, envelopes("draft")),
    "sessions:envelope-file#draft": Route(NOBODY, envelopes("draft")),
    "sessions:envelope-file#sealed": Route(ELECTED, envelopes("sealed")),
    "sessions:envelope-file#revealed": Route(MEMBERS, envelopes("revealed")),
    "sessions:restitutions#waiting": Route(MEMBERS, envelopes("waiting")),
    "sessions:restitutions#opened": Route(MEMBERS, envelopes("opened")),
    "sessions:restitutions#fragment": Route(MEMBERS, envelopes("opened"), "?suite=1"),
    "sessions:restitutions#group": Route(NOBODY, envelopes("sealed")),
    "sessions:restitutions-open": Route(POST_ONLY, envelopes("waiting")),
    "sessions:restitutions-ask": Route(POST_ONLY, envelopes("waiting")),
    "sessions:restitutions-verify#waiting": Route(NOBODY, envelopes("waiting")),
    "sessions:restitutions-verify#opened": Route(MEMBERS, envelopes("opened")),
    "sessions:session#waiting": Route(MEMBERS, envelopes("waiting")),
    "sessions:session#opened": Route(MEMBERS, envelopes("opened")),
    "sessions:session#sealed": Route(ELECTED, envelopes("sealed")),
    "sessions:confidentiality#elected": Route(ELECTED, lambda world, _kind: {"pk": world.envelopes.request.session_id}),
    "sessions:confidentiality#network": Route(MEMBERS, of("sessions", "network")),
    "sessions:confidentiality-raise": Route(POST_ONLY, of("sessions", "network")),
    "sessions:confidentiality-lower": Route(POST_ONLY, of("sessions", "elected")),
    "sessions:confidentiality-answer": Route(POST_ONLY, asked_of),
    "sessions:confidentiality-withdraw": Route(POST_ONLY, asked_of),
    "sessions:minutes#written": Route(ELECTED, envelopes("draft")),
    "sessions:minutes#published": Route(ELECTED, envelopes("sealed")),
    "sessions:minutes#network": Route(MEMBERS, of("sessions", "network")),
    "sessions:minutes#public": Route(EVERYONE, of("sessions", "public")),
    "sessions:minutes-updates#elected": Route(ELECTED, envelopes("draft"), "?apres=0"),
    "sessions:minutes-updates#public": Route("lfffffoooof", of("sessions", "public"), "?apres=0"),
    "sessions:minutes-publish": Route(POST_ONLY, envelopes("draft")),
    "sessions:minutes-reopen": Route(POST_ONLY, envelopes("sealed")),
    "sessions:minutes-markdown#written": Route(ELECTED, envelopes("draft")),
    "sessions:minutes-markdown#published": Route(ELECTED, envelopes("sealed")),
    "sessions:minutes-markdown#public": Route("ffffffoooof", of("sessions", "public")),
    "sessions:my-decisions": Route(SIGNED_IN),
    "sessions:decisions#elected": Route(ELECTED, left_by("elected")),
    "sessions:decisions#network": Route(MEMBERS, left_by("network")),
    "sessions:decisions#public": Route("lfffffoooof", of("sessions", "public")),
    "sessions:decision#elected": Route(ELECTED, decided_by("elected")),
    "sessions:decision#network": Route("lnnnnnffoon", decided_by("network")),
    "sessions:decision-done": Route(POST_ONLY, decided_by("elected")),
    "sessions:decision-remove": Route(POST_ONLY, decided_by("elected")),
    "sessions:report-waive": Route(POST_ONLY, left_by("elected")),
    "sessions:evaluation#elected": Route(ELECTED, left_by("elected")),
    "sessions:evaluation#network": Route("lnnnnnffoon", left_by("network")),
    "sessions:session#elected-over": Route(ELECTED, left_by("elected")),
    "sessions:session#network-over": Route(MEMBERS, left_by("network")),
    "mentoring:directory": Route(MEMBERS, VAL),
    "mentoring:directory#words": Route(MEMBERS, VAL, "?q=potiron"),
    "mentoring:directory-words": Route(MEMBERS, VAL, "?q=potiron"),
    "mentoring:directory-export": Route(POST_ONLY, VAL),
    "mentoring:my-listing": Route(SIGNED_IN),
    "mentoring:profile": Route(MEMBERS, lambda world, kind: {"slug": "val", "user_pk": world.people["elected"].pk}),
    "mentoring:map": Route(MEMBERS, VAL, "?competence=potager"),
    "mentoring:nearby": Route(MEMBERS, VAL),
    "mentoring:competences": Route(MEMBERS, VAL, "?q=potager"),
    "mentoring:competence": Route(MEMBERS, fixed(slug="val", competence="potager")),
    "mentoring:curation": Route("lnnonnnnnoo"),
    "mentoring:curation-journal": Route("lnnonnnnnoo"),
    "mentoring:curated": Route("lnnonnnnnoo", fixed(slug="potager")),
    "mentoring:proposal": Route(ANIMATORS, of("competence_proposals", "animators")),
    "mentoring:my-competences": Route(SIGNED_IN),
    "mentoring:my-competence": Route(SIGNED_IN, fixed(slug="potager")),
    "mentoring:competence-withdraw": Route(POST_ONLY, fixed(slug="potager")),
    "mentoring:my-availability": Route(SIGNED_IN),
    "mentoring:mentorship-desk": Route(ANIMATOR, VAL),
    "mentoring:accompaniment": Route(DELEGATION, of("helped", "over")),
    "mentoring:thanks": Route(DELEGATION, of("asks", "sent")),
    "mentoring:trainings": Route(MEMBERS, VAL),
    "mentoring:use-report": Route(ANIMATOR, VAL),
    "mentoring:training-new": Route(MEMBERS, VAL),
    "mentoring:training#network": Route(MEMBERS, of("trainings", "network")),
    "mentoring:training#elected": Route(ELECTED, of("trainings", "elected")),
    "mentoring:training#draft": Route(ELECTED, of("trainings", "draft")),
    "mentoring:training-edit": Route("lnnnnnofffn", of("trainings", "network")),
    "mentoring:training-steps": Route("lnnnnnofffn", of("trainings", "network")),
    "mentoring:certificate#public": Route(EVERYONE, numbered("public")),
    "mentoring:certificate#elected": Route(EVERYONE, numbered("elected")),
    "mentoring:certificate-pdf": Route("lnnnnnnonnn", numbered("public")),
    "mentoring:needs": Route(MEMBERS, VAL),
    "mentoring:need-new": Route(MEMBERS, VAL),
    "mentoring:need#chosen": Route(ELECTED, of("needs", "chosen")),
    "mentoring:need#network": Route(MEMBERS, of("needs", "network")),
    "mentoring:need#draft": Route(ELECTED, of("needs", "draft")),
    "mentoring:need-edit#draft": Route(ELECTED, of("needs", "draft")),
    "mentoring:need-edit#network": Route("lnnnnnfnnnn", of("needs", "network")),
    "mentoring:need-drop": Route(POST_ONLY, of("needs", "draft")),
    "mentoring:need-search": Route(POST_ONLY, of("needs", "network")),
    "mentoring:need-close#chosen": Route(ELECTED, of("needs", "chosen")),
    "mentoring:need-close#network": Route("lnnnnnonnnn", of("needs", "network")),
    "mentoring:need-dismiss": Route(
        POST_ONLY, lambda world, kind: {"pk": world.needs["network"].pk, "user_pk": world.people["elected"].pk}
    ),
    "mentoring:need#asked": Route(DELEGATION, lambda world, kind: {"pk": world.asks["sent"].need_id}),
    "mentoring:solicitations": Route(SIGNED_IN),
    "mentoring:solicitation#sent": Route(DELEGATION, of("asks", "sent")),
    "mentoring:solicitation#queued": Route("lnnnnnnonnn", of("asks", "queued")),
    "mentoring:solicitation-new": Route(
        "lnnnnnnonnn",
        lambda world, kind: {"need_pk": world.asks["sent"].need_id, "user_pk": world.people["animator"].pk},
    ),
    "mentoring:need-tasks": Route(ANIMATOR, VAL),
    "mentoring:need-task-write": Route(
        ANIMATOR, lambda world, kind: {"slug": "val", "pk": world.asks["sent"].need.task.pk}
    ),
    "mentoring:introductions": Route(MEMBERS, VAL),
    "mentoring:introduction": Route("lnnnnnoonnn", of("introductions", "pair")),
    "mentoring:supports": Route(MEMBERS, VAL),
    "mentoring:supports#words": Route(MEMBERS, VAL, "?q=potiron&nature=funding"),
    "mentoring:actors": Route(ANIMATOR, VAL),
    "mentoring:actor#network": Route(MEMBERS, of_actor("network")),
    "mentoring:actor#over": Route(ANIMATORS, of_actor("animators")),
    "mentoring:support-new": Route("lnnnnnofffn", of_actor("network")),
    "mentoring:support#network": Route(MEMBERS, of("supports", "network")),
    "mentoring:support#over": Route(ANIMATORS, of("supports", "animators")),
    "mentoring:support-edit": Route("lnnnnnofffn", of("supports", "network")),
    "mentoring:my-evidence": Route(SIGNED_IN),
    "mentoring:mentorships": Route(MEMBERS, VAL),
    "mentoring:mentorship-new": Route(MEMBERS, VAL),
    "mentoring:open-groups": Route(MEMBERS, VAL),
    "mentoring:mentorship": Route(DELEGATION, of("mentorships", "delegation")),
    "mentoring:mentorship-terms": Route("lnnnnnnfonn", of("mentorships", "delegation")),
    "mentoring:mentorship-meet": Route(DELEGATION, of("mentorships", "delegation")),
    "mentoring:mentorship-course": Route(DELEGATION, of("mentorships", "delegation")),
    "mentoring:mentorship-invite": Route("lnnnnnnfonn", of("mentorships", "delegation")),
    "notifications:list": Route(SIGNED_IN),
    "notifications:open": Route("lnnnnnrrrrn", lambda world, kind: {"pk": world.notification_of(kind)}),
    "notifications:read-all": Route(POST_ONLY_SIGNED_IN),
    "notifications:preferences": Route(SIGNED_IN),
    "notifications:unsubscribe": Route("n" * 11, fixed(token="forged")),
    "moderation:report#elected": Route("lnnnnnnnonn", of("notes", "elected", target_key=KEY)),
    "moderation:report#network": Route("lnnnnnofoon", of("notes", "network", target_key=KEY)),
    "moderation:queue": Route(ANIMATOR, VAL),
    "moderation:queue#decided": Route(ANIMATOR, VAL, "?etat=decided"),
    "moderation:journal": Route(ANIMATOR, VAL),
    "moderation:rules": Route(ANIMATOR, VAL),
    "moderation:duty": Route(ANIMATOR, VAL),
    "moderation:duty-cancel": Route(POST_ONLY_SIGNED_IN, fixed(slug="val", pk=1)),
    "moderation:answers": Route(ANIMATOR, VAL),
    "moderation:answers-adopt": Route(POST_ONLY_SIGNED_IN, VAL),
    "moderation:answer-create": Route(ANIMATOR, VAL),
    "moderation:answer-edit": Route(ANIMATOR, lambda world, kind: {"slug": "val", "pk": answer_of(world)}),
    "moderation:answer-delete": Route(POST_ONLY_SIGNED_IN, fixed(slug="val", pk=1)),
    "moderation:case#elected": Route("lnnnnnnnnnn", of("cases", "elected")),
    "moderation:case#network": Route(ANIMATORS, of("cases", "network")),
    "moderation:case-claim": Route(POST_ONLY_SIGNED_IN, of("cases", "network")),
    "moderation:case-release": Route(POST_ONLY_SIGNED_IN, of("cases", "network")),
    "moderation:case-decide": Route(POST_ONLY_SIGNED_IN, of("cases", "network")),
    "moderation:case-write": Route(POST_ONLY_SIGNED_IN, of("cases", "network")),
    "moderation:appeal-decide": Route(POST_ONLY_SIGNED_IN, of("cases", "network")),
    "moderation:own-list": Route(SIGNED_IN),
    "moderation:own-case#elected": Route("lnnnnnnnonn", of("cases", "elected")),
    "moderation:own-case#network": Route("lnnnnnoonnn", of("cases", "network")),
    "moderation:own-write": Route(POST_ONLY_SIGNED_IN, of("cases", "network")),
    "moderation:own-appeal": Route(POST_ONLY_SIGNED_IN, of("cases", "network")),
    "account_login": Route("orrrrrrrrrr"),
    "account_logout": Route("roooooooooo"),
    "account_inactive": Route(EVERYONE),
    "account_signup": Route("orrrrrrrrrr"),
    "account_reauthenticate": Route("loooooooooo"),
    "account_email": Route(SIGNED_IN),
    "account_email_verification_sent": Route("lrrrrrrrrrr"),
    "account_change_password": Route(SIGNED_IN),
    "account_set_password": Route("lrrrrrrrrrr"),
    "account_reset_password": Route(EVERYONE),
    "account_confirm_login_code": Route("lrrrrrrrrrr"),
    "account_confirm_password_reset_code": Route("lllllllllll"),
    "account_complete_password_reset": Route("rrrrrrrrrrr"),
    "account_password_reset_completed": Route(EVERYONE),
    "account_request_login_code": Route("orrrrrrrrrr"),
    "set_language": Route(POST_ONLY),
    "choose-theme": Route(POST_ONLY),
    "mailbox:mail-list": Route(EVERYONE),
    "mailbox:mail": Route("n" * 11, fixed(key="none")),
    "mailbox:mail-html": Route("n" * 11, fixed(key="none")),
    "mailbox:mail-attachment": Route("n" * 11, fixed(key="none", number=1)),
    "ui:style-page": Route(EVERYONE),
    "ui:style-page-public": Route(EVERYONE),
    "ui:error-page": Route("n" * 11, fixed(status=404)),
}
