"""A person's name, language and zone; the language switch of every page."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from peerhub.people.enums import Language
from peerhub.people.forms import PreferencesForm
from peerhub.people.http import person
from peerhub.people.models import User
from peerhub.people.services import accounts as services
from peerhub.ui.shortcuts import safe_next, see_other


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    user = person(request)
    initial = {name: getattr(user, name) for name in PreferencesForm.base_fields}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        if {"given_name", "family_name"} & set(form.changed_data):
            services.rename_user(user=user, given_name=cleaned["given_name"], family_name=cleaned["family_name"])
        services.change_locale(user=user, language=cleaned["language"], time_zone=cleaned["time_zone"])
        services.show_presence(user=user, shows=cleaned["shows_presence"])
        with override(user.language):
            messages.success(request, _("Vos préférences sont enregistrées."))
        response = see_other("people:preferences")
        _remember(response, user.language)
        return response
    status = 422 if request.method == "POST" else 200
    return render(request, "people/preferences.html", {"form": form}, status=status)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Show the pages in another language: kept by the account, and by a cookie for the visitor."""
    language = request.POST.get("language", "")
    if language not in Language.values:
        return HttpResponseBadRequest(_("Cette langue n’est pas proposée."))
    if isinstance(request.user, User):
        services.change_language(user=request.user, language=language)
    response = see_other(safe_next(request, "/"))
    _remember(response, language)
    return response


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
