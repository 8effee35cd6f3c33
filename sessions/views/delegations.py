"""A delegation in a programme: its people, its seats, its lead, and who answers for an elected official."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import or_404, see_other
from sessions.models import Enrolment
from sessions.models.programmes import PRINCIPALS
from sessions.policies.programmes import (
    can_lead,
    can_name_delegate,
    can_revoke_delegate,
    can_run_programmes,
)
from sessions.programme_forms import DelegateForm, EnrolmentForm, PersonForm
from sessions.queries import programmes as queries
from sessions.services import delegations as services


@require_safe
@login_required
def delegation_page(request: HttpRequest, pk: int, delegation: int) -> HttpResponse:
    enrolment = or_404(queries.enrolment_for, request.user, pk, delegation)
    return render(request, "sessions/delegation.html", _context(request, enrolment))


@require_POST
@login_required
def delegation_settings(request: HttpRequest, pk: int, delegation: int) -> HttpResponse:
    enrolment = or_404(queries.enrolment_for, request.user, pk, delegation)
    form = _settings_form(enrolment, request.POST)
    return _act(
        request,
        enrolment,
        form,
        lambda: services.set_enrolment(actor=person(request), enrolment=enrolment, **form.values()),
        _("Les réglages de la délégation sont enregistrés."),
        settings_form=form,
    )


@require_POST
@login_required
def person_add(request: HttpRequest, pk: int, delegation: int) -> HttpResponse:
    enrolment = or_404(queries.enrolment_for, request.user, pk, delegation)
    network = enrolment.programme.network
    form = PersonForm(request.POST, people=queries.free_members(network))
    return _act(
        request,
        enrolment,
        form,
        lambda: services.add_person(
            actor=person(request), enrolment=enrolment, membership=form.cleaned_data["membership"]
        ),
        _("Cette personne est dans la délégation."),
        person_form=form,
    )


@require_POST
@login_required
def person_remove(request: HttpRequest, pk: int, delegation: int) -> HttpResponse:
    enrolment = or_404(queries.enrolment_for, request.user, pk, delegation)
    form = PersonForm(request.POST, people=queries.people_of([enrolment.delegation_id]))
    return _act(
        request,
        enrolment,
        form,
        lambda: services.remove_person(
            actor=person(request), enrolment=enrolment, membership=form.cleaned_data["membership"]
        ),
        _("Cette personne n’est plus dans la délégation."),
    )


@require_POST
@login_required
def delegate_name(request: HttpRequest, pk: int, delegation: int) -> HttpResponse:
    """Who may answer for an elected official of the delegation."""
    enrolment = or_404(queries.enrolment_for, request.user, pk, delegation)
    form = DelegateForm(request.POST, **_naming(request, enrolment), prefix="repond")
    return _act(
        request,
        enrolment,
        form,
        lambda: services.name_delegate(
            actor=person(request),
            network=enrolment.programme.network,
            principal=form.cleaned_data["principal"].user,
            user=form.cleaned_data["membership"].user,
        ),
        _("C’est noté : cette personne peut répondre à la place de l’élu·e."),
        delegate_form=form,
    )


@require_POST
@login_required
def delegate_revoke(request: HttpRequest, pk: int, delegation: int, delegate: int) -> HttpResponse:
    enrolment = or_404(queries.enrolment_for, request.user, pk, delegation)
    named = or_404(queries.delegate_for, person(request), enrolment.programme.network, delegate)
    return _act(
        request,
        enrolment,
        None,
        lambda: services.revoke_delegate(actor=person(request), delegate=named),
        _("C’est noté : cette personne ne répond plus à la place de l’élu·e."),
    )


def _act(
    request: HttpRequest,
    enrolment: Enrolment,
    form: forms.Form | None,
    act: Callable[[], object],
    done: str,
    **shown: Any,
) -> HttpResponse:
    """Do it and come back, or show the page again with what was wrong."""
    status = 422
    if form is None or form.is_valid():
        try:
            act()
        except DomainError as refusal:
            status = refusal_status(refusal)
            shown["refusal"] = str(refusal)
        else:
            messages.success(request, done)
            return see_other("sessions:delegation", enrolment.programme_id, enrolment.delegation_id)
    return render(request, "sessions/delegation.html", {**_context(request, enrolment), **shown}, status=status)


def _settings_form(enrolment: Enrolment, data: Any = None) -> EnrolmentForm:
    people = queries.people_of([enrolment.delegation_id])
    lead = people.filter(user=enrolment.lead_id).first() if enrolment.lead_id else None
    initial = {"seats": enrolment.seats, "lead": lead.pk if lead else None}
    return EnrolmentForm(data, people=people, initial=initial, prefix="reglages")


def _naming(request: HttpRequest, enrolment: Enrolment) -> dict[str, Any]:
    """The officials whom the person may name for, and whom they may name."""
    network = enrolment.programme.network
    membership = membership_for(request.user, network)
    principals = queries.people_of([enrolment.delegation_id]).filter(affiliation__category__slug=PRINCIPALS)
    if membership is None or not membership.is_animator:
        principals = principals.filter(user=person(request))
    return {"principals": principals, "people": queries.members_of(network)}


def _context(request: HttpRequest, enrolment: Enrolment) -> dict[str, Any]:
    user, programme = person(request), enrolment.programme
    network = programme.network
    membership = membership_for(user, network)
    can_run, leads = can_run_programmes(membership, network), can_lead(membership, enrolment)
    groups = queries.delegation_groups(enrolment)
    is_naming = any(can_name_delegate(membership, one.membership) for group in groups for one in group.people)
    revocable = {
        delegate.pk
        for group in groups
        for one in group.people
        for delegate in one.delegates
        if can_revoke_delegate(membership, delegate)
    }
    taken = sum(len(group.people) for group in groups)
    return {
        "network": network,
        "programme": programme,
        "enrolment": enrolment,
        "groups": groups,
        "taken": taken,
        "can_run": can_run,
        "can_lead": leads,
        "delegate_form": DelegateForm(**_naming(request, enrolment), prefix="repond") if is_naming else None,
        "revocable": revocable,
        "settings_form": _settings_form(enrolment) if can_run else None,
        "person_form": PersonForm(people=queries.free_members(network))
        if leads and (enrolment.seats is None or taken < enrolment.seats)
        else None,
    }
