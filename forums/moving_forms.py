"""What those who look after a discussion type to act on it."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from forums.audience import circle_label
from forums.enums import TopicKind
from forums.fields import TagsField
from forums.models import BODY_MAX_LENGTH, TITLE_MAX_LENGTH, Forum, Topic
from forums.policies import allowed_kinds
from forums.topic_forms import PlacedForm
from peerhub.people.models import Membership
from peerhub.ui.forms import DayInput

PACES = (
    ("5", _lazy("5 minutes")),
    ("15", _lazy("15 minutes")),
    ("60", _lazy("une heure")),
    ("240", _lazy("quatre heures")),
)


def _line(label: Any, hint: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=300,
        required=required,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class ReasonedForm(forms.Form):
    reason = _line(_lazy("Pourquoi"))


class PinForm(forms.Form):
    until = forms.DateField(
        label=_lazy("Jusqu’au"),
        help_text=_lazy("Ce jour compris. Sans date, la discussion reste épinglée."),
        required=False,
        widget=DayInput(),
    )

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        return day


class PaceForm(forms.Form):
    minutes = forms.TypedChoiceField(
        label=_lazy("Entre deux messages d’une même personne"),
        choices=PACES,
        coerce=int,
        initial="15",
        widget=forms.RadioSelect,
    )


class FilingForm(forms.Form):
    """The kind, place and tags of a discussion."""

    kind = forms.ChoiceField(label=_lazy("Nature"), widget=forms.RadioSelect)
    territory = PlacedForm.base_fields["territory"]
    tags = TagsField()

    def __init__(self, *args: Any, membership: Membership | None, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in TopicKind if kind in allowed_kinds(membership) or kind == topic.kind]
        field: Any = self.fields["kind"]
        field.choices = [(one.value, one.label) for one in kinds]
        tags: Any = self.fields["tags"]
        tags.offer(topic.network_id)


def _why() -> forms.CharField:
    return _line(_lazy("Pourquoi"), _lazy("Les personnes dont les textes changent de place lisent cette raison."))


class AgreedForm(forms.Form):
    """`agreed` is the circle whose readers the person was told of, and agreed to."""

    agreed = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _choose(field: Any, forums: Sequence[Forum]) -> None:
    field.choices = [(str(one.pk), f"{one.title} ({circle_label(one.circle)})") for one in forums]


class MoveForm(AgreedForm):
    forum = forms.TypedChoiceField(label=_lazy("Vers le thème"), coerce=int)
    reason = _why()

    def __init__(self, *args: Any, forums: Sequence[Forum], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["forum"], forums)


class SplitForm(AgreedForm):
    title = forms.CharField(
        label=_lazy("Titre de la nouvelle discussion"),
        min_length=5,
        max_length=TITLE_MAX_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_lazy("Nature"), initial=TopicKind.DISCUSSION)
    forum = forms.TypedChoiceField(label=_lazy("Dans le thème"), coerce=int, required=False, empty_value=None)
    posts = forms.TypedMultipleChoiceField(label=_lazy("Les messages à emmener"), coerce=int, required=False)
    onwards = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    reason = _why()
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, forums: Sequence[Forum], post_ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in (TopicKind.DISCUSSION, TopicKind.QUESTION)]
        _choose(self.fields["forum"], forums)
        keys = [(str(pk), str(pk)) for pk in post_ids]
        for name in ("posts", "onwards"):
            field: Any = self.fields[name]
            field.choices = keys


class MergeForm(AgreedForm):
    into = forms.IntegerField()
    reason = _why()


class JudgementForm(forms.Form):
    reason = _line(
        _lazy("Un mot pour son auteur·rice"),
        _lazy("Obligatoire si vous ne publiez pas : la personne le lira."),
        required=False,
    )

    def __init__(self, *args: Any, is_published: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_published = is_published

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not (reason or self.is_published):
            raise forms.ValidationError(_("Dites pourquoi, en une ligne."))
        return reason


class PhoneForm(forms.Form):
    person = forms.IntegerField(widget=forms.HiddenInput)
    body = forms.CharField(
        label=_lazy("Ce que cette personne a dit"),
        max_length=BODY_MAX_LENGTH,
        widget=forms.Textarea({"rows": 6}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
