"""What topics and posts share: turning what a person typed into what is stored."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, User
from peerhub.text.markdown import RENDER_VERSION, TextError, clean_source, mentioned_ids, render


@dataclass(frozen=True)
class Written:
    """A text ready to be stored: rendered once, before any lock is taken."""

    body: str
    html: str
    plain: str
    mentions: tuple[int, ...]

    @property
    def fields(self) -> dict[str, Any]:
        return {
            "body": self.body,
            "body_html": self.html,
            "body_text": self.plain,
            "render_version": RENDER_VERSION,
        }


class BadText(DomainError):
    """A text that cannot be published as it is (422)."""


class UsedToken(DomainError):
    """The token of the form belongs to something else: the form is not the person's own, or its page is too old."""

    def __init__(self) -> None:
        super().__init__(_("Ce formulaire a déjà servi. Rechargez la page, puis publiez de nouveau."))


def write_out(body: str, *, circle: Circle) -> Written:
    """Render `body`; only people who see what is open to `circle` can be named. Raises `BadText`."""
    body = clean_source(body).strip()
    if not body:
        raise BadText(_("Écrivez votre message avant de le publier."))
    try:
        rendered = render(body, names=_names(body, circle))
    except TextError as error:
        raise BadText(str(error)) from error
    return Written(body, rendered.html, rendered.plain, rendered.mentions)


def _names(body: str, circle: Circle) -> dict[int, str]:
    ids = mentioned_ids(body)
    if not ids:
        return {}
    people = User.objects.filter(pk__in=ids, is_active=True)
    if circle.kind != CircleKind.PUBLIC:
        people = people.filter(circle_memberships__circle=circle)
    return {person.pk: person.full_name for person in people}
