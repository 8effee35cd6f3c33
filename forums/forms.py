"""What people type to open a topic or to reply."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from forums.enums import TopicKind
from forums.models import BODY_MAX_LENGTH, TITLE_MAX_LENGTH
from forums.policies import allowed_kinds
from peerhub.files.models import ALT_MAX_LENGTH
from peerhub.people.models import Membership


class FileFields(forms.Form):
    """A file that comes with the text: for browsers without our script, which sends files on their own."""

    file = forms.FileField(required=False)
    file_alt = forms.CharField(required=False, max_length=ALT_MAX_LENGTH)


class ReplyForm(FileFields):
    """A reply. `token` makes a double click or a retry one post."""

    body = forms.CharField(
        label=_("Votre réponse"),
        max_length=BODY_MAX_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Écrivez votre message avant de le publier.")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class TopicForm(FileFields):
    """A new topic; the kinds offered are those that the person may open."""

    kind = forms.ChoiceField(label=_("Nature du sujet"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Titre"),
        max_length=TITLE_MAX_LENGTH,
        min_length=5,
        help_text=_("Une phrase qui dit ce que vous cherchez, ou ce que vous apportez."),
    )
    body = forms.CharField(label=_("Message"), max_length=BODY_MAX_LENGTH, widget=forms.Textarea({"rows": 8}))
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ("kind", "title", "body", "file", "file_alt", "token")

    def __init__(self, *args: object, membership: Membership | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.kinds = allowed_kinds(membership)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in self.kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = TopicKind.QUESTION


class ReasonForm(forms.Form):
    """Why, in a line, for those who wish to say it."""

    reason = forms.CharField(
        label=_("Pourquoi"),
        help_text=_("Une ligne, visible de toutes les personnes qui lisent la discussion."),
        max_length=300,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
