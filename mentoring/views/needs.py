"""Looking for help: a need, written as one types, and the peers who could answer it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mentoring.enums import NeedState
from mentoring.models import Need
from mentoring.need_forms import ClosingForm, NeedForm, SubjectForm
from mentoring.policies.needs import NeedAbilities, can_change_need, can_close_need, can_look_for_help, can_seek_again
from mentoring.policies.solicitations import can_ask
from mentoring.queries import needs as queries
from mentoring.queries.actors import supports_for
from mentoring.queries.competences import competences_by_id
from mentoring.queries.need_tasks import days_waited, task_of
from mentoring.queries.solicitations import is_helped, steps_of, wanted_for
from mentoring.queries.suggestions import suggestions_for, wanted_of
from mentoring.reason_lines import lines_of
from mentoring.services import needs as services
from mentoring.services import suggesting
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, refusal_status
from peerhub.people.models import Membership, Network, User
from peerhub.people.queries import membership_for, own_network_for
from peerhub.ui.shortcuts import integer, is_htmx, or_404, see_other

OPEN = "open"


@require_safe
@login_required
def needs(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    found = queries.needs_page(user, network)
    context = {"network": network, "found": found, "can_write": bool(can_look_for_help(membership))}
    return render(request, "mentoring/needs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def need_new(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_look_for_help(membership))
    if request.method == "POST":
        return _written(request, user, network, None)
    wanted = wanted_for(user, network, integer(request.GET.get("pair", "")))
    form = NeedForm(token=uuid4(), initial=_of_hat(membership) | {"pair": wanted and wanted.user.pk})
    return render(
        request, "mentoring/need_form.html", {"network": network, "form": form, "need": None, "wanted": wanted}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    need = or_404(queries.own_need_for, user, pk)
    if request.method == "POST":
        return _written(request, user, need.network, need)
    allow(can_change_need(user, need))
    wanted = wanted_for(user, need.network, need.wanted_peer_id)
    context = {"network": need.network, "form": NeedForm(need=need), "need": need, "wanted": wanted}
    return render(request, "mentoring/need_form.html", context)


def _written(request: HttpRequest, user: User, network: Network, need: Need | None) -> HttpResponse:
    """Keep what is valid of it, whatever is asked; then open it, when that is asked and all of it is valid."""
    form = NeedForm(request.POST, need=need)
    valid = form.is_valid()
    token = need.token if need else form.token_typed
    context = {"network": network, "form": form, "need": need}
    if not is_htmx(request):
        context["wanted"] = wanted_for(user, network, form.cleaned_data.get("pair"))
    if token is None:
        return render(request, "mentoring/need_form.html", context, status=422)
    try:
        kept = services.save_draft(author=user, network=network, token=token, fields=form.saved())
        context["need"] = kept
        if is_htmx(request):
            return render(request, "mentoring/_need_saved.html", {"need": kept})
        if not valid:
            return render(request, "mentoring/need_form.html", context, status=422)
        if request.POST.get("act") != OPEN and kept.is_draft:
            messages.success(request, _("Votre brouillon est enregistré : vous seul·e le voyez."))
            return see_other("mentoring:needs", network.slug)
        services.open_need(author=user, need=kept)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        page = "mentoring/_need_refused.html" if is_htmx(request) else "mentoring/need_form.html"
        return render(request, page, context, status=refusal_status(refusal))
    if kept.wanted_peer_id:
        return see_other("mentoring:solicitation-new", kept.pk, kept.wanted_peer_id)
    return see_other("mentoring:need", kept.pk)


def _of_hat(membership: Membership) -> dict[str, Any]:
    """The territory of the hat worn here, to begin with."""
    territory = membership.affiliation.territory
    return {"territory": territory.suggestion} if territory else {}


@require_safe
@login_required
def need(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = or_404(queries.need_for, user, pk)
    can = NeedAbilities.of(user, found)
    context = {"need": found, "network": found.network, "can": can, "is_mine": found.author_id == user.pk}
    if context["is_mine"]:
        steps = steps_of(found)
        is_answered = found.state == NeedState.ANSWERED
        context["can_seek_again"] = is_answered and bool(can_seek_again(user, found, is_helped=is_helped(found)))
        context |= {"steps": steps, "is_nobody_asked": not any(one.is_pending for one in steps)}
        if (task := task_of(user, found)) is not None:
            context |= {"written": task, "days": days_waited(task)}
    if can.see_suggestions:
        wanted = wanted_of(found)
        competences = competences_by_id(wanted)
        context |= {
            "understood": [competences[pk] for pk, worth in wanted.items() if worth == 1 and pk in competences],
            "can_ask": bool(can_ask(user, membership_for(user, found.network), found)),
            "suggestions": [(one, lines_of(one.reasons, competences)) for one in suggestions_for(user, found, wanted)],
        }
        if not wanted:
            context["subject"] = SubjectForm()
    if not found.is_closed:
        context["supports"] = supports_for(user, found)
    return render(request, "mentoring/need.html", context)


@require_POST
@login_required
def need_dismiss(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """Set a proposed peer aside; another one is proposed instead."""
    own = _act(request, pk, partial(suggesting.dismiss_peer, peer_id=user_pk))
    return see_other("mentoring:need", own.pk)


@require_POST
@login_required
def need_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Seek peers once more; about a subject, when its sentence named none; for somebody else, when who had answered
    helps no more."""
    act: Callable[..., object] = services.seek_again if request.POST.get("act") == "again" else suggesting.search_again
    if "competence" in request.POST:
        form = SubjectForm(request.POST)
        if form.is_valid():
            act = partial(suggesting.search_about, competence=form.cleaned_data["competence"])
        else:
            messages.error(request, _("Choisissez un sujet."))
    return see_other("mentoring:need", _act(request, pk, act).pk)


@require_POST
@login_required
def need_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    return see_other("mentoring:needs", _act(request, pk, services.drop_draft).network.slug)


def _act(request: HttpRequest, pk: int, act: Callable[..., object]) -> Need:
    """Do it to a need of one's own, or say why not."""
    user = person(request)
    own = or_404(queries.own_need_for, user, pk)
    try:
        act(author=user, need=own)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return own


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def need_close(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    own = or_404(queries.own_need_for, user, pk)
    allow(can_close_need(user, own))
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_need(author=user, need=own, closing=form.cleaned_data["closing"])
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Ce besoin est clos."))
        return see_other("mentoring:needs", own.network.slug)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "mentoring/need_close.html", {"need": own, "network": own.network, "form": form}, status=status
    )
