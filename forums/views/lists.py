"""Lists of topics: of a network, of a theme, of a tag."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forums import queries
from forums.enums import TopicKind, TopicView
from forums.models import Forum
from forums.policies import can_create_topic, can_curate, can_edit_tags, can_open_themes
from forums.queries import BadCursor, ForumLine, TopicListPage
from forums.queries.lens import categories_of
from forums.tag_names import tag_names
from forums.views.asking import Narrowing, asked_of
from forums.views.list_presenting import rows_html
from forums.views.presenting import audience
from peerhub.people.http import same_for_visitors, sign_in_if_absent
from peerhub.people.models import Membership, Network
from peerhub.ui.pagination import KeysetPage
from peerhub.ui.shortcuts import or_404

MEMBERS_TABS = (TopicView.LATEST, TopicView.UNREAD, TopicView.UNANSWERED, TopicView.FOLLOWED, TopicView.MINE)
VISITORS_TABS = (TopicView.LATEST, TopicView.UNANSWERED)


class Choice(NamedTuple):
    """A tab or a filter, as a link."""

    label: str
    href: str
    is_on: bool
    number: int | str | None = None


@require_safe
@sign_in_if_absent
@same_for_visitors
def forum_list(request: HttpRequest, network_slug: str) -> HttpResponse:
    network, membership = or_404(queries.network_page_for, request.user, network_slug)
    lines = queries.forum_list_for(request.user, network, membership)
    open_lines = [line for line in lines if not line.forum.is_archived]
    asked = asked_of(request.GET, network, membership, [line.forum for line in lines])
    unread = sum(line.unread_count for line in lines)
    context = {
        "network": network,
        "membership": membership,
        "themes": [(line, audience(line.forum.circle)) for line in open_lines],
        "archived": [line.forum for line in lines if line.forum.is_archived],
        "opens": _where_to_open(request, open_lines, membership),
        "can_manage": can_open_themes(membership),
        **list_context(request, network, membership, asked, unread=unread, has_forum=True),
    }
    return render(request, "forums/forum_list.html", context, status=422 if asked.problems else 200)


def _where_to_open(request: HttpRequest, lines: Sequence[ForumLine], membership: Membership | None) -> list[Forum]:
    if membership is None:
        return []
    return [line.forum for line in lines if can_create_topic(request.user, line.forum, membership)]


@require_safe
@sign_in_if_absent
@same_for_visitors
def topic_list(request: HttpRequest, network_slug: str, forum_slug: str) -> HttpResponse:
    opened = or_404(queries.forum_for, request.user, network_slug, forum_slug)
    network, membership, forum = opened.network, opened.membership, opened.forum
    asked = asked_of(request.GET, network, membership)
    asked.wanted = replace(asked.wanted, forum=forum)
    can_create = can_create_topic(request.user, forum, membership, looks_after=opened.looks_after)
    context = {
        "network": network,
        "membership": membership,
        "forum": forum,
        "parent": opened.parent,
        "children": queries.children_of(request.user, opened),
        "news": queries.announcements_of(request.user, opened),
        "circle": audience(forum.circle),
        "can_create": can_create,
        "can_curate": can_curate(membership, looks_after=opened.looks_after),
        "archives_url": asked.address(vue=TopicView.ARCHIVED),
        **list_context(request, network, membership, asked),
    }
    return render(request, "forums/topic_list.html", context, status=422 if asked.problems else 200)


@require_safe
@sign_in_if_absent
@same_for_visitors
def tag(request: HttpRequest, network_slug: str, slug: str) -> HttpResponse:
    network, membership = or_404(queries.network_page_for, request.user, network_slug)
    found = or_404(queries.tag_for, network, slug)
    if found.slug != slug:
        return redirect(reverse("forums:tag", args=[network.slug, found.slug]), permanent=True)
    asked = asked_of(request.GET, network, membership)
    asked.wanted = replace(asked.wanted, tag=found)
    context = {
        "network": network,
        "membership": membership,
        "tag": found,
        "can_edit": can_edit_tags(membership),
        **list_context(request, network, membership, asked, has_forum=True),
    }
    return render(request, "forums/tag.html", context, status=422 if asked.problems else 200)


# --- What the three share -----------------------------------------------------------------------------------------


def list_context(
    request: HttpRequest,
    network: Network,
    membership: Membership | None,
    asked: Narrowing,
    *,
    unread: int = 0,
    has_forum: bool = False,
) -> dict[str, Any]:
    """What `forums/_list.html` shows. `has_forum`: the lines say which theme they are of."""
    try:
        page = queries.topic_list(request.user, network, membership, asked.wanted)
    except BadCursor as error:
        raise Http404 from error
    if asked.problems:
        # A list that is not what was asked for would be taken for the answer.
        page = TopicListPage([], None)
    return {
        "asked": asked,
        "view": asked.wanted.view,
        "tabs": _tabs(asked, membership, unread),
        "filters": _filters(asked, membership),
        "chosen": _chosen(asked),
        "candidates": [(one, asked.address(territoire=one.address)) for one in asked.candidates],
        "form": _form(network, asked) if asked.shows_form or asked.problems else None,
        "form_url": asked.address(filtrer="1"),
        "clear_url": _plain(asked),
        "rows": rows_html(page.rows, network, with_forum=has_forum and asked.wanted.forum is None),
        "pages": KeysetPage(page.rows, page.newer, page.older),
        "newer_url": asked.address(apres=page.newer) if page.newer else "",
        "older_url": asked.address(avant=page.older) if page.older else "",
    }


def _tabs(asked: Narrowing, membership: Membership | None, unread: int) -> list[Choice]:
    here = asked.wanted.view
    return [
        Choice(
            str(view.label),
            asked.address(vue="" if view == TopicView.LATEST else view),
            view == here,
            (unread if unread < 100 else "99+") if view == TopicView.UNREAD and unread else None,
        )
        for view in (MEMBERS_TABS if membership else VISITORS_TABS)
    ]


def _filters(asked: Narrowing, membership: Membership | None) -> list[Choice]:
    """The filters that are one press away: a press again takes one off."""
    wanted = asked.wanted
    kinds = [(TopicKind.QUESTION, _("Questions")), (TopicKind.REPORT, _("Retours d’expérience"))]
    choices = [
        Choice(label, asked.address(nature="" if wanted.kind == kind else kind), wanted.kind == kind)
        for kind, label in kinds
    ]
    if membership is not None:
        mine = membership.affiliation.category
        is_on = wanted.lacking is not None and wanted.lacking.pk == mine.pk
        choices.append(Choice(_("Ma catégorie n’a pas répondu"), asked.address(sans="" if is_on else mine.slug), is_on))
    return choices


def _chosen(asked: Narrowing) -> list[Choice]:
    """The other filters that narrow the list; a press takes one off."""
    wanted = asked.wanted
    quick = {TopicKind.QUESTION.value, TopicKind.REPORT.value, ""}
    chosen = []
    if wanted.kind not in quick:
        chosen.append(Choice(str(TopicKind(wanted.kind).label), asked.address(nature=""), True))
    if "mot-cle" in asked.kept and wanted.tag:
        chosen.append(Choice(wanted.tag.name, asked.address(mot_cle=""), True))
    if wanted.territory:
        chosen.append(Choice(wanted.territory.name, asked.address(territoire=""), True))
    if wanted.lacking:
        label = _("Pas encore répondu : %(category)s") % {"category": wanted.lacking.plural}
        chosen.append(Choice(label, asked.address(sans=""), True))
    if "theme" in asked.kept and wanted.forum:
        chosen.append(Choice(wanted.forum.title, asked.address(theme=""), True))
    return chosen


def _plain(asked: Narrowing) -> str:
    """The same view without filters."""
    view = asked.kept.get("vue", "")
    return f"?vue={view}" if view else "?"


def _form(network: Network, asked: Narrowing) -> dict[str, Any]:
    """The choices of the whole form of filters, and what they stand at."""
    return {
        "kinds": TopicKind.choices,
        "tags": tag_names(network.pk),
        "categories": categories_of(network.pk),
        "territory": asked.wanted.territory.suggestion if asked.wanted.territory else "",
        "broader": _broader(asked),
    }


def _broader(asked: Narrowing) -> list[Choice]:
    """The département and the région of the territory that was chosen."""
    place = asked.wanted.territory.parent if asked.wanted.territory else None
    found = []
    while place is not None:
        found.append(Choice(place.name, asked.address(territoire=place.address), False))
        place = place.parent
    return found
