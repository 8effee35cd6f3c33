"""Posts as they stand on paper: nothing to press, and dates in full."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forums.fragments import PostRow, role_of
from peerhub.people.models import name_of
from peerhub.text.safe import as_safe
from peerhub.ui.components.shapes import local_time


def printed(rows: Sequence[PostRow], accepted_id: int | None) -> list[SafeString]:
    return [_printed(row, is_accepted=row.id == accepted_id) for row in rows if not row.is_removed]


def _printed(row: PostRow, *, is_accepted: bool) -> SafeString:
    english = get_language() == "en"
    category = (row.category_en if english else row.category_fr) or ""
    return format_html(
        '<article class="printed__post"><h2>{}{}</h2><p class="printed__meta">{}{} · {}</p>{}'
        '<div class="prose">{}</div></article>',
        name_of(row.given_name, row.family_name),
        f" ({capfirst(category)})" if category else "",
        role_of(row),
        local_time(row.created_at, "datetime"),
        _("message n° %(number)s") % {"number": row.number},
        format_html('<p class="printed__kept">{}</p>', _("Réponse retenue")) if is_accepted else "",
        as_safe(row.body_html),
    )
