"""What topics and posts share: turning what a person typed into what is stored."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from forums.models import Post, PostRevision
from peerhub.files.queries import files_to_write
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.limits import within_limit
from peerhub.people.models import ActorCategory, Circle, Membership, User
from peerhub.text.markdown import (
    RENDER_VERSION,
    TextError,
    clean_source,
    file_ids,
    mentioned_categories,
    mentioned_ids,
    one_line,
    render,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MAX_FILES = 30
REASON_MAX_LENGTH = 300
# Each of them is told: naming everybody one by one would be naming a category.
MOST_NAMED = 30
CATEGORIES_NAMED_A_DAY = 5
_FILE_NUMBER = re.compile(r"(?<=/fichiers/)\d+(?=/)", re.ASCII)


@dataclass(frozen=True)
class Written:
    """A text ready to be stored: rendered once, before any lock is taken."""

    body: str
    html: str
    plain: str
    mentions: tuple[int, ...]
    # Slugs of the categories that the text names: see `may_name`.
    categories: tuple[str, ...] = ()
    # Those that the text shows, to be joined to what is published (services/files.py).
    files: tuple[int, ...] = ()
    # The addresses in it: for the screening of what is about to be published (services/holding.py).
    links: tuple[str, ...] = ()

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


class OtherText(DomainError):
    """What this form sent before was published, though its answer was lost; what it sends now says something else."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Un premier envoi de ce message a déjà été publié. Votre texte, différent, est gardé ici : "
                "publiez-le s’il apporte autre chose, ou modifiez le message publié."
            )
        )


def require_same(post: Post, written: Written) -> None:
    """The retry of a message that is published already says what it said. Raises `OtherText`: nothing is dropped.

    A file that the form joins itself was kept once more by the second attempt, under another number.
    """
    said = [post.body, *PostRevision.objects.filter(post=post).values_list("body", flat=True)]
    if _FILE_NUMBER.sub("", written.body) not in {_FILE_NUMBER.sub("", body) for body in said}:
        raise OtherText


def write_out(body: str, *, circle: Circle, author: User) -> Written:
    """Render `body`. Only people who see what is open to `circle`, and of a network of `author`'s, can be named; only
    files that `author` (who types) has sent, or that are open to this circle already, can be shown. Raises `BadText`.
    """
    body = clean_source(body).strip()
    if not body:
        raise BadText(_("Écrivez votre message avant de le publier."))
    ids = file_ids(body)
    if len(ids) > MAX_FILES:
        sentence = _("Ce message montre trop de fichiers : %(limit)s au plus. Répartissez-les en plusieurs messages.")
        raise BadText(sentence % {"limit": MAX_FILES})
    files = files_to_write(ids, owner=author, circle=circle)
    try:
        rendered = render(body, names=_names(body, circle, author), groups=_groups(body), files=files)
    except TextError as error:
        raise BadText(str(error)) from error
    return Written(
        body, rendered.html, rendered.plain, rendered.mentions, rendered.categories, tuple(files), rendered.links
    )


def clean_reason(reason: str, *, missing: "_StrOrPromise" = "") -> str:
    """Why something is done, in one line. Raises `DomainError` with the sentence `missing`, where one is given, when
    there is none."""
    reason = one_line(reason)[:REASON_MAX_LENGTH]
    if missing and not reason:
        raise DomainError(str(missing))
    return reason


def require_naming(written: Written, membership: Membership | None, *, before: str = "") -> None:
    """Naming a whole category tells everyone in it: animators may, a few times a day. `before` is what the text said,
    when it is edited. As whoever is told (forums/naming.py), it reads the source. Raises `BadText`."""
    if not set(mentioned_categories(written.body)) - set(mentioned_categories(before)) or membership is None:
        return
    if not membership.is_animator:
        raise BadText(_("Nommer toute une catégorie est réservé à l’animation du réseau : nommez des personnes."))
    if not within_limit("name-category", membership.pk, times=CATEGORIES_NAMED_A_DAY, seconds=86_400):
        sentence = _("Vous avez déjà nommé des catégories %(limit)s fois aujourd’hui : nommez plutôt des personnes.")
        raise BadText(sentence % {"limit": CATEGORIES_NAMED_A_DAY})


def _groups(body: str) -> dict[str, str]:
    slugs = mentioned_categories(body)
    return {one.slug: str(one.plural) for one in ActorCategory.objects.filter(slug__in=slugs)} if slugs else {}


def _names(body: str, circle: Circle, author: User) -> dict[int, str]:
    ids = mentioned_ids(body)
    if not ids:
        return {}
    if len(ids) > MOST_NAMED:
        raise BadText(_("Ce message nomme trop de personnes : %(limit)s au plus.") % {"limit": MOST_NAMED})
    people = User.objects.filter(pk__in=ids, is_active=True)
    if circle.kind == CircleKind.PUBLIC:
        # A number alone must not tell the name of somebody from elsewhere.
        own = Membership.objects.active().filter(user=author).values("network")
        people = people.filter(pk__in=Membership.objects.active().filter(network__in=own).values("user"))
    else:
        people = people.filter(circle_memberships__circle=circle)
    return {person.pk: person.full_name for person in people}
