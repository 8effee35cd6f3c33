"""A text of one's own that waits for the animators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums.moderation_targets import held_html, held_title
from forums.queries.curating import own_held
from forums.services.approving import withdraw_held
from forums.views.presenting import audience
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_safe
def held_text(request: HttpRequest, pk: int) -> HttpResponse:
    held = or_404(own_held, person(request), pk)
    context = {
        "network": held.network,
        "held": held,
        "title_of": held_title(held),
        "html": held_html(held),
        "circle": audience(held.circle),
    }
    return render(request, "forums/held.html", context)


@require_POST
@login_required
def held_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to being written: the composer finds the text again, and so does the page of drafts."""
    held = or_404(own_held, person(request), pk)
    try:
        withdraw_held(author=person(request), held=held)
    except DomainError as error:
        status = refusal_status(error)
        return render(request, "forums/refused.html", {"sentence": str(error)}, status=status)
    messages.success(request, _("Votre texte est de nouveau un brouillon : rien n’est publié."))
    return see_other("forums:draft-list")
