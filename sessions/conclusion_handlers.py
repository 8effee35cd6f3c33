"""Reactions to what happens to conclusions, envelopes and confidentiality: who is told, and never of what."""

from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from sessions.enums import ConclusionState, RegistrationState, Voice
from sessions.events import (
    ConclusionObjected,
    ConclusionProposed,
    ConclusionSealed,
    EnvelopesOpened,
    LoweringAsked,
    LoweringClosed,
)
from sessions.models import Conclusion, ConclusionVoice, LoweringRequest, PeerSession
from sessions.queries.conclusions import voters_of


@handles(ConclusionProposed)
def on_conclusion_proposed(event: ConclusionProposed) -> None:
    """The group, unless the text changed since."""
    conclusion = _conclusion(event.conclusion_id)
    if conclusion is None or conclusion.version != event.version or conclusion.state != ConclusionState.PROPOSED:
        return
    _tell("proposed", conclusion, voters_of(conclusion.session), str(event.version), conclusion.proposed_by_id)


@handles(ConclusionObjected)
def on_conclusion_objected(event: ConclusionObjected) -> None:
    """Who proposed, and those who facilitate, while the objection stands."""
    voice = ConclusionVoice.objects.filter(pk=event.voice_id, voice=Voice.OBJECTS).first()
    conclusion = _conclusion(voice.conclusion_id) if voice else None
    if voice is None or conclusion is None or conclusion.version != voice.version:
        return
    people = set(conclusion.session.facilitators.values_list("pk", flat=True))
    if conclusion.proposed_by_id:
        people.add(conclusion.proposed_by_id)
    _tell("objected", conclusion, people, str(voice.pk), voice.user_id)


@handles(ConclusionSealed)
def on_conclusion_sealed(event: ConclusionSealed) -> None:
    conclusion = _conclusion(event.conclusion_id)
    if conclusion is not None and conclusion.is_closed:
        _tell("sealed", conclusion, voters_of(conclusion.session), "once", None)


@handles(EnvelopesOpened)
def on_envelopes_opened(event: EnvelopesOpened) -> None:
    """Those who are registered at the agora."""
    agora = PeerSession.objects.filter(pk=event.agora_id).first()
    if agora is None:
        return
    seats = agora.registrations.filter(state=RegistrationState.REGISTERED)
    notify(
        kind="sessions.envelopes_opened",
        recipients=seats.values_list("user_id", flat=True),
        target_id=agora.pk,
        dedupe_key=f"agora:{agora.pk}:opened:{event.conclusion_id}",
        network_id=agora.network_id,
        streak=f"session.{agora.pk}",
    )


@handles(LoweringAsked)
def on_lowering_asked(event: LoweringAsked) -> None:
    """The authors who have not answered; each once."""
    request = LoweringRequest.objects.select_related("session").filter(pk=event.request_id).first()
    if request is None or request.closed_at is not None:
        return
    silent = request.voices.filter(agrees__isnull=True).values_list("user_id", flat=True)
    _tell_of_request("sessions.lowering_asked", request, set(silent), "asked")


@handles(LoweringClosed)
def on_lowering_closed(event: LoweringClosed) -> None:
    """Who asked, and those who were asked."""
    request = LoweringRequest.objects.select_related("session").filter(pk=event.request_id).first()
    if request is None or request.closed_at is None:
        return
    people = set(request.voices.values_list("user_id", flat=True))
    if request.asked_by_id:
        people.add(request.asked_by_id)
    _tell_of_request("sessions.lowering_closed", request, people, "closed")


def _conclusion(pk: int) -> Conclusion | None:
    return Conclusion.objects.select_related("session").filter(pk=pk).first()


def _tell(what: str, conclusion: Conclusion, people: set[int], once: str, actor_id: int | None) -> None:
    notify(
        kind=f"sessions.conclusions_{what}",
        recipients=people,
        target_id=conclusion.pk,
        dedupe_key=f"conclusion:{conclusion.pk}:{what}:{once}",
        actor_id=actor_id,
        network_id=conclusion.session.network_id,
        streak=f"session.{conclusion.session_id}",
    )


def _tell_of_request(kind: str, request: LoweringRequest, people: set[int], once: str) -> None:
    notify(
        kind=kind,
        recipients=people,
        target_id=request.pk,
        dedupe_key=f"lowering:{request.pk}:{once}",
        network_id=request.session.network_id,
        streak=f"session.{request.session_id}",
    )
