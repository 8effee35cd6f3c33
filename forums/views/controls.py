"""What a viewer may press under a post. Small, since a page shows twenty: the rest is in the menu, which is fetched.

Buttons belong to the one form `acts-form` of the page, so that a post carries neither forms nor tokens.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forums.enums import RemovalKind
from forums.fragments import EMPTY, KEY, PostRow, glyph, under
from forums.policies import TopicAbilities
from forums.queries.reactions import KEPT, NO_MARKS, PageMarks
from forums.views.reacting import bookmark_mark, proof_html, reaction_bar
from peerhub.ui.components.identity import icon


def post_controls(
    row: PostRow, is_accepted: bool, abilities: TopicAbilities, marks: PageMarks = NO_MARKS, language: str | None = None
) -> SafeString:
    """In the active language, which a page of twenty posts asks for once."""
    if row.is_removed:
        return _controls_of_removed(row, abilities, marks)
    language = language or get_language()
    bar = reaction_bar(row, marks, may_act=bool(abilities.act), language=language)
    if not abilities.act:
        return bar
    accepts = bool(abilities.accept) and row.number > 1
    acts = under(row.id, acts_html(KEY, bool(abilities.reply), accepts, is_accepted, language))
    kept = bookmark_mark(row.id) if KEPT in marks.of(row.id) else EMPTY
    return bar + kept + acts


def post_proof(row: PostRow, marks: PageMarks) -> SafeString:
    """Who tried what the post says, and what came of it."""
    if row.is_removed or not row.tried_count:
        return EMPTY
    return proof_html(row.id, row.tried_count, marks.trials.get(row.id, ()))


def controls_of_new_post(user_id: int, abilities: TopicAbilities) -> SafeString:
    """For a post that comes live: its key stands as 0, which the page replaces."""
    acts = acts_html(0, bool(abilities.reply), bool(abilities.accept), False, get_language())
    return format_html("{}{}", reaction_bar(_Coming(), PageMarks(user_id), may_act=True), acts)


@dataclass(frozen=True)
class _Coming:
    """A post that nobody has read yet."""

    id: int = 0
    number: int = 0
    author_id: int = 0
    is_removed: bool = False
    thanks_count: int = 0
    useful_count: int = 0
    tried_count: int = 0


def _controls_of_removed(row: PostRow, abilities: TopicAbilities, marks: PageMarks) -> SafeString:
    """Its author reads it again, and brings it back; who looks after the topic likewise what the animation removed."""
    is_own = row.author_id == marks.user_id
    if not abilities.act or row.removal_kind == RemovalKind.MOVED or not (is_own or marks.is_curator):
        return EMPTY
    html = '<a class="post__act" href="/messages/{}/retire/">{}{}</a>'
    read = format_html(html, row.id, icon("eye", size="small"), _("Lire ce qui a été retiré"))
    if row.removal_kind == RemovalKind.AUTHOR and not is_own:
        return read
    if row.removal_kind == RemovalKind.MODERATION and not marks.is_curator:
        return read
    html = '{}<button class="post__act" form="acts-form" formaction="/messages/{}/restaurer/">{}{}</button>'
    return format_html(html, read, row.id, icon("undo-2", size="small"), _("Rétablir"))


@lru_cache(maxsize=64)
def acts_html(pk: int | str, may_reply: bool, accepts: bool, is_accepted: bool, language: str | None) -> SafeString:
    acts = [
        _quote(pk) if may_reply else EMPTY,
        _answer(pk, is_accepted) if accepts else EMPTY,
        _menu(pk),
    ]
    return format_html_join("", "{}", ((act,) for act in acts if act))


def _quote(pk: int | str) -> SafeString:
    html = '<a class="post__act" href="?citer={0}#repondre" data-quote="/messages/{0}/citer/">{1}{2}</a>'
    return format_html(html, pk, glyph("quote"), _("Citer"))


def _answer(pk: int | str, is_accepted: bool) -> SafeString:
    address, name, label = (
        ("ne-plus-retenir", "x", _("Ne plus retenir"))
        if is_accepted
        else ("retenir", "check", _("Retenir cette réponse"))
    )
    html = '<button class="post__act" form="acts-form" formaction="/messages/{}/{}/">{}{}</button>'
    return format_html(html, pk, address, glyph(name), label)


def _menu(pk: int | str) -> SafeString:
    label = _("Autres actions")
    return format_html(
        '<details class="menu menu--end" data-menu data-lazy="/messages/{0}/actions/"><summary class="post__act" '
        'aria-label="{1}">{2}</summary>'
        '<div class="menu__panel"><a class="menu__item" href="/messages/{0}/actions/">{1}</a></div></details>',
        pk,
        label,
        glyph("ellipsis"),
    )


def topic_menu(pk: int) -> SafeString:
    """What one may do with the whole topic, next to its title; fetched when it opens."""
    return _topic_menu(pk, get_language())


@lru_cache(maxsize=1024)
def _topic_menu(pk: int, language: str | None) -> SafeString:
    label = _("Actions sur la discussion")
    return format_html(
        '<details class="menu menu--end topic-top__menu" data-menu data-lazy="/sujets/{0}/actions/">'
        '<summary class="button button--quiet button--icon" title="{1}"><span class="visually-hidden">{1}</span>{2}'
        '</summary><div class="menu__panel"><a class="menu__item" href="/sujets/{0}/actions/">{1}</a></div></details>',
        pk,
        label,
        icon("ellipsis"),
    )
