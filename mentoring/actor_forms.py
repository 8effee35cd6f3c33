"""Forms of resource actors."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.enums import SupportKind
from mentoring.fields import CompetenceField, offer
from mentoring.models import Competence, DirectoryEntry, Support, SupportContact
from mentoring.queries.actors import Asked
from mentoring.queries.competences import tree
from mentoring.services.actors import LONGEST, MOST_CONTACTS, USUAL, Contact
from peerhub.people.fields import TerritoryField
from peerhub.people.models import Territory
from peerhub.people.queries import territory_of_address
from peerhub.ui.forms import DayInput

# Fields of each on the page; one more than what is there already, up to MOST.
SUBJECTS, PLACES, MOST = 3, 3, 8


class AddressOrTerritoryField(TerritoryField):
    """A territory as a person types it, or as it stands in an address (`region-84`)."""

    def clean(self, value: Any) -> Any:
        return (territory_of_address(value.strip()) if value else None) or super().clean(value)


class AskedForm(forms.Form):
    """What is asked of the list, as it stands in the address."""

    q = forms.CharField(label=_lazy("Organisation ou mots"), required=False, max_length=100)
    nature = forms.ChoiceField(choices=[("", ""), *SupportKind.choices], required=False)
    territoire = AddressOrTerritoryField(label=_lazy("Pour quel territoire ?"), required=False)

    def asked(self) -> Asked:
        """The question, whatever part of it is valid."""
        cleaned = self.cleaned_data
        return Asked(
            words=" ".join(cleaned.get("q", "").split()),
            kind=cleaned.get("nature", ""),
            territory=cleaned.get("territoire"),
        )


class SupportForm(forms.Form):
    """What an organisation brings, where, and until when."""

    kind = forms.ChoiceField(
        label=_lazy("De quelle nature ?"),
        choices=SupportKind.choices,
        widget=forms.RadioSelect({"class": "choices--cards"}),
        error_messages={"required": _lazy("Dites de quelle nature est cet appui.")},
    )
    summary = forms.CharField(
        label=_lazy("En une phrase"),
        help_text=_lazy("Par exemple : « un local de 80 m² prêté le temps d’un essai »."),
        max_length=200,
    )
    details = forms.CharField(
        label=_lazy("Précisions"),
        help_text=_lazy("Pour qui, à quelles conditions, comment le demander."),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        required=False,
    )
    website = forms.URLField(
        label=_lazy("Page à lire"), max_length=300, required=False, assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )  # fmt: skip
    valid_until = forms.DateField(
        label=_lazy("Valable jusqu’au"),
        help_text=_lazy("Un mois avant, nous vous demanderons si c’est toujours vrai. Ensuite, il n’est plus montré."),
        widget=DayInput(),
    )

    def __init__(self, *args: Any, support: Support | None = None, **kwargs: Any) -> None:
        first: dict[str, Any] = _initial(support) if support else {"valid_until": timezone.localdate() + USUAL}
        kwargs["initial"] = first | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self._until = support.valid_until if support else None
        if support:
            del self.fields["kind"]
        blank = _("Tous les sujets")
        self._rows("subject", SUBJECTS, lambda: CompetenceField(blank=blank, whole=_whole, required=False))
        offer(self, tree())
        self._rows("place", PLACES, lambda: TerritoryField(required=False))

    def _rows(self, name: str, number: int, make: Any) -> None:
        """Fields `name_1`, `name_2`…: as many as are filled and one, and `number` at least."""
        filled = sum(1 for key in self.initial if key.startswith(f"{name}_"))
        for place in range(1, min(max(number, filled + 1), MOST) + 1):
            field = make()
            label = _("Sujet %(number)s") if name == "subject" else _("Territoire %(number)s")
            field.label = label % {"number": place}
            self.fields[f"{name}_{place}"] = field

    @property
    def subjects(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("subject_")]

    @property
    def places(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("place_")]

    def clean_valid_until(self) -> date:
        day: date = self.cleaned_data["valid_until"]
        today = timezone.localdate()
        if day != self._until and not today <= day <= today + LONGEST:
            raise ValidationError(_("La date de validité est à venir, et dans deux ans au plus."))
        return day

    def said(self) -> dict[str, Any]:
        """What a service takes."""
        cleaned = self.cleaned_data
        subjects: list[Competence] = [cleaned[one.name] for one in self.subjects if cleaned[one.name]]
        places: list[Territory] = [cleaned[one.name] for one in self.places if cleaned[one.name]]
        return {
            **{name: cleaned[name] for name in ("summary", "details", "website", "valid_until")},
            "competences": list(dict.fromkeys(subjects)),
            "territories": list(dict.fromkeys(places)),
        }


def _whole(family: str) -> str:
    return _("%(name)s, en général") % {"name": family}


def _initial(support: Support) -> dict[str, Any]:
    subjects: list[Competence] = support.subjects  # type: ignore[attr-defined]
    places: list[Territory] = support.places  # type: ignore[attr-defined]
    return {
        **{name: getattr(support, name) for name in ("summary", "details", "website", "valid_until")},
        **{f"subject_{place}": one.slug for place, one in enumerate(subjects[:MOST], start=1)},
        **{f"place_{place}": one.suggestion for place, one in enumerate(places[:MOST], start=1)},
    }


class ContactForm(forms.Form):
    """Whom to ask, by role."""

    use_required_attribute = False

    role = forms.CharField(label=_lazy("Fonction"), max_length=120, required=False)
    user = forms.TypedChoiceField(label=_lazy("Membre de l’organisation"), coerce=int, empty_value=None, required=False)
    email = forms.EmailField(label=_lazy("Adresse du service"), required=False)
    phone = forms.CharField(label=_lazy("Téléphone du service"), max_length=30, required=False)

    def __init__(self, *args: Any, people: Sequence[DirectoryEntry] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["user"]
        if isinstance(choices, forms.TypedChoiceField):
            named = [(one.user_id, one.user.full_name) for one in people]
            choices.choices = [("", _("Aucun membre en particulier")), *named]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        reached = any(cleaned.get(name) for name in ("user", "email", "phone"))
        if cleaned.get("role") and not reached and not self.errors:
            self.add_error("role", _("Dites comment joindre ce contact : une personne, une adresse ou un téléphone."))
        if reached and not cleaned.get("role"):
            self.add_error("role", _("Dites la fonction de ce contact : « accueil », « instruction des dossiers »…"))
        return cleaned


class _Contacts(forms.BaseFormSet[ContactForm]):
    def clean(self) -> None:
        roles = [one.cleaned_data["role"] for one in self.forms if not one.errors and one.cleaned_data.get("role")]
        if len(set(roles)) < len(roles):
            raise ValidationError(_("Deux contacts ont la même fonction."))


_ContactSet = forms.formset_factory(ContactForm, formset=_Contacts, extra=2, max_num=MOST_CONTACTS, absolute_max=12)


def contact_forms(
    data: Any, people: Sequence[DirectoryEntry], support: Support | None = None
) -> "forms.BaseFormSet[ContactForm]":
    """The contacts of a support, with two blank ones."""
    known: list[SupportContact] = support.reached if support else []  # type: ignore[attr-defined]
    initial = [{"role": one.role, "user": one.user_id, "email": one.email, "phone": one.phone} for one in known]
    return _ContactSet(data, initial=initial, prefix="contacts", form_kwargs={"people": people})


def contacts_said(found: "forms.BaseFormSet[ContactForm]") -> list[Contact]:
    """What a service takes: those that were written; one whose role was emptied with all the rest is gone."""
    rows = [one.cleaned_data for one in found.forms if one.cleaned_data.get("role")]
    return [Contact(row["role"], row.get("user"), row.get("email", ""), row.get("phone", "")) for row in rows]
