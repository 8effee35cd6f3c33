"""Programmes and their milestones: the list, the course, and the animator's acts."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerhub.people.http import INVALID, allow, person, press, submit
from peerhub.people.queries import membership_for, own_network_for
from peerhub.ui.shortcuts import or_404, see_other
from sessions.models import Programme
from sessions.policies.programmes import can_run_programmes
from sessions.programme_forms import DuplicateForm, MilestoneForm, ProgrammeForm
from sessions.queries import programmes as queries
from sessions.queries.reports import awaited_in
from sessions.services import duplicating
from sessions.services import programmes as services


def runnable_programme(request: HttpRequest, pk: int) -> Programme:
    """404 for who does not see the programme, 403 for who does not run it."""
    programme = or_404(queries.programme_for, request.user, pk)
    allow(can_run_programmes(membership_for(request.user, programme.network), programme.network))
    return programme


@require_safe
@login_required
def programme_list(request: HttpRequest, slug: str) -> HttpResponse:
    network, membership = or_404(own_network_for, request.user, slug)
    context = {
        "network": network,
        "programmes": queries.programmes_of(request.user, network),
        "can_run": can_run_programmes(membership, network),
        "today": timezone.localdate(),
    }
    return render(request, "sessions/programme_list.html", context)


@require_safe
@login_required
def programme_page(request: HttpRequest, pk: int) -> HttpResponse:
    programme = or_404(queries.programme_for, request.user, pk)
    membership = membership_for(request.user, programme.network)
    can_run = can_run_programmes(membership, programme.network)
    context = {
        "network": programme.network,
        "programme": programme,
        "membership": membership,
        "can_run": can_run,
        "course": queries.course_of(request.user, programme, with_drafts=bool(can_run)),
        "delegations": queries.delegation_lines(programme),
        "awaited_reports": awaited_in(person(request), programme) if can_run else [],
    }
    return render(request, "sessions/programme.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def programme_create(request: HttpRequest, slug: str) -> HttpResponse:
    network, membership = or_404(own_network_for, request.user, slug)
    allow(can_run_programmes(membership, network))
    form = ProgrammeForm(
        request.POST or None,
        delegations=queries.delegations_of(network),
        initial={"time_zone": person(request).time_zone},
    )
    made, status = submit(
        form,
        lambda: services.create_programme(author=person(request), network=network, **form.values()),
        refused=INVALID,
    )
    if made is not None:
        messages.success(request, _("Le parcours est ouvert aux personnes de ses délégations."))
        return see_other(made)
    return render(request, "sessions/programme_form.html", {"network": network, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    programme = runnable_programme(request, pk)
    form = ProgrammeForm(
        request.POST or None, delegations=queries.delegations_of(programme.network), programme=programme
    )
    edited, status = submit(
        form,
        lambda: services.edit_programme(actor=person(request), programme=programme, **form.values()),
        refused=INVALID,
    )
    if edited is not None:
        messages.success(request, _("Le parcours est enregistré."))
        return see_other(programme)
    context = {"network": programme.network, "programme": programme, "form": form}
    return render(request, "sessions/programme_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def programme_duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    programme = runnable_programme(request, pk)
    form = DuplicateForm(
        request.POST or None,
        delegations=queries.delegations_of(programme.network),
        initial={"title": programme.title, "delegations": programme.circle.delegations},
    )
    made, status = submit(
        form,
        lambda: duplicating.duplicate_programme(actor=person(request), programme=programme, **form.values()),
        refused=INVALID,
    )
    if made is not None:
        messages.success(request, _("Le parcours est repris à ces dates. Ses séances sont à l’état de projet."))
        return see_other(made)
    context = {"network": programme.network, "programme": programme, "form": form}
    return render(request, "sessions/programme_duplicate.html", context, status=status)


# --- Milestones ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@login_required
def milestone_create(request: HttpRequest, pk: int) -> HttpResponse:
    programme = runnable_programme(request, pk)
    form = MilestoneForm(request.POST or None, programme=programme)
    added, status = submit(
        form,
        lambda: services.add_milestone(actor=person(request), programme=programme, **form.values()),
        refused=INVALID,
    )
    if added is not None:
        messages.success(request, _("La date est dans le parcours."))
        return see_other(programme)
    context = {"network": programme.network, "programme": programme, "form": form}
    return render(request, "sessions/programme_milestone.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def milestone_edit(request: HttpRequest, pk: int) -> HttpResponse:
    milestone = or_404(queries.milestone_for, request.user, pk)
    programme = runnable_programme(request, milestone.programme_id)
    form = MilestoneForm(request.POST or None, programme=programme, milestone=milestone)
    edited, status = submit(
        form,
        lambda: services.edit_milestone(actor=person(request), milestone=milestone, **form.values()),
        refused=INVALID,
    )
    if edited is not None:
        messages.success(request, _("La date est enregistrée."))
        return see_other(programme)
    context = {"network": programme.network, "programme": programme, "form": form, "milestone": milestone}
    return render(request, "sessions/programme_milestone.html", context, status=status)


@require_POST
@login_required
def milestone_remove(request: HttpRequest, pk: int) -> HttpResponse:
    milestone = or_404(queries.milestone_for, request.user, pk)
    programme = runnable_programme(request, milestone.programme_id)
    act = partial(services.remove_milestone, actor=person(request), milestone=milestone)
    press(request, act, _("La date est retirée du parcours."))
    return see_other(programme)
