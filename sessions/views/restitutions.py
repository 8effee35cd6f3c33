"""The envelopes of an agora: closed, opened together, verified."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import or_404, see_other
from sessions.confidence import agora_panel
from sessions.enums import Format
from sessions.fragments import envelopes_html, opened_envelopes
from sessions.models import PeerSession
from sessions.queries.conclusions import category_at, opened_at
from sessions.queries.sessions import session_for
from sessions.services import revealing
from sessions.services.sealing import verify_chain

LINK_FORM = '{"content_hash":"…","previous_hash":"…","sealed_at":"…"}'
# What computes a SHA-256 without another program, by system.
COMMANDS = (
    ("sha256sum enveloppe-….json", "Linux"),
    ("shasum -a 256 enveloppe-….json", "macOS"),
    ("Get-FileHash enveloppe-….json", "Windows PowerShell"),
)


@require_safe
@login_required
def restitutions(request: HttpRequest, pk: int) -> HttpResponse:
    """With `?suite`: the opened envelopes alone, for a page that may have missed them; 204 while they are closed."""
    user = person(request)
    agora = _agora(user, pk)
    if "suite" in request.GET:
        opened = opened_at(agora)
        if not opened:
            return HttpResponse(status=204)
        return HttpResponse(envelopes_html(agora, opened_envelopes(opened)))
    mark_read(user=user, streak=f"session.{agora.pk}")
    return _page(request, user, agora)


@require_POST
@login_required
def open_all(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    agora = _agora(user, pk)
    try:
        opened = revealing.open_envelopes(actor=user, agora=agora)
    except DomainError as refusal:
        return _page(request, user, agora, refusal)
    _tell(request, opened)
    return see_other("sessions:restitutions", agora.pk)


@require_POST
@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    agora = _agora(user, pk)
    try:
        opened = revealing.ask_to_open(user=user, agora=agora)
    except DomainError as refusal:
        return _page(request, user, agora, refusal)
    if opened:
        _tell(request, opened)
    else:
        messages.success(request, _("Votre demande est notée. Tout s’ouvrira quand chaque catégorie aura demandé."))
    return see_other("sessions:restitutions", agora.pk)


@require_safe
@login_required
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole chain of seals, walked now; once the envelopes of this agora are open."""
    user = person(request)
    agora = _agora(user, pk)
    opened = opened_envelopes(opened_at(agora))
    if not opened:
        raise Http404
    flaws = verify_chain()
    ours = {one.envelope.conclusion.pk for one in opened}
    context = {
        "network": agora.network,
        "agora": agora,
        "opened": opened,
        "is_chain_intact": not flaws,
        "is_ours_intact": not [flaw for flaw in flaws if flaw.conclusion_id in ours],
        "commands": COMMANDS,
        "link_form": LINK_FORM,
    }
    return render(request, "sessions/reveal_verification.html", context)


def _agora(user: User, pk: int) -> PeerSession:
    agora = or_404(session_for, user, pk)
    if agora.format != Format.AGORA:
        raise Http404
    return agora


def _tell(request: HttpRequest, opened: int) -> None:
    if opened:
        sentence = ngettext("%(n)s enveloppe est ouverte.", "%(n)s enveloppes sont ouvertes, ensemble.", opened)
        messages.success(request, sentence % {"n": opened})


def _page(request: HttpRequest, user: User, agora: PeerSession, refusal: DomainError | None = None) -> HttpResponse:
    context = {
        "network": agora.network,
        "session": agora,
        "reveal": agora_panel(user, agora, membership_for(user, agora.network), category_at(user, agora)),
        "refusal": str(refusal) if refusal else "",
    }
    status = refusal_status(refusal) if refusal else 200
    return render(request, "sessions/restitutions.html", context, status=status)
