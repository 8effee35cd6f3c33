"""What animators type of themes and tags."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from forums.enums import TopicPolicy
from forums.models import Forum, Tag
from forums.queries.themes import DEPTH, in_tree
from forums.services.tags import NAME_MAX_LENGTH, split_names, tag_slug
from forums.services.themes import ThemeTexts
from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.models import ActorCategory, Circle, Delegation, Network, User
from peerhub.people.services.choosing import MAY_BE_CONFIDENTIAL, CircleChoice

SEPARATORS = re.compile(r"[\s,;]+")
# « Plusieurs catégories » is the same choice as one: how many boxes are ticked says it.
CIRCLES = (
    (CircleKind.NETWORK, _lazy("Les membres du réseau")),
    (CircleKind.CATEGORY, _lazy("Une ou plusieurs catégories")),
    (CircleKind.DELEGATION, _lazy("Une délégation")),
    (CircleKind.ANIMATORS, _lazy("L’animation du réseau")),
    (CircleKind.CUSTOM, _lazy("Des personnes choisies")),
    (CircleKind.PUBLIC, _lazy("Tout le monde, sur le web")),
)


class ThemeForm(forms.Form):
    """A theme: what it says, where it stands, who reads it. `forum` is the one that is changed, None for a new one."""

    title = forms.CharField(label=_lazy("Titre"), max_length=100, min_length=2)
    introduction = forms.CharField(
        label=_lazy("Présentation"),
        help_text=_lazy("Une ou deux phrases : de quoi parle-t-on ici ?"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    parent = forms.ModelChoiceField(
        Forum.objects.none(), label=_lazy("Rangé sous"), required=False, empty_label=_lazy("Rien : un thème principal")
    )
    topic_policy = forms.ChoiceField(
        label=_lazy("Qui ouvre des discussions ?"),
        choices=(
            (TopicPolicy.MEMBERS, _lazy("Toutes les personnes qui le lisent")),
            (TopicPolicy.ANIMATORS, _lazy("L’animation du réseau et du thème")),
        ),
        initial=TopicPolicy.MEMBERS,
        widget=forms.RadioSelect,
    )
    circle = forms.ChoiceField(
        label=_lazy("Qui lit ce thème ?"), choices=CIRCLES, initial=CircleKind.NETWORK, widget=forms.RadioSelect
    )
    categories = forms.ModelMultipleChoiceField(
        ActorCategory.objects.all(),
        label=_lazy("Catégories"),
        help_text=_lazy("Si le thème est ouvert à une ou plusieurs catégories."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    delegation = forms.ModelChoiceField(
        Delegation.objects.none(), label=_lazy("Délégation"), required=False, empty_label="—"
    )
    kept = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_lazy("Personnes du cercle"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.CharField(
        label=_lazy("Personnes choisies"),
        help_text=_lazy("Leurs adresses e-mail, une par ligne. Vous en ferez partie aussi."),
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    is_confidential = forms.BooleanField(
        label=_lazy("Confidentiel"),
        help_text=_lazy(
            "Rien n’en sort : ni dans les e-mails, ni dans les recherches, ni dans les adresses. Pour une catégorie, "
            "seules les casquettes confirmées y entrent."
        ),
        required=False,
    )
    named = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_lazy("Animent ce thème"), required=False, widget=forms.CheckboxSelectMultiple
    )
    named_more = forms.CharField(
        label=_lazy("Confier l’animation de ce thème à"),
        help_text=_lazy("Des adresses e-mail de personnes qui le lisent. Elles y font ce que fait l’animation."),
        required=False,
        max_length=600,
    )

    def __init__(self, *args: Any, network: Network, themes: Sequence[Forum], user: User, **kwargs: Any) -> None:
        self.network, self.user = network, user
        self.forum: Forum | None = kwargs.pop("forum", None)
        self.named_now: Sequence[User] = kwargs.pop("named_now", ())
        kwargs["initial"] = self._now()
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        above = [one.pk for one, depth in in_tree(themes) if depth < DEPTH - 1 and one != self.forum]
        fields["parent"].queryset = Forum.objects.filter(pk__in=above).order_by("position", "title", "pk")
        fields["parent"].label_from_instance = lambda one: one.title
        fields["delegation"].queryset = Delegation.objects.filter(network=network)
        fields["named"].queryset = User.objects.filter(pk__in=[one.pk for one in self.named_now])
        if self.forum is not None and self._is_chosen:
            fields["kept"].queryset = User.objects.filter(circles=self.forum.circle).order_by("family_name", "pk")
        self._drop_what_is_empty()

    @property
    def _is_chosen(self) -> bool:
        return self.forum is not None and self.forum.circle.kind == CircleKind.CUSTOM

    def _drop_what_is_empty(self) -> None:
        """What there is nothing to choose from is not asked."""
        for name in ("delegation", "named", "kept"):
            queryset = self.fields[name].queryset  # type: ignore[attr-defined]
            if not queryset.exists():
                del self.fields[name]
        if "delegation" not in self.fields:
            circle: Any = self.fields["circle"]
            circle.choices = [choice for choice in circle.choices if choice[0] != CircleKind.DELEGATION]

    def _now(self) -> dict[str, Any]:
        if self.forum is None:
            return {}
        circle = self.forum.circle
        several = circle.kind == CircleKind.CATEGORIES
        return {
            "title": self.forum.title,
            "introduction": self.forum.introduction,
            "parent": self.forum.parent_id,
            "topic_policy": self.forum.topic_policy,
            "circle": CircleKind.CATEGORY if several else circle.kind,
            "categories": circle.categories or [circle.category_id],
            "delegation": circle.delegation_id,
            "is_confidential": circle.is_confidential,
            "kept": list(circle.memberships.values_list("user", flat=True)) if self._is_chosen else [],
            "named": [one.pk for one in self.named_now],
        }

    def clean_people(self) -> list[User]:
        return self._members(self.cleaned_data["people"])

    def clean_named_more(self) -> list[User]:
        return self._members(self.cleaned_data["named_more"])

    def _members(self, words: str) -> list[User]:
        """The active members of the network with these addresses; an address that is nobody's is said."""
        addresses = list(dict.fromkeys(one.lower() for one in SEPARATORS.split(words) if one))
        members = User.objects.filter(
            email__in=addresses,
            is_active=True,
            memberships__network=self.network,
            memberships__status=MembershipStatus.ACTIVE,
        )
        found = {one.email: one for one in members}
        missing = [one for one in addresses if one not in found]
        if missing:
            sentence = _("Pas de membre du réseau à cette adresse : %(addresses)s")
            raise ValidationError(sentence % {"addresses": ", ".join(missing)})
        return [found[one] for one in addresses]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("circle")
        if kind == CircleKind.CATEGORY and not cleaned.get("categories"):
            self.add_error("categories", _("Choisissez au moins une catégorie."))
        if kind == CircleKind.DELEGATION and not cleaned.get("delegation"):
            self.add_error("delegation", _("Choisissez la délégation."))
        if kind == CircleKind.CUSTOM and "people" in cleaned and not (cleaned["people"] or cleaned.get("kept")):
            self.add_error("people", _("Dites qui : une adresse e-mail au moins."))
        if cleaned.get("is_confidential") and kind not in MAY_BE_CONFIDENTIAL:
            self.add_error("is_confidential", _("Un thème confidentiel est ouvert à des catégories ou des personnes."))
        return cleaned

    # --- What it says, once it is valid ---------------------------------------------------------------------------

    def texts(self) -> ThemeTexts:
        cleaned = self.cleaned_data
        return ThemeTexts(cleaned["title"], cleaned["introduction"], cleaned["parent"], cleaned["topic_policy"])

    def choice(self) -> CircleChoice:
        cleaned = self.cleaned_data
        kind = CircleKind(cleaned["circle"])
        people: list[User] = []
        if kind == CircleKind.CUSTOM:
            own = [self.user] if self.forum is None else []
            people = list(dict.fromkeys([*own, *cleaned.get("kept", []), *cleaned["people"]]))
        return CircleChoice(
            kind=kind,
            categories=tuple(cleaned["categories"]) if kind == CircleKind.CATEGORY else (),
            delegation=cleaned.get("delegation") if kind == CircleKind.DELEGATION else None,
            people=tuple(people),
            name=cleaned["title"] if kind == CircleKind.CUSTOM else "",
            is_confidential=cleaned["is_confidential"],
        )

    def named_people(self) -> list[User]:
        return list(dict.fromkeys([*self.cleaned_data.get("named", []), *self.cleaned_data["named_more"]]))

    def changes_circle(self) -> bool:
        """Whether the choice is another one than the theme's circle."""
        return self.forum is None or not _is_choice_of(self.choice(), self.forum.circle)


