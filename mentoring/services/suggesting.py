"""Proposing peers to whoever looks for help."""

from django.db import transaction
from django.utils import timezone

from mentoring.enums import SuggestionState
from mentoring.models import Competence, Need, NeedSuggestion, Solicitation
from mentoring.policies.needs import can_see_suggestions
from mentoring.queries.suggestions import best_for, suggestions_for
from peerhub.people.errors import require
from peerhub.people.models import User

PROPOSED = 5


def hold_need(pk: int) -> Need:
    """The row of a need, held to the end of the transaction, then read as it is, with what matching asks of it."""
    Need.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
    return Need.objects.select_related("network", "author", "competence", "territory__traits").get(pk=pk)


@transaction.atomic
def suggest_peers(*, need: Need) -> list[NeedSuggestion]:
    """Seek peers for an open need, and keep who is proposed to its author: those who were asked or set aside stay what
    they are, and are not proposed again. Returns what is proposed now, the best first."""
    current = hold_need(need.pk)
    rows = NeedSuggestion.objects.filter(need=current)
    before = set(rows.exclude(state=SuggestionState.PROPOSED).values_list("peer", flat=True))
    before |= set(Solicitation.objects.filter(need=current).values_list("peer", flat=True))
    fits = best_for(current, limit=PROPOSED, leaving_out=before)
    now = timezone.now()
    rows.filter(state=SuggestionState.PROPOSED).exclude(peer__in=[fit.user_id for fit in fits]).delete()
    NeedSuggestion.objects.bulk_create(
        [
            NeedSuggestion(
                need=current,
                peer_id=fit.user_id,
                rank=rank,
                score=fit.score,
                reasons=[reason.kept() for reason in fit.reasons],
                suggested_at=now,
            )
            for rank, fit in enumerate(fits, 1)
        ],
        update_conflicts=True,
        unique_fields=["need", "peer"],
        update_fields=["rank", "score", "reasons"],
    )
    Need.objects.filter(pk=current.pk).update(suggested_at=now)
    return list(rows.filter(state=SuggestionState.PROPOSED).order_by("rank", "pk"))


@transaction.atomic
def dismiss_peer(*, author: User, need: Need, peer_id: int) -> bool:
    """Set a proposed peer aside, and propose another instead; nobody is told. False when they were not proposed."""
    current = hold_need(need.pk)
    require(can_see_suggestions(author, current))
    changed = _mark(current.pk, peer_id, SuggestionState.DISMISSED)
    if changed:
        suggest_peers(need=current)
    return changed


@transaction.atomic
def search_again(*, author: User, need: Need) -> list[NeedSuggestion]:
    """Seek once more: people join, free themselves and learn."""
    require(can_see_suggestions(author, hold_need(need.pk)))
    return suggest_peers(need=need)


@transaction.atomic
def search_about(*, author: User, need: Need, competence: Competence) -> list[NeedSuggestion]:
    """Say what an open need is about, whose sentence named nothing that is known, and seek peers for it. Once said, it
    stays. Raises `Refused`."""
    current = hold_need(need.pk)
    require(can_see_suggestions(author, current))
    Need.objects.filter(pk=current.pk, competence=None).update(competence=competence)
    return suggest_peers(need=current)


def mark_asked(*, need_id: int, peer_id: int) -> bool:
    """This peer was asked; in the caller's transaction. False when they were not proposed: somebody named them."""
    return _mark(need_id, peer_id, SuggestionState.ASKED)


def next_peer(*, need: Need) -> int | None:
    """The best (id) of those who are proposed and may still be asked today, or nobody."""
    current = hold_need(need.pk)
    found = suggestions_for(current.author, current)
    return found[0].row.peer_id if found else None


def _mark(need_id: int, peer_id: int, state: SuggestionState) -> bool:
    proposed = NeedSuggestion.objects.filter(need=need_id, peer=peer_id, state=SuggestionState.PROPOSED)
    return bool(proposed.update(state=state))
