"""From rows to what the templates write: words, addresses, and the pieces of HTML that pages share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from forums.audience import circle_label, name_of_circle, readers_sentence
from forums.enums import TopicKind
from forums.forms import ReplyForm
from forums.fragments import PostRow, post_html
from forums.heads import head_html, kept_words
from forums.models import Topic
from forums.origins import origin_for
from forums.policies import TopicAbilities, topic_abilities
from forums.queries import TopicHead, TopicPage
from forums.queries.curating import held_in_topic
from forums.queries.reactions import NO_MARKS, PageMarks, marks_for
from forums.queries.readers import unseen_names
from forums.stamps import stamp
from forums.topic_forms import TopicForm
from forums.views.controls import controls_of_new_post, post_controls, post_proof, topic_menu
from forums.views.reports import shown_report
from forums.views.waiting import held_piece
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle
from peerhub.text.markdown import mentioned_ids
from peerhub.ui.components.base import form_token
from peerhub.ui.components.parts import fill
from peerhub.ui.pagination import Page
from peerhub.ui.times import reader_now

TOO_MUCH = gettext_lazy("Vous publiez très vite : attendez une minute, votre texte est gardé ici.")


@dataclass(frozen=True)
class Audience:
    """Who sees a space: for its badge, and for the composer in it."""

    kind: str
    label: str
    readers: str
    is_confidential: bool
    category: str
    name: str = ""


def audience(circle: Circle) -> Audience:
    """Needs `category` and `delegation` loaded."""
    category = circle.category.slug if circle.kind == CircleKind.CATEGORY and circle.category else ""
    label, readers = circle_label(circle), readers_sentence(circle)
    return Audience(circle.kind, label, readers, circle.is_confidential, category, name_of_circle(circle))


@dataclass(frozen=True)
class KindChoice:
    """A kind of topic that one may open, as a card."""

    value: str
    label: str
    hint: str
    icon: str
    is_checked: bool


def kind_choices(form: TopicForm) -> list[KindChoice]:
    hints = {
        TopicKind.QUESTION: (_("Vous cherchez ce que d’autres ont déjà fait."), "circle-help"),
        TopicKind.DISCUSSION: (_("Vous proposez un sujet à débattre ensemble."), "message-circle"),
        TopicKind.REPORT: (_("Vous racontez ce que vous avez fait, et ce que cela a donné."), "file-text"),
        TopicKind.ANNOUNCEMENT: (_("Vous informez tout le cercle."), "bell"),
    }
    chosen = form["kind"].value() or TopicKind.QUESTION
    return [
        KindChoice(kind.value, str(kind.label), *hints[kind], is_checked=kind.value == chosen) for kind in form.kinds
    ]


def topic_context(
    request: HttpRequest, head: TopicHead, page: TopicPage, form: ReplyForm | None = None, error: str = ""
) -> dict[str, Any]:
    """Everything that `forums/topic.html` and `forums/_thread.html` show."""
    topic, circle = head.topic, audience(head.topic.circle)
    abilities = topic_abilities(request.user, topic, head.membership)
    opening, rows = _opening(topic, page)
    marks = marks_for(request.user, topic, head.membership, page.posts)
    return {
        "network": topic.network,
        "membership": head.membership,
        "forum": topic.forum,
        "topic": topic,
        "topic_url": topic.get_absolute_url(),
        "topic_head": head_html(topic, head.tags),
        "topic_menu": topic_menu(topic.pk) if request.user.is_authenticated else "",
        "origin": origin_for(request.user, topic),
        "canonical": request.build_absolute_uri(_page_url(topic, page.number)),
        "changed": stamp(topic.changed_at),
        "read_url": f"/sujets/{topic.pk}/lu/",
        "page": page,
        "pages": Page(page.posts, page.number, page.page_count),
        "last_number": page.posts[-1].number if page.posts else 0,
        "opening": opening and shown_report(topic, head.tags, opening, abilities, marks),
        "posts": posts_html(topic, rows, head.read_number, abilities, marks),
        "circle": circle,
        "can": abilities,
        "form": form,
        "error": error,
        "held": [held_piece(one) for one in held_in_topic(request.user, head)] if page.is_last else (),
        "reply_form": reply_form(request, topic, page, circle, reply_fields(form, error)) if abilities.reply else "",
        # For the posts that come live: their frame is the same for all, and holds nobody's controls.
        "live_controls": controls_of_new_post(request.user.pk or 0, abilities) if abilities.act else "",
        "csrf": form_token(request) if abilities.act else "",
    }


def _opening(topic: Topic, page: TopicPage) -> tuple[PostRow | None, Sequence[PostRow]]:
    """The text of an experience report, which has a layout of its own, and the posts that stand under it."""
    first = page.posts[0] if page.posts else None
    if topic.kind != TopicKind.REPORT or first is None or first.number != 1 or first.is_removed:
        return None, page.posts
    return first, page.posts[1:]


def _page_url(topic: Topic, number: int) -> str:
    return topic.get_absolute_url() + (f"?page={number}" if number > 1 else "")


def unseen_sentence(network_id: int, circle: Circle, body: str) -> str:
    """Whom a text names in vain: members of the network who cannot see the discussion, and were not told."""
    names = unseen_names(network_id, circle, mentioned_ids(body))
    if not names:
        return ""
    sentence = ngettext(
        "%(names)s ne voit pas cette discussion et n’a pas été prévenu·e.",
        "%(names)s ne voient pas cette discussion et n’ont pas été prévenu·es.",
        len(names),
    )
    return sentence % {"names": get_text_list(names, _("et"))}


def reply_form(request: HttpRequest, topic: Topic, page: TopicPage, circle: Audience, fields: SafeString) -> SafeString:
    """The composer of a reply: its tools and words are the same for a whole circle, and dear to write."""
    slots = {"pk": str(topic.pk), "csrf": form_token(request), "fields": fields}
    facts = {"network": topic.network.slug, "circle": circle, "is_last": page.is_last}
    return fill("forums/_reply.html", slots, **facts)


def reply_fields(form: ReplyForm | None = None, error: str = "") -> SafeString:
    """What is inside the form of a reply: empty with a fresh token, or again with the text and what is wrong."""
    if form is None:
        token = format_html('<input type="hidden" name="token" value="{}">', uuid4())
        return format_html("{}{}", token, _empty_fields(get_language()))
    return format_html(
        "{}{}", form["token"].as_hidden(), render_to_string("forums/_reply_fields.html", {"form": form, "error": error})
    )


@lru_cache(maxsize=8)
def _empty_fields(language: str | None) -> SafeString:
    """The same on every page of a language: a form's own rendering is as dear as ten posts."""
    return render_to_string("forums/_reply_fields.html", {"form": ReplyForm()})


def posts_html(
    topic: Topic,
    posts: Sequence[PostRow],
    read_number: int = 0,
    abilities: TopicAbilities | None = None,
    marks: PageMarks = NO_MARKS,
) -> list[SafeString]:
    """The posts of a page, with the line before the first one that is new to a person who has been here before.

    Without `abilities`, as everybody sees them: nobody's controls.
    """
    pieces: list[SafeString] = []
    line_due, reader = read_number > 0, reader_now()
    for row in posts:
        if line_due and row.number > read_number:
            label = _("Depuis votre dernière visite")
            pieces.append(format_html('<p class="since" id="nouveau">{}</p>', label))
            line_due = False
        is_accepted = row.id == topic.accepted_post_id
        controls = post_controls(row, is_accepted, abilities, marks, reader.language) if abilities else ""
        kept = kept_words(topic) if is_accepted else ""
        proof = post_proof(row, marks)
        pieces.append(post_html(row, is_accepted=is_accepted, kept=kept, proof=proof, controls=controls, reader=reader))
    return pieces
