"""What the animators of a network keep: canned answers, turns of duty, and the trail that they read."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from peerhub.moderation import targets
from peerhub.moderation.acts import detail_of
from peerhub.moderation.answers import default_answers
from peerhub.moderation.models import CannedAnswer, DutyTurn, NetworkRules, TrailEntry
from peerhub.people.enums import Role
from peerhub.people.models import Membership, Network, User
from peerhub.ui.pagination import KeysetPage

JOURNAL_SIZE = 30


@dataclass(frozen=True)
class JournalLine:
    entry: TrailEntry
    label: str
    detail: str
    url: str  # of the thing, while the animator may open it
    case_url: str


def answers_of(network: Network) -> list[CannedAnswer]:
    """The network's own texts; those that PeerHub proposes while it has none."""
    return list(CannedAnswer.objects.filter(network=network)) or default_answers(network)


def answer_for(network: Network, pk: int) -> CannedAnswer:
    return CannedAnswer.objects.get(pk=pk, network=network)


def rules_for(network: Network) -> NetworkRules:
    """The rules as they are now, or the defaults, not yet written."""
    return NetworkRules.objects.filter(pk=network.pk).first() or NetworkRules(network=network)


def duty_turns(network: Network) -> list[DutyTurn]:
    """Turns that are not over, in their order."""
    turns = DutyTurn.objects.filter(network=network, ends_on__gte=timezone.localdate())
    return list(turns.select_related("user").order_by("starts_on", "pk"))


def duty_turn_for(network: Network, pk: int) -> DutyTurn:
    return DutyTurn.objects.select_related("user").get(pk=pk, network=network)


def animators_of(network: Network) -> list[User]:
    animators = Membership.objects.active().filter(network=network, role=Role.ANIMATOR).select_related("user")
    return [one.user for one in animators.order_by("user__given_name", "user__family_name")]


def journal_page(user: User, membership: Membership, before: int | None = None) -> KeysetPage[JournalLine]:
    """A page of the trail, the newest first; only acts in circles that are open to the reader."""
    entries = TrailEntry.objects.readable_by(membership, user).select_related("actor", "about").order_by("-pk")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    rows = list(entries[: JOURNAL_SIZE + 1])
    page = rows[:JOURNAL_SIZE]
    return KeysetPage(
        items=_lines(user, page),
        older=str(page[-1].pk) if len(rows) > JOURNAL_SIZE else None,
    )


def _lines(user: User, entries: Sequence[TrailEntry]) -> list[JournalLine]:
    keys = {(one.target_key, one.target_id) for one in entries if one.target_id is not None}
    shown = targets.load_shown(user, keys)
    lines = []
    for entry in entries:
        found = shown.get((entry.target_key, entry.target_id)) if entry.target_id is not None else None
        case_id = entry.facts.get("case_id")
        lines.append(
            JournalLine(
                entry=entry,
                label=str(targets.verb_label(entry.verb)),
                detail=detail_of(entry),
                url=found.url if found else "",
                case_url=f"/moderation/{case_id}/" if case_id and found else "",
            )
        )
    return lines
