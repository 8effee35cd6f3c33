"""What topics and posts share: turning what a person typed into what is stored."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from peerhub.files.queries import files_to_write
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, User
from peerhub.text.markdown import RENDER_VERSION, TextError, clean_source, file_ids, mentioned_ids, render

MAX_FILES = 30


@dataclass(frozen=True)
class Written:
    """A text ready to be stored: rendered once, before any lock is taken."""

    body: str
    html: str
    plain: str
    mentions: tuple[int, ...]
    # Those that the text shows, to be joined to what is published (services/files.py).
    files: tuple[int, ...] = ()

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


def write_out(body: str, *, circle: Circle, author: User) -> Written:
    """Render `body`. Only people who see what is open to `circle` can be named; only files that `author` (who types)
    has sent, or that are open to this circle already, can be shown. Raises `BadText`.
    """
    body = clean_source(body).strip()
    if not body:
        raise BadText(_("Écrivez votre message avant de le publier."))
    ids = file_ids(body)
    if len(ids) > MAX_FILES:
        sentence = _("Ce message montre trop de fichiers : %(limit)s au plus. Répartissez-les en plusieurs messages.")
        raise BadText(sentence % {"limit": MAX_FILES})
    files = files_to_write(ids, owner=author, circle=circle)
    try:
        rendered = render(body, names=_names(body, circle), files=files)
    except TextError as error:
        raise BadText(str(error)) from error
    return Written(body, rendered.html, rendered.plain, rendered.mentions, tuple(files))


def _names(body: str, circle: Circle) -> dict[int, str]:
    ids = mentioned_ids(body)
    if not ids:
        return {}
    people = User.objects.filter(pk__in=ids, is_active=True)
    if circle.kind != CircleKind.PUBLIC:
        people = people.filter(circle_memberships__circle=circle)
    return {person.pk: person.full_name for person in people}