def _is_choice_of(choice: CircleChoice, circle: Circle) -> bool:
    several = circle.kind == CircleKind.CATEGORIES
    if (choice.kind, choice.is_confidential) != (
        CircleKind.CATEGORY if several else circle.kind,
        circle.is_confidential,
    ):
        return False
    if choice.kind == CircleKind.CUSTOM:
        return {one.pk for one in choice.people} == set(circle.memberships.values_list("user", flat=True))
    if choice.kind == CircleKind.CATEGORY:
        return sorted(one.pk for one in choice.categories) == (circle.categories or [circle.category_id or 0])
    if choice.kind == CircleKind.DELEGATION and choice.delegation is not None:
        return choice.delegation.pk == circle.delegation_id
    return True


class TagForm(forms.Form):
    """A tag of the network's list."""

    name = forms.CharField(label=_lazy("Mot-clé"), max_length=NAME_MAX_LENGTH)
    description = forms.CharField(
        label=_lazy("Ce qu’il recouvre"), max_length=200, required=False, help_text=_lazy("Une phrase, facultative.")
    )

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if not tag_slug(name) or "," in name or ";" in name:
            raise ValidationError(_("Écrivez un mot ou quelques-uns, sans virgule."))
        return name


class TagEditForm(TagForm):
    """With the other words by which it is found."""

    synonyms = forms.CharField(
        label=_lazy("Synonymes"),
        help_text=_lazy("Séparés par des virgules : qui les écrit obtient ce mot-clé."),
        max_length=600,
        required=False,
    )

    def clean_synonyms(self) -> list[str]:
        return split_names(self.cleaned_data["synonyms"])


class TagMergeForm(forms.Form):
    """Into which tag this one goes."""

    into = forms.ModelChoiceField(Tag.objects.none(), label=_lazy("Fusionner dans"), empty_label=_lazy("Choisir…"))

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Tag.objects.filter(network=tag.network_id).exclude(pk=tag.pk)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]
        self.fields["into"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
