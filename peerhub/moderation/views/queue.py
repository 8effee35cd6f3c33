"""The queue and the journal of a network."""

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peerhub.moderation import queries
from peerhub.moderation.forms import QueueFilterForm
from peerhub.moderation.views.animating import animator_of
from peerhub.ui.pagination import page_number

BEFORE = re.compile(r"[0-9]{1,18}", re.ASCII)


@login_required
@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    user, network, membership = animator_of(request, slug)
    form = QueueFilterForm(request.GET)
    filters = form.filters()
    context = {
        "network": network,
        "membership": membership,
        "form": form,
        "filters": filters,
        "queue": queries.queue_page(user, network, filters, page_number(request)),
    }
    return render(request, "moderation/queue.html", context)


@login_required
@require_safe
def journal(request: HttpRequest, slug: str) -> HttpResponse:
    user, network, membership = animator_of(request, slug)
    before = request.GET.get("before", "")
    page = queries.journal_page(user, membership, int(before) if BEFORE.fullmatch(before) else None)
    context = {"network": network, "membership": membership, "page": page, "is_first": not before}
    return render(request, "moderation/journal.html", context)
