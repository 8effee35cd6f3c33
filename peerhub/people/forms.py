"""Forms of accounts, of hats and of joining a network."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from peerhub.people.enums import Language
from peerhub.people.fields import TerritoryField
from peerhub.people.models import ActorCategory, Affiliation, User
from peerhub.people.services.memberships import NewHat
from peerhub.people.time_zones import known_zones
from peerhub.ui.times import zone_label

NEW = "new"
# The zones of the French territories first; the others by name.
NEAR_ZONES = (
    "Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne", "Indian/Reunion", "Indian/Mayotte",
    "America/Miquelon", "America/St_Barthelemy", "America/Marigot", "Pacific/Noumea", "Pacific/Tahiti",
    "Pacific/Marquesas", "Pacific/Gambier", "Pacific/Wallis", "Europe/Brussels", "Europe/Luxembourg", "Europe/Zurich",
)  # fmt: skip


class SignupForm(forms.Form):
    """What allauth's sign-up form also asks: who the person is."""

    given_name = forms.CharField(
        label=_lazy("Prénom"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_lazy("Nom"), max_length=80, widget=forms.TextInput({"autocomplete": "family-name"})
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.given_name = self.cleaned_data["given_name"]
        user.family_name = self.cleaned_data["family_name"]
        user.language = get_language() or "fr"
        user.save(update_fields=["given_name", "family_name", "language"])


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An actor category among cards, each with its colour and its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=ActorCategory.objects.all(),
            to_field_name="slug",
            empty_label=None,
            widget=forms.RadioSelect({"class": "choices--cards"}),
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        return format_html('<span class="hat c-{}">{}</span>', obj.slug, capfirst(obj.label))


class HatForm(forms.Form):
    """Whom a person speaks as."""

    category = CategoryField(
        label=_lazy("Vous êtes"),
        error_messages={"required": _lazy("Choisissez la catégorie qui vous ressemble le plus.")},
    )
    title = forms.CharField(
        label=_lazy("Votre fonction"),
        help_text=_lazy("Par exemple : adjointe aux mobilités, chargé de mission."),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    organisation = forms.CharField(
        label=_lazy("Votre organisation"),
        help_text=_lazy("La collectivité, l’association ou l’entreprise au nom de laquelle vous parlez."),
        max_length=160,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    territory = TerritoryField(
        label=_lazy("Votre territoire"),
        help_text=_lazy(
            "Une commune, une intercommunalité, un département ou une région : son nom, son code ou son code postal."
        ),
        required=False,
    )

    def hat(self) -> NewHat:
        """The hat of a valid form."""
        cleaned = self.cleaned_data
        return NewHat(
            category=cleaned["category"],
            title=cleaned["title"],
            organisation=cleaned["organisation"],
            territory=cleaned["territory"],
        )


class JoinForm(HatForm):
    """One of the person's hats, or a new one."""

    # The browser cannot know which fields the choice makes necessary.
    use_required_attribute = False
    wear = forms.ChoiceField(label=_lazy("Votre casquette dans ce réseau"), widget=forms.RadioSelect)
    field_order = ["wear", "category", "title", "organisation", "territory"]

    def __init__(self, *args: Any, hats: list[Affiliation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hats = {str(hat.pk): hat for hat in hats}
        wear = cast(forms.ChoiceField, self.fields["wear"])
        wear.choices = [(key, hat_label(hat)) for key, hat in self.hats.items()] + [(NEW, _("Une autre casquette"))]
        wear.initial = next(iter(self.hats), NEW)
        if not self.hats:
            wear.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """With one of the person's hats, what is missing from a new one, or wrong there, does not matter."""
        if not self._is_new() and "wear" in self.cleaned_data:
            self.errors.pop("category", None)
            self.errors.pop("territory", None)
        return self.cleaned_data

    def chosen(self) -> Affiliation | NewHat:
        """What a valid form says to wear."""
        return self.hat() if self._is_new() else self.hats[self.cleaned_data["wear"]]

    def _is_new(self) -> bool:
        return bool(self.cleaned_data.get("wear") == NEW)


class WearForm(forms.Form):
    """Which of one's hats to wear in a network."""

    wear = forms.ChoiceField(label=_lazy("Votre casquette dans ce réseau"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, hats: list[Affiliation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hats = {str(hat.pk): hat for hat in hats}
        wear = cast(forms.ChoiceField, self.fields["wear"])
        wear.choices = [(key, hat_label(hat)) for key, hat in self.hats.items()]

    def chosen(self) -> Affiliation:
        return self.hats[self.cleaned_data["wear"]]


class PreferencesForm(forms.Form):
    """A person's name, language and zone, and whether others see what the person reads."""

    given_name = SignupForm.base_fields["given_name"]
    family_name = SignupForm.base_fields["family_name"]
    language = forms.ChoiceField(
        label=_lazy("Langue des pages et des e-mails"),
        choices=[(Language.FRENCH.value, "Français"), (Language.ENGLISH.value, "English")],
        widget=forms.RadioSelect,
    )
    time_zone = forms.ChoiceField(
        label=_lazy("Fuseau horaire"),
        help_text=_lazy("Les heures des séances et des rappels s’affichent dans ce fuseau."),
    )
    shows_presence = forms.BooleanField(
        label=_lazy("Montrer aux autres quand je lis ou écris une discussion"),
        help_text=_lazy("Seules les personnes à qui la discussion est ouverte le voient."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = zone_choices()


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """IANA zones in two groups, each with its name in words."""
    others = sorted(name for name in known_zones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/")))
    return [
        (_("France et pays voisins"), [(name, capfirst(zone_label(name))) for name in NEAR_ZONES]),
        (
            _("Ailleurs"),
            [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in others if name not in NEAR_ZONES)],
        ),
    ]


def hat_label(hat: Affiliation) -> str:
    """A hat in one line: category, title, organisation, territory."""
    parts = [
        capfirst(hat.category.label),
        hat.title,
        hat.organisation and hat.organisation.name,
        hat.territory and hat.territory.name,
    ]
    return " · ".join(part for part in parts if part)
