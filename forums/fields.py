"""Fields of the forums' forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forums.services.tags import TAGS_PER_TOPIC, split_names
from forums.tag_names import tag_names


class TagsInput(forms.TextInput):
    """Names between commas, with the list of the network beside it; `<tag-input>` makes tokens of them."""

    template_name = "forums/_tags_input.html"
    network_id = 0

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}-mots"
        context["names"] = [label for _slug, label in tag_names(self.network_id)] if self.network_id else []
        return context

    def format_value(self, value: Any) -> str | None:
        return ", ".join(value) if isinstance(value, list | tuple) else super().format_value(value)


class TagsField(forms.CharField):
    """The tags of a topic: cleans to a list of names, for `services.tags.set_tags`, which knows which are known.

    The form says whose list it offers: `self.fields["tags"].offer(network.pk)`.
    """

    widget = TagsInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {
            "label": _("Mots-clés"),
            "help_text": _(
                "Cinq au plus, séparés par des virgules : ce que l’on chercherait pour trouver cette discussion."
            ),
            "required": False,
            "max_length": 400,
            **kwargs,
        }
        super().__init__(**kwargs)

    def offer(self, network_id: int) -> None:
        self.widget.network_id = network_id

    def clean(self, value: Any) -> Any:
        names = split_names(super().clean(value))
        if len(names) > TAGS_PER_TOPIC:
            raise forms.ValidationError(
                _("Cinq mots-clés au plus : gardez ceux par lesquels on cherchera cette discussion.")
            )
        return names
