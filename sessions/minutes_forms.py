"""The form of minutes, for pages without scripts: one field per section."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from peerhub.text.writing import HOW
from sessions.minutes.document import MAX_SECTION_CHARACTERS
from sessions.minutes.template import Section


class MinutesForm(forms.Form):
    """`number` is the change after which the texts were shown; `token` makes a double click one change."""

    number = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)
    how = HOW

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keys = [one.key for one in sections]
        for one in sections:
            # The texts of others are in there: a browser that gives back what stood in the fields before a reload
            # would undo what they wrote since.
            widget = forms.Textarea({"rows": 4, "autocomplete": "off", "data-section": one.key})
            self.fields[_name(one.key)] = forms.CharField(
                label=one.title, required=False, strip=False, max_length=MAX_SECTION_CHARACTERS, widget=widget
            )

    @staticmethod
    def initial_of(texts: Mapping[str, str]) -> dict[str, str]:
        return {_name(key): text for key, text in texts.items()}

    @property
    def section_fields(self) -> list[forms.BoundField]:
        return [self[_name(key)] for key in self._keys]

    @property
    def texts(self) -> dict[str, str]:
        """As a document counts them: forms send two characters where a line ends. Only those that were sent."""
        sent = {key: self.cleaned_data[_name(key)] for key in self._keys if _name(key) in self.data}
        return {key: text.replace("\r\n", "\n").replace("\r", "\n") for key, text in sent.items()}


def _name(key: str) -> str:
    return f"section-{key}"
