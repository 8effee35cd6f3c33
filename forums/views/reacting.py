"""What readers told of a post, as it is written under it: the bar that one presses, and the proof that an answer works.

In Python, like the post itself: a page shows twenty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from forums.enums import ReactionKind
from forums.fragments import EMPTY, KEY, glyph, inhabitants, under
from forums.models import Reaction
from forums.queries.reactions import KEPT, Counted, PageMarks, Trial
from peerhub.people.models import name_of
from peerhub.ui.components.identity import icon


def reaction_bar(post: Counted, marks: PageMarks, *, may_act: bool, language: str | None = None) -> SafeString:
    """The reactions to a post: to press, or for its author and for whoever only reads, to look at."""
    counts = (post.thanks_count, post.useful_count, post.tried_count)
    if not marks.user_id and not any(counts):
        return EMPTY
    is_shown_only = not may_act or post.author_id == marks.user_id
    kinds = _KINDS[:2] if post.number == 1 and marks.is_asked else _KINDS
    own = marks.of(post.id) - {KEPT}
    return under(
        post.id, bar_html(KEY, kinds, counts, own, is_shown_only, marks.user_id > 0, language or get_language())
    )


# Most posts have the same few counts: the bar is written once for each of these, not for each post.
@lru_cache(maxsize=1024)
def bar_html(
    pk: int | str,
    kinds: tuple[ReactionKind, ...],
    counts: tuple[int, ...],
    marks: frozenset[str],
    is_shown_only: bool,
    is_signed_in: bool,
    language: str | None,
) -> SafeString:
    if is_shown_only:
        # The numbers stand there when they are 0 as well, hidden: they may come live.
        words = [_shown(pk, kind, count, is_signed_in) for kind, count in zip(kinds, counts, strict=False)]
    else:
        words = [_press(pk, kind, count, kind.value in marks) for kind, count in zip(kinds, counts, strict=False)]
    inner = format_html_join("", "{}", ((word,) for word in words))
    return format_html('<reaction-bar class="reactions" data-post="/messages/{}/">{}</reaction-bar>', pk, inner)


_KINDS = (ReactionKind.THANKS, ReactionKind.USEFUL, ReactionKind.TRIED)
_ICONS = {ReactionKind.THANKS: "heart-handshake", ReactionKind.USEFUL: "thumbs-up", ReactionKind.TRIED: "check-check"}


def _press(pk: int | str, kind: ReactionKind, count: int, is_pressed: bool) -> SafeString:
    label, number = str(kind.label), _number(kind, count)
    picture = glyph(_ICONS[kind])
    if kind == ReactionKind.TRIED:
        html = '<a class="post__act reaction{}" data-of="tried" href="/messages/{}/essayer/">{}{}{}</a>'
        said = format_html('<span class="visually-hidden"> {}</span>', _("(vous l’avez dit)")) if is_pressed else EMPTY
        done = format_html("{}{}", label, said)
        return format_html(html, " reaction--on" if is_pressed else "", pk, picture, done, number)
    return format_html(
        '<button class="post__act reaction" form="acts-form" formaction="/messages/{}/reagir/" name="{}" value="{}" '
        'aria-pressed="{}">{}{}{}</button>',
        pk,
        kind.value,
        "0" if is_pressed else "1",
        "true" if is_pressed else "false",
        picture,
        label,
        number,
    )


def _shown(pk: int | str, kind: ReactionKind, count: int, is_signed_in: bool) -> SafeString:
    words = format_html("{}{}{}", glyph(_ICONS[kind]), str(kind.label), _number(kind, count))
    hidden = "" if count else " hidden"
    if kind == ReactionKind.TRIED:
        return format_html(
            '<a class="reaction reaction--shown" data-of="tried" href="/messages/{}/essais/"{}>{}</a>',
            pk,
            hidden,
            words,
        )
    if is_signed_in:
        return format_html(
            '<a class="reaction reaction--shown" data-of="{}" href="/messages/{}/reactions/"{}>{}</a>',
            kind.value,
            pk,
            hidden,
            words,
        )
    return format_html('<span class="reaction reaction--shown" data-of="{}"{}>{}</span>', kind.value, hidden, words)


def _number(kind: ReactionKind, count: int) -> SafeString:
    """Nothing for 0: sixty of them would weigh 4 kB a page; <reaction-bar> adds the one that comes live."""
    if not count:
        return EMPTY
    return format_html('<span class="reaction__count" data-count="{}">{}</span>', kind.value, count)


def bookmark_mark(pk: int) -> SafeString:
    """On a post that the viewer keeps."""
    html = '<a class="post__act post__kept" href="/messages/{}/signet/">{}{}</a>'
    return format_html(html, pk, icon("bookmark", size="small"), _("Dans vos signets"))


@dataclass(frozen=True)
class TrialWords:
    """« Claire Martin, Élue, Saint-X (7 100 habitants) » and what came of it."""

    name: str
    category_slug: str
    category: str
    place: str
    note: str


def words_of_trial(reaction: Reaction) -> TrialWords:
    """Needs the person, the territory and the hat."""
    hat = reaction.affiliation
    place = reaction.territory or (hat.territory if hat and reaction.user.shows_territory else None)
    return _words(
        Trial(
            reaction.user.given_name,
            reaction.user.family_name,
            hat.category.slug if hat else None,
            hat.category.label_fr if hat else None,
            hat.category.label_en if hat else None,
            place.name if place else None,
            place.population if place else None,
            reaction.note,
        )
    )


def _words(trial: Trial) -> TrialWords:
    place = trial.territory or ""
    if place and trial.population:
        place = f"{place} ({inhabitants(trial.population)})"
    label = (trial.category_en if get_language() == "en" else trial.category_fr) or ""
    return TrialWords(
        name_of(trial.given_name, trial.family_name), trial.category_slug or "", capfirst(label), place, trial.note
    )


def proof_html(pk: int, count: int, trials: Sequence[Trial]) -> SafeString:
    """That what a post says was tried: by how many peers, and what came of it for the first of them."""
    if not trials:
        return EMPTY
    title = ngettext("Essayé par %(count)s pair", "Essayé par %(count)s pairs", count) % {"count": count}
    lines = format_html_join("", "<li>{}</li>", ((_trial(_words(trial)),) for trial in trials))
    more = EMPTY
    if count > len(trials):
        html = '<a class="proof__all" href="/messages/{}/essais/">{}</a>'
        more = format_html(html, pk, _("Lire les %(count)s essais") % {"count": count})
    return format_html(
        '<div class="proof"><p class="proof__title">{}{}</p><ul class="proof__trials">{}</ul>{}</div>',
        icon("check-check", size="small"),
        title,
        lines,
        more,
    )


def _trial(words: TrialWords) -> SafeString:
    hat = EMPTY
    if words.category_slug:
        hat = format_html(' <span class="hat c-{}">{}</span>', words.category_slug, words.category)
    place = format_html(', <span class="proof__place">{}</span>', words.place) if words.place else EMPTY
    note = format_html('<q class="proof__note">{}</q>', words.note) if words.note else EMPTY
    return format_html('<span class="proof__who">{}{}{}</span>{}', words.name, hat, place, note)
