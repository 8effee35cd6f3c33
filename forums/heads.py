"""The head of a topic: its title, its circle, what it is about, and its state.

Like a post, it is the same for all who see it: it stands in pages and in live frames (`#topic-state`), and holds
nothing of one viewer. Joined strings, kept by the facts that they are written from (docs/adr/0011).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from forums.audience import circle_label
from forums.enums import TopicKind, TopicState
from forums.fragments import inhabitants
from forums.models import Tag, Topic
from forums.queries.lens import lens_for
from peerhub.people.enums import CircleKind
from peerhub.people.models import name_of
from peerhub.ui.components.identity import badge, circle_badge, icon

EMPTY = SafeString()
KIND_ICONS = {
    TopicKind.QUESTION: "circle-help",
    TopicKind.REPORT: "file-text",
    TopicKind.ANNOUNCEMENT: "bell",
}
Pairs = tuple[tuple[str, str], ...]


class Kept(NamedTuple):
    """The answer that was kept: whose, by whom, and why. `is_by_asker`: the person who asked kept it."""

    post_id: int
    author: str
    by: str
    reason: str
    is_by_asker: bool


class HeadFacts(NamedTuple):
    """What a head is written from: the same facts give the same words."""

    title: str
    kind: str
    circle: tuple[str, str, bool, str]
    place: str
    network: str
    tags: Pairs
    is_pinned: bool
    is_locked: bool
    lock_reason: str
    is_archived: bool
    slow_seconds: int
    is_held: bool
    kept: Kept | None
    answered: Pairs
    missing: Pairs


def kept_answer(topic: Topic) -> Kept | None:
    """Reads `accepted_post__author` and `accepted_by`, where they are not loaded."""
    post, by = topic.accepted_post, topic.accepted_by
    if post is None:
        return None
    author = name_of(post.author.given_name, post.author.family_name)
    name = name_of(by.given_name, by.family_name) if by else ""
    return Kept(post.pk, author, name, topic.accepted_reason, topic.accepted_by_id in (None, topic.author_id))


def kept_words(topic: Topic) -> str:
    """What the kept answer says under its mark; nothing when the person who asked kept it without a word."""
    kept = kept_answer(topic)
    if kept is None or (kept.is_by_asker and not kept.reason):
        return ""
    if not kept.reason:
        return _("Retenue par %(name)s.") % {"name": kept.by}
    return _("Retenue par %(name)s : « %(reason)s »") % {"name": kept.by, "reason": kept.reason}


def head_html(topic: Topic, tags: Sequence[tuple[str, str]] | None = None) -> SafeString:
    """`#topic-state` in the active language. Needs the circle with its category and delegation; `tags` (slug and name)
    and the rest are read where they are not given."""
    return _written(_facts(topic, tags), get_language())


def _facts(topic: Topic, tags: Sequence[tuple[str, str]] | None) -> HeadFacts:
    circle = topic.circle
    category = circle.category.slug if circle.kind == CircleKind.CATEGORY and circle.category else ""
    lens = lens_for(topic)
    pairs = list(Tag.objects.filter(topics=topic).values_list("slug", "name")) if tags is None else tags
    return HeadFacts(
        title=topic.title,
        kind=topic.kind,
        circle=(circle.kind, circle_label(circle), circle.is_confidential, category),
        place=_place(topic),
        network=topic.network.slug,
        tags=tuple(pairs),
        is_pinned=topic.is_pinned,
        is_locked=topic.is_locked,
        lock_reason=topic.lock_reason,
        is_archived=topic.state == TopicState.ARCHIVED,
        slow_seconds=topic.slow_seconds,
        is_held=topic.is_held,
        kept=kept_answer(topic),
        answered=tuple((one.slug, capfirst(one.plural)) for one in lens.answered),
        missing=tuple((one.slug, capfirst(one.plural)) for one in lens.missing),
    )


def _place(topic: Topic) -> str:
    """« Saint-Martin, 7 100 habitants »."""
    place = topic.territory
    if place is None:
        return ""
    return f"{place.name}, {inhabitants(place.population)}" if place.population else place.name


@lru_cache(maxsize=1024)
def _written(facts: HeadFacts, language: str | None) -> SafeString:
    states = _states(facts)
    kind, label, is_confidential, category = facts.circle
    about = [circle_badge(kind=kind, label=label, confidential=is_confidential, category=category)]
    if facts.kind != TopicKind.DISCUSSION:
        words = str(TopicKind(facts.kind).label)
        about.append(badge(label=words, kind="brand", icon=KIND_ICONS[TopicKind(facts.kind)]))
    if facts.place:
        about.append(
            format_html('<span class="topic-head__place">{}{}</span>', icon("map-pin", "", "small"), facts.place)
        )
    about += [
        format_html('<a class="tag" href="/r/{}/mots-cles/{}/">{}</a>', facts.network, slug, name)
        for slug, name in facts.tags
    ]
    return format_html(
        '<header class="topic-head" id="topic-state"><h1>{}</h1><div class="row">{}{}</div>{}{}{}</header>',
        facts.title,
        _joined(about),
        _joined(states),
        format_html('<p class="topic-head__why">{}</p>', facts.lock_reason)
        if facts.is_locked and facts.lock_reason
        else EMPTY,
        _card(facts.kept) if facts.kept else EMPTY,
        _lens(facts) if facts.answered or facts.missing else EMPTY,
    )


def _joined(pieces: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _states(facts: HeadFacts) -> list[SafeString]:
    found = []
    if facts.is_pinned:
        found.append(badge(label=_("Épinglé"), icon="pin"))
    if facts.is_locked:
        found.append(badge(label=_("Discussion close"), icon="lock", kind="warm"))
    if facts.is_archived:
        found.append(badge(label=_("Discussion archivée"), icon="inbox", kind="warm"))
    if facts.slow_seconds and not (facts.is_locked or facts.is_archived):
        words = _("Au ralenti : un message par personne toutes les %(wait)s") % {"wait": _wait(facts.slow_seconds)}
        found.append(badge(label=words, icon="clock", kind="sun"))
    if facts.is_held:
        found.append(badge(label=_("Réponses relues avant de paraître"), icon="shield", kind="sun"))
    return found


def _wait(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ngettext("%(n)s heure", "%(n)s heures", round(minutes / 60)) % {"n": round(minutes / 60)}


def _card(kept: Kept) -> SafeString:
    words = _("Réponse retenue par %(name)s : celle de %(author)s") if kept.by else _("Réponse retenue : %(author)s")
    return format_html(
        '<a class="kept" href="/messages/{}/">{}<span class="kept__who">{}</span>{}</a>',
        kept.post_id,
        icon("circle-check"),
        words % {"name": kept.by, "author": kept.author},
        format_html('<span class="kept__why">{}</span>', _("« %(reason)s »") % {"reason": kept.reason})
        if kept.reason
        else EMPTY,
    )


def _lens(facts: HeadFacts) -> SafeString:
    answered = _hats(_("Ont répondu :"), "hat", facts.answered) if facts.answered else EMPTY
    label = _("pas encore :") if facts.answered else _("N’ont pas encore répondu :")
    missing = _hats(label, "hat hat--none", facts.missing) if facts.missing else EMPTY
    return format_html('<p class="lens">{}{}</p>', answered, missing)


def _hats(label: str, shape: str, categories: Pairs) -> SafeString:
    hats = format_html_join("", '<span class="{} c-{}">{}</span>', ((shape, slug, name) for slug, name in categories))
    return format_html('<span class="lens__label">{}</span>{}', label, hats)
