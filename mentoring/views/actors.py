"""Resource actors of a network: what organisations offer, and who keeps it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.actor_forms import AskedForm, SupportForm, contact_forms, contacts_said
from mentoring.enums import SupportKind
from mentoring.facets import address_of
from mentoring.models import Support
from mentoring.policies.actors import ActorAbilities, can_name_keepers, can_write_support
from mentoring.queries import actors as queries
from mentoring.services import actors as services
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, press, submit
from peerhub.people.models import Network, Organisation, User
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import integer, or_404, see_other


@require_safe
@login_required
def supports(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    form = AskedForm(request.GET)
    valid = form.is_valid()
    asked = form.asked()
    found = queries.supports_page(user, network, asked, page_number(request))
    address = address_of(request.GET)
    kinds = [("", _("Tous"), found.total)]
    kinds += [(kind, str(capfirst(label)), found.counts.get(kind, 0)) for kind, label in SupportKind.choices]
    context = {
        "network": network,
        "form": form,
        "asked": asked,
        "found": found,
        "kinds": [(label, number, address(nature=kind), kind == asked.kind) for kind, label, number in kinds],
        "kept": queries.kept_by(user, network),
        "animates": bool(can_animate(membership)),
    }
    return render(request, "mentoring/supports.html", context, status=200 if valid else 422)


@require_safe
@login_required
def actors(request: HttpRequest, slug: str) -> HttpResponse:
    """The organisations of the network, for who animates: who keeps what each offers."""
    network, membership = or_404(own_network_for, person(request), slug)
    allow(can_animate(membership))
    words = request.GET.get("q", "")[:100].strip()
    page = queries.organisations_page(network, words, page_number(request))
    return render(request, "mentoring/actors.html", {"network": network, "page": page, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def actor(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An organisation: what it offers, who keeps that. POST names a keeper, or one no longer (`act`, `user`)."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    found = or_404(queries.actor_for, user, network, membership, pk)
    if request.method == "POST":
        allow(can_name_keepers(found.standing))
        return _keep(request, user, network, found.organisation)
    can = ActorAbilities.of(found.standing)
    kept = {one.user_id for one in found.keepers}
    people = queries.people_of(network, pk) if can.name else []
    context = {
        "network": network,
        "actor": found,
        "can": can,
        "people": [one for one in people if one.user_id not in kept],
    }
    return render(request, "mentoring/actor.html", context)


def _keep(request: HttpRequest, user: User, network: Network, organisation: Organisation) -> HttpResponse:
    acts: Mapping[str, Callable[..., object]] = {"name": services.name_keeper, "drop": services.drop_keeper}
    act, chosen = acts.get(request.POST.get("act", "")), integer(request.POST.get("user", ""))
    if act is None or chosen is None:
        messages.warning(request, _("Choisissez une personne."))
        return see_other("mentoring:actor", network.slug, organisation.pk)
    press(request, partial(act, actor=user, network=network, organisation=organisation, user_id=chosen))
    # Who keeps nothing any more may not see the page any more.
    to = "mentoring:supports" if act is services.drop_keeper and chosen == user.pk else "mentoring:actor"
    return see_other(to, network.slug, *([organisation.pk] if to == "mentoring:actor" else []))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def support_new(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    found = or_404(queries.actor_for, user, network, membership, pk)
    allow(can_write_support(found.standing))

    def offer(kind: str, said: Mapping[str, Any], contacts: list[services.Contact]) -> Support:
        return services.offer_support(
            actor=user, network=network, organisation=found.organisation, kind=kind, fields=said, contacts=contacts
        )

    return _form(request, network, found.organisation, None, offer)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def support_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    support = or_404(queries.support_for, user, pk)
    allow(can_write_support(queries.standing_of(user, support.network, support.organisation_id)))

    def change(_kind: str, said: Mapping[str, Any], contacts: list[services.Contact]) -> Support:
        return services.change_support(actor=user, support=support, fields=said, contacts=contacts)

    return _form(request, support.network, support.organisation, support, change)


def _form(
    request: HttpRequest,
    network: Network,
    organisation: Organisation,
    support: Support | None,
    write: Callable[[str, Mapping[str, Any], list[services.Contact]], Support],
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = SupportForm(data, support=support)
    contacts = contact_forms(data, queries.people_of(network, organisation.pk), support)

    def act() -> Support:
        return write(form.cleaned_data.get("kind", ""), form.said(), contacts_said(contacts))

    written, status = submit(form, act, beside=[contacts])
    if written is not None:
        return see_other("mentoring:support", written.pk)
    context = {
        "network": network, "organisation": organisation, "support": support, "form": form, "contacts": contacts
    }  # fmt: skip
    return render(request, "mentoring/support_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """One support. POST renews or withdraws it, or takes one's own name from its contacts (`act`)."""
    user = person(request)
    found = or_404(queries.support_for, user, pk)
    if request.method == "POST":
        return _act(request, user, found)
    standing = queries.standing_of(user, found.network, found.organisation_id)
    context = {
        "support": found,
        "network": found.network,
        "can": ActorAbilities.of(standing),
        "is_contact": any(one.user_id == user.pk for one in found.reached),  # type: ignore[attr-defined]
    }
    return render(request, "mentoring/support.html", context)


def _act(request: HttpRequest, user: User, support: Support) -> HttpResponse:
    try:
        match request.POST.get("act"):
            case "renew":
                services.renew_support(actor=user, support=support)
                messages.success(request, _("C’est noté : cet appui est proposé pour un an de plus."))
            case "withdraw":
                services.withdraw_support(actor=user, support=support)
                messages.success(request, _("Cet appui n’est plus proposé."))
                return see_other("mentoring:actor", support.network.slug, support.organisation_id)
            case "leave":
                services.leave_contacts(user=user, support=support)
                messages.success(request, _("Votre nom n’est plus parmi les contacts."))
            case _:
                raise Http404
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return see_other("mentoring:support", support.pk)
