"""Reactions to what a session leaves: who is told. Each may run twice: the keys make it once."""

from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from sessions.events import DecisionGiven
from sessions.models import Decision


@handles(DecisionGiven)
def on_decision_given(event: DecisionGiven) -> None:
    """Who has to do it, unless it is done, somebody else's, or that person's own word."""
    decision = Decision.objects.select_related("session").filter(pk=event.decision_id, owner=event.owner_id).first()
    if decision is None or decision.done_at is not None or not decision.session.is_scheduled:
        return
    notify(
        kind="sessions.decision_given",
        recipients=[event.owner_id],
        target_id=decision.pk,
        dedupe_key=f"decision:{decision.pk}:given:{event.owner_id}",
        actor_id=event.actor_id,
        network_id=decision.session.network_id,
        streak=f"session.{decision.session_id}",
    )
