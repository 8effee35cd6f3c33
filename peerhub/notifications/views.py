"""The list of notifications, the way to what each is about, and how a person wants to be told."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peerhub.notifications import kinds, queries, services
from peerhub.notifications.channels.email import read_unsubscribe_token
from peerhub.notifications.enums import Channel, Frequency
from peerhub.notifications.forms import PreferencesForm
from peerhub.notifications.models import Notification
from peerhub.people.http import person
from peerhub.people.models import User
from peerhub.people.queries import active_user

# An id that fits its column.
BEFORE = re.compile(r"[0-9]{1,18}", re.ASCII)


@login_required
@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    before = request.GET.get("avant", "")
    lines, more = queries.notifications_page(user, int(before) if BEFORE.fullmatch(before) else None)
    return render(request, "notifications/list.html", {"lines": lines, "more": more})


@login_required
@require_GET
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it and go to what it is about; one that became moot says so."""
    user = person(request)
    try:
        notification = queries.notification_for(user, pk)
    except Notification.DoesNotExist as error:
        raise Http404 from error
    services.mark_read(user=user, ids=[pk])
    if lines := queries.lines_for(user, [notification]):
        return redirect(lines[0].subject.url)
    messages.info(request, _("Ce dont parlait cette notification n’existe plus, ou ne vous est plus ouvert."))
    return redirect("notifications:list")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    user = person(request)
    services.mark_read(user=user)
    return redirect("notifications:list")


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = PreferencesForm(request.POST or None, preferences=queries.preferences_of(user))
    if request.method == "POST" and form.is_valid():
        services.set_preferences(user=user, wishes=form.wishes())
        messages.success(request, _("C’est noté : vos préférences sont enregistrées."))
        return redirect("notifications:preferences")
    status = 422 if form.is_bound else 200
    return render(request, "notifications/preferences.html", {"form": form}, status=status)


@csrf_exempt  # RFC 8058: the mail program posts without a session; the signed token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button: only POST acts, so that a scanner of links unsubscribes nobody."""
    try:
        user_id, key = read_unsubscribe_token(token)
        user = active_user(user_id)
    except (signing.BadSignature, User.DoesNotExist) as error:
        raise Http404 from error
    # The link of a digest speaks of what digests hold; reminders and cancellations have links of their own.
    chosen = [kind for kind in kinds.all_kinds() if key == kind.key or (not key and kind.is_skipped_when_read)]
    if request.method == "POST":
        services.set_preferences(user=user, wishes={(kind.key, Channel.EMAIL): Frequency.NEVER for kind in chosen})
    context = {
        "is_done": request.method == "POST",
        "kind": chosen[0] if key and chosen else None,
        "preferences_url": reverse("notifications:preferences"),
    }
    return render(request, "notifications/unsubscribe.html", context)
