"""What is asked of the map."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from mentoring.fields import by_family
from mentoring.maps import MEASURES
from mentoring.models import Competence


class MapForm(forms.Form):
    """One competence or a family of them, and what to count; what means nothing is left out."""

    competence = forms.ChoiceField(label=_lazy("À propos de"), required=False)

    def __init__(self, *args: Any, tree: Iterable[Competence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = {one.slug: one for one in tree}
        field = self.fields["competence"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Toutes les compétences")), *by_family(self._known.values(), _whole)]

    @property
    def chosen(self) -> Competence | None:
        return self._known.get(self.data.get("competence", ""))

    @property
    def measure(self) -> str:
        asked = self.data.get("compter", "")
        return asked if asked in MEASURES else next(iter(MEASURES))


def _whole(family: str) -> str:
    return _("%(family)s : toute la famille") % {"family": family}
