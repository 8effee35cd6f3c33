"""Forms of accounts and of joining a network."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import User


class SignupForm(forms.Form):
    """What allauth's sign-up form also asks: who the person is."""

    given_name = forms.CharField(
        label=_("Prénom"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Nom"), max_length=80, widget=forms.TextInput({"autocomplete": "family-name"})
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.given_name = self.cleaned_data["given_name"]
        user.family_name = self.cleaned_data["family_name"]
        user.language = get_language() or "fr"
        user.save(update_fields=["given_name", "family_name", "language"])
