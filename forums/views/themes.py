"""The themes of a network, for those who run it: making, changing, placing and closing them."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import queries
from forums.audience import readers_sentence
from forums.curating_forms import ThemeForm
from forums.models import Forum
from forums.policies import can_curate, can_open_themes
from forums.queries import ForumPage
from forums.services import themes as services
from forums.views.presenting import audience
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.http import person, press, refusal_status
from peerhub.people.models import Membership, Network
from peerhub.people.queries import own_network_for
from peerhub.people.services.choosing import people_of, prospect
from peerhub.ui.shortcuts import or_404, see_other


def _animated(request: HttpRequest, slug: str) -> tuple[Network, Membership]:
    """The network and the membership of its animator; 404 for who is not of it, 403 for a member."""
    network, membership = or_404(own_network_for, person(request), slug)
    if not can_open_themes(membership):
        raise PermissionDenied
    return network, membership


@require_safe
@login_required
def theme_list(request: HttpRequest, network_slug: str) -> HttpResponse:
    network, membership = _animated(request, network_slug)
    lines = queries.themes_to_curate(person(request), membership)
    context = {
        "network": network,
        "membership": membership,
        "themes": [(line, audience(line.forum.circle)) for line in lines],
    }
    return render(request, "forums/theme_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def theme_create(request: HttpRequest, network_slug: str) -> HttpResponse:
    network, membership = _animated(request, network_slug)
    form = _form(request, network, membership)
    if request.method != "POST" or "retour" in request.POST:
        return _page(request, network, form)
    if not form.is_valid():
        return _page(request, network, form, status=422)
    try:
        if "confirme" not in request.POST:
            return _confirm(request, network, form)
        forum = services.open_theme(
            animator=membership, texts=form.texts(), choice=form.choice(), named=form.named_people()
        )
    except DomainError as error:
        return _page(request, network, form, error=str(error), status=refusal_status(error))
    return _done(request, network, forum)


@login_required
@require_http_methods(["GET", "POST"])
def theme_edit(request: HttpRequest, network_slug: str, pk: int) -> HttpResponse:
    opened = _curated(request, network_slug, pk)
    network, forum = opened.network, opened.forum
    form = _form(request, network, opened.membership, forum)
    if request.method != "POST" or "retour" in request.POST:
        return _page(request, network, form)
    if not form.is_valid():
        return _page(request, network, form, status=422)
    changes_circle = form.changes_circle()
    try:
        if changes_circle and "confirme" not in request.POST:
            return _confirm(request, network, form)
        services.edit_theme(
            user=person(request),
            forum=forum,
            texts=form.texts(),
            named=form.named_people(),
            choice=form.choice() if changes_circle else None,
        )
    except DomainError as error:
        return _page(request, network, form, error=str(error), status=refusal_status(error))
    return _done(request, network, forum)


def _curated(request: HttpRequest, network_slug: str, pk: int) -> ForumPage:
    opened = or_404(queries.theme_for, request.user, pk)
    if opened.network.slug != network_slug:
        raise Http404
    if not can_curate(opened.membership, looks_after=opened.looks_after):
        raise PermissionDenied
    return opened


def _form(
    request: HttpRequest, network: Network, membership: Membership | None, forum: Forum | None = None
) -> ThemeForm:
    lines = queries.themes_to_curate(person(request), membership)
    return ThemeForm(
        request.POST or None,
        network=network,
        themes=[line.forum for line in lines],
        user=person(request),
        forum=forum,
        named_now=queries.animators_of(forum) if forum else (),
    )


def _page(request: HttpRequest, network: Network, form: ThemeForm, error: str = "", status: int = 200) -> HttpResponse:
    context = {"network": network, "form": form, "forum": form.forum, "error": error}
    return render(request, "forums/theme_form.html", context, status=status)


def _confirm(request: HttpRequest, network: Network, form: ThemeForm) -> HttpResponse:
    """Who will read it, before anything is saved."""
    choice = form.choice()
    circle = prospect(network=network, choice=choice)
    sees = circle.kind == CircleKind.PUBLIC or people_of(circle, choice).filter(pk=person(request).pk).exists()
    context = {
        "network": network,
        "forum": form.forum,
        "title": form.cleaned_data["title"],
        "circle": audience(circle),
        "readers": readers_sentence(circle),
        "is_out": not sees,
        "fields": [(name, value) for name in form.fields for value in request.POST.getlist(name)],
        "topic_count": form.forum.topic_count if form.forum else 0,
    }
    return render(request, "forums/theme_confirm.html", context)


def _done(request: HttpRequest, network: Network, forum: Forum) -> HttpResponse:
    found = queries.readable_theme(person(request), forum.pk)
    if found is None:
        messages.success(request, _("C’est enregistré. Ce thème ne vous est pas ouvert : vous ne le verrez pas."))
        return see_other(reverse("forums:forum-list", args=[network.slug]))
    messages.success(request, _("C’est enregistré."))
    return see_other(reverse("forums:topic-list", args=[network.slug, found.slug]))


@require_POST
@login_required
def theme_starters(request: HttpRequest, network_slug: str) -> HttpResponse:
    network, membership = _animated(request, network_slug)
    services.open_starter_themes(animator=membership)
    return see_other(reverse("forums:forum-list", args=[network.slug]))


@require_POST
@login_required
def theme_shift(request: HttpRequest, network_slug: str, pk: int) -> HttpResponse:
    opened = _curated(request, network_slug, pk)
    is_up = request.POST.get("sens") == "haut"
    press(request, partial(services.shift_theme, user=person(request), forum=opened.forum, up=is_up))
    return _back(opened)


@require_POST
@login_required
def theme_archive(request: HttpRequest, network_slug: str, pk: int) -> HttpResponse:
    opened = _curated(request, network_slug, pk)
    is_archived = request.POST.get("etat") == "archive"
    press(request, partial(services.set_archived, user=person(request), forum=opened.forum, archived=is_archived))
    return _back(opened)


def _back(opened: ForumPage) -> HttpResponse:
    """To the list of themes for an animator of the network, to the theme for who is named for it."""
    if can_open_themes(opened.membership):
        return see_other(f"{reverse('forums:theme-list', args=[opened.network.slug])}#theme-{opened.forum.pk}")
    return see_other(reverse("forums:topic-list", args=[opened.network.slug, opened.forum.slug]))
