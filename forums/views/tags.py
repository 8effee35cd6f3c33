"""The tags of a network: reading the list, and keeping it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forums import queries
from forums.curating_forms import TagEditForm, TagForm, TagMergeForm
from forums.models import Tag
from forums.policies import can_edit_tags
from forums.services import tags as services
from peerhub.people.http import INVALID, person, sign_in_if_absent, submit
from peerhub.people.models import Membership, Network
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404, see_other


@sign_in_if_absent
@require_http_methods(["GET", "HEAD", "POST"])
def tag_list(request: HttpRequest, network_slug: str) -> HttpResponse:
    network, membership = or_404(queries.network_page_for, request.user, network_slug)
    can_edit = can_edit_tags(membership)
    form, status = TagForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        if membership is None or not can_edit:
            raise PermissionDenied
        made, status = submit(
            form, lambda: services.create_tag(animator=membership, **form.cleaned_data), at="name", refused=INVALID
        )
        if made is not None:
            return see_other(reverse("forums:tag-list", args=[network.slug]))
    context = {
        "network": network,
        "membership": membership,
        "tags": queries.tag_list(request.user, network),
        "form": form if can_edit else None,
    }
    return render(request, "forums/tag_list.html", context, status=status)


def _edited(request: HttpRequest, network_slug: str, slug: str) -> tuple[Network, Membership, Tag]:
    network, membership = or_404(own_network_for, person(request), network_slug)
    if not can_edit_tags(membership):
        raise PermissionDenied
    return network, membership, or_404(queries.tag_for, network, slug)


@login_required
@require_http_methods(["GET", "POST"])
def tag_edit(request: HttpRequest, network_slug: str, slug: str) -> HttpResponse:
    network, membership, tag = _edited(request, network_slug, slug)
    words = ", ".join(tag.synonyms.order_by("name", "pk").values_list("name", flat=True))
    initial = {"name": tag.name, "description": tag.description, "synonyms": words}
    form = TagEditForm(request.POST or None, initial=initial)
    saved, status = submit(
        form, lambda: services.edit_tag(animator=membership, tag=tag, **form.cleaned_data), refused=INVALID
    )
    if saved is not None:
        return see_other(reverse("forums:tag", args=[network.slug, saved.slug]))
    return _edit_page(request, network, tag, form, TagMergeForm(tag=tag), status)


def _edit_page(
    request: HttpRequest, network: Network, tag: Tag, form: TagEditForm, merge: TagMergeForm, status: int
) -> HttpResponse:
    context = {"network": network, "tag": tag, "form": form, "merge": merge}
    return render(request, "forums/tag_edit.html", context, status=status)


@require_POST
@login_required
def tag_merge(request: HttpRequest, network_slug: str, slug: str) -> HttpResponse:
    network, membership, tag = _edited(request, network_slug, slug)
    form = TagMergeForm(request.POST, tag=tag)
    kept, status = submit(
        form,
        lambda: services.merge_tags(animator=membership, tag=tag, into=form.cleaned_data["into"]),
        at="into",
        refused=INVALID,
    )
    if kept is not None:
        messages.success(request, _("C’est fait : « %(name)s » en est maintenant un synonyme.") % {"name": tag.name})
        return see_other(reverse("forums:tag", args=[network.slug, kept.slug]))
    initial = {"name": tag.name, "description": tag.description}
    return _edit_page(request, network, tag, TagEditForm(initial=initial), form, status)


@require_POST
@login_required
def tag_delete(request: HttpRequest, network_slug: str, slug: str) -> HttpResponse:
    network, membership, tag = _edited(request, network_slug, slug)
    services.delete_tag(animator=membership, tag=tag)
    messages.success(request, _("« %(name)s » n’est plus dans la liste.") % {"name": tag.name})
    return see_other(reverse("forums:tag-list", args=[network.slug]))
