"""The forms that open a topic: one for each kind, since a report asks for other things than a question."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from forums.enums import TopicKind
from forums.fields import TagsField
from forums.forms import FileFields
from forums.models import BODY_MAX_LENGTH, TITLE_MAX_LENGTH
from forums.policies import allowed_kinds
from forums.services.experience import FACTS, SECTIONS, ReportFields, compose_report
from peerhub.people.fields import TerritoryField
from peerhub.people.models import Membership

PART_MAX_LENGTH = 9_000  # four parts, and their headings, stay below the longest text


class TopicForm(FileFields):
    """A new topic of the kind that was chosen before; `kinds` are those that the person may open."""

    kind = forms.ChoiceField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_lazy("Titre"),
        max_length=TITLE_MAX_LENGTH,
        min_length=5,
        help_text=_lazy("Une phrase qui dit ce que vous cherchez, ou ce que vous apportez."),
    )
    body = forms.CharField(label=_lazy("Message"), max_length=BODY_MAX_LENGTH, widget=forms.Textarea({"rows": 8}))
    tags = TagsField()
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order: tuple[str, ...] = ("kind", "title", "body", "file", "file_alt", "territory", "tags", "token")

    def __init__(self, *args: Any, membership: Membership | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = allowed_kinds(membership)
        if membership:
            self.fields["tags"].offer(membership.network_id)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in self.kinds]  # type: ignore[attr-defined]

    is_report = False

    @property
    def facts(self) -> list[Any]:
        """What is written beside the text."""
        return [self[name] for name in ("territory", "tags", *FACTS) if name in self.fields]

    @property
    def kept_text(self) -> str:
        """What was typed, to be copied, when the form cannot be shown again."""
        return str(self["body"].value() or "")


class PlacedForm(TopicForm):
    """With the place that it is about."""

    territory = TerritoryField(
        label=_lazy("Territoire concerné"),
        help_text=_lazy("Une commune, une intercommunalité… : les pairs du même genre vous trouveront mieux."),
        required=False,
    )


def _part(label: Any, hint: Any, rows: int = 4, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=PART_MAX_LENGTH,
        required=required,
        widget=forms.Textarea({"rows": rows}),
    )


class ReportParts(forms.Form):
    """The parts of an experience report: what happened, in the order in which one tells it."""

    context = _part(_lazy("Le contexte"), _lazy("D’où vous partiez, et pourquoi il fallait agir."))
    actions = _part(_lazy("Ce qui a été fait"), _lazy("Les étapes, avec qui, en combien de temps."), 6)
    results = _part(
        _lazy("Ce que cela a donné"), _lazy("Ce qui a changé, ce qui a coincé, des chiffres si vous en avez.")
    )
    lessons = _part(
        _lazy("Ce que nous ferions autrement"), _lazy("Le plus utile à qui se lance après vous."), required=False
    )
    cost = forms.CharField(
        label=_lazy("Le coût"),
        help_text=_lazy("Par exemple : 12 000 € la première année, dont 8 000 € d’aide."),
        max_length=200,
        required=False,
    )
    contact = forms.CharField(
        label=_lazy("À qui s’adresser"),
        help_text=_lazy("Une personne ou un service que l’on peut appeler."),
        max_length=200,
        required=False,
    )

    @property
    def parts(self) -> list[Any]:
        """The long texts, in their order."""
        return [self[name] for name in SECTIONS]

    @property
    def kept_text(self) -> str:
        return compose_report(ReportFields.of({name: self[name].value() for name in (*SECTIONS, *FACTS)}))

    def clean(self) -> dict[str, Any]:
        """Gives the fields as `report`, and as `body` the text that is written from them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["report"] = ReportFields.of({name: cleaned.pop(name) for name in (*SECTIONS, *FACTS)})
            cleaned["body"] = compose_report(cleaned["report"])
        return cleaned


class ExperienceForm(ReportParts, PlacedForm):
    """An experience report, to be opened."""

    is_report = True
    body = None  # type: ignore[assignment]
    field_order = ("kind", "title", *SECTIONS, "file", "file_alt", "territory", "tags", *FACTS, "token")


FORMS: dict[str, type[TopicForm]] = {
    TopicKind.QUESTION: PlacedForm,
    TopicKind.REPORT: ExperienceForm,
}


def form_of_kind(kind: str) -> type[TopicForm]:
    return FORMS.get(kind, TopicForm)
