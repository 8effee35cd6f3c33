"""What a viewer may press under a post. Small, since a page shows twenty: the rest is in the menu, which is fetched.

Buttons belong to the one form `acts-form` of the page, so that a post carries neither forms nor tokens.
"""

from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forums.fragments import EMPTY, PostRow
from forums.policies import TopicAbilities
from peerhub.ui.components.identity import icon


def post_controls(row: PostRow, is_accepted: bool, abilities: TopicAbilities) -> SafeString:
    if row.is_removed or not abilities.act:
        return EMPTY
    accepts = bool(abilities.accept) and row.number > 1
    return _controls(row.id, bool(abilities.reply), accepts, is_accepted, get_language())


def controls_of_new_post(abilities: TopicAbilities) -> SafeString:
    """For a post that comes live: its key stands as 0, which the page replaces."""
    return _controls(0, bool(abilities.reply), bool(abilities.accept), False, get_language())


@lru_cache(maxsize=4096)
def _controls(pk: int, may_reply: bool, accepts: bool, is_accepted: bool, language: str | None) -> SafeString:
    acts = [
        _quote(pk) if may_reply else EMPTY,
        _answer(pk, is_accepted) if accepts else EMPTY,
        _menu(pk),
    ]
    return format_html_join("", "{}", ((act,) for act in acts if act))


def _quote(pk: int) -> SafeString:
    html = '<a class="post__act" href="?citer={0}#repondre" data-quote="/messages/{0}/citer/">{1}{2}</a>'
    return format_html(html, pk, icon("quote", size="small"), _("Citer"))


def _answer(pk: int, is_accepted: bool) -> SafeString:
    address, name, label = (
        ("ne-plus-retenir", "x", _("Ne plus retenir"))
        if is_accepted
        else ("retenir", "check", _("Retenir cette réponse"))
    )
    html = '<button class="post__act" form="acts-form" formaction="/messages/{}/{}/">{}{}</button>'
    return format_html(html, pk, address, icon(name, size="small"), label)


def _menu(pk: int) -> SafeString:
    label = _("Autres actions")
    return format_html(
        '<details class="menu menu--end" data-menu data-lazy="/messages/{0}/actions/"><summary class="post__act" '
        'title="{1}"><span class="visually-hidden">{1}</span>{2}</summary>'
        '<div class="menu__panel"><a class="menu__item" href="/messages/{0}/actions/">{1}</a></div></details>',
        pk,
        label,
        icon("ellipsis", size="small"),
    )
