"""What is asked of the map."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

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
            field.choices = [("", _("Toutes les compétences")), *families(self._known.values())]

    @property
    def chosen(self) -> Competence | None:
        return self._known.get(self.data.get("competence", ""))

    @property
    def measure(self) -> str:
        asked = self.data.get("compter", "")
        return asked if asked in MEASURES else next(iter(MEASURES))


def families(tree: Iterable[Competence]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices by family, each family itself first."""
    found: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for one in tree:
        if one.parent_id is None:
            found[one.pk] = (one.name, [(one.slug, _("%(family)s : toute la famille") % {"family": one.name})])
        elif one.parent_id in found:
            found[one.parent_id][1].append((one.slug, one.name))
    return list(found.values())
