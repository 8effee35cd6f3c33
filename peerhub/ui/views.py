"""The choice of colours, and the style page on which one looks at every component."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.ui.pagination import KeysetPage, Page
from peerhub.ui.shortcuts import safe_next, see_other

THEME_COOKIE = "peerhub_theme"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark for a year, or follow the system again."""
    response = see_other(safe_next(request, "/"))
    theme = request.POST.get("theme", "")
    if theme in {"light", "dark"}:
        year = dt.timedelta(days=365)
        response.set_cookie(THEME_COOKIE, theme, max_age=year, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("Titre"), max_length=120, help_text=_("Une phrase qui dit votre question."))
    email = forms.EmailField(label=_("Adresse e-mail"))
    password = forms.CharField(label=_("Mot de passe"), widget=forms.PasswordInput)
    starts = forms.DateTimeField(
        label=_("Début"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    seats = forms.IntegerField(label=_("Places"), required=False, min_value=1)
    theme = forms.ChoiceField(label=_("Thème"), choices=[("", _("Choisir…")), ("food", _("Alimentation"))])
    kind = forms.ChoiceField(
        label=_("Nature"),
        choices=[("question", _("Question")), ("report", _("Retour d’expérience"))],
        widget=forms.RadioSelect(attrs={"class": "choices--cards"}),
    )
    ways = forms.MultipleChoiceField(
        label=_("Me prévenir"),
        required=False,
        choices=[("mail", _("par e-mail")), ("bell", _("par la cloche"))],
        widget=forms.CheckboxSelectMultiple,
    )
    body = forms.CharField(label=_("Message"), widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label=_("J’ai lu la charte du réseau"), help_text=_("Elle tient en une page."))


def _samples() -> dict[str, Any]:
    now = timezone.now()
    data = {"title": "Qui a déjà mutualisé un poste ?", "email": "nour", "kind": "question"}
    network = SimpleNamespace(slug="territoires-en-chemin", name="Territoires en chemin")
    other = SimpleNamespace(slug="catalyseurs", name="Catalyseurs territoriaux de France")
    return {
        "form": SampleForm(),
        "bad_form": SampleForm({f"bad-{name}": value for name, value in data.items()}, prefix="bad"),
        "now": now,
        "minutes_ago": now - dt.timedelta(minutes=4),
        "next_year": now + dt.timedelta(days=400),
        "page": Page(items=[], number=5, page_count=12),
        "keyset_page": KeysetPage(items=[], newer="12", older="3"),
        "hats": [
            ("elected", "Élu·e"),
            ("agent", "Agent"),
            ("association", "Association"),
            ("business", "Acteur économique"),
            ("research", "Recherche"),
            ("state", "Service de l’État"),
            ("resident", "Habitant·e"),
        ],
        "colours": ["paper", "card", "sunk", "ink", "ink-2", "line", "edge", "brand", "warm", "sun", "danger"],
        "shell": SimpleNamespace(
            network=network,
            networks=[network, other],
            unread_topics=7,
            unread_notifications=3,
            can_animate=True,
            hat_slug="agent",
            hat_label="Agent",
        ),
        "user": SimpleNamespace(is_authenticated=True, pk=1, full_name="Nour Benali", initials="NB"),
    }


@require_safe
def style_page(request: HttpRequest) -> HttpResponse:
    """Every component in every state, inside the shell of a member."""
    if "toast" in request.GET:
        messages.success(request, "Votre message est publié.")
        messages.error(request, "La séance est complète : vous êtes en liste d’attente.")
    return render(request, "ui/style_page.html", _samples())


@require_safe
def style_page_public(request: HttpRequest) -> HttpResponse:
    """The public layout, with one card."""
    return render(request, "ui/style_page_public.html", {})


@require_safe
def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """Look at an error page without the error."""
    known = status if status in {400, 403, 404, 429, 500} else 404
    return render(request, f"{known}.html", status=known)
